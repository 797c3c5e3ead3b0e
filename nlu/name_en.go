package nlu

import (
	"slices"
	"strings"
	"unicode"
)

// enNameLeads come before a name. The weak ones come before much else, too
// ("I'm busy"): behind them only a name that is known as one is believed, unless
// the name was asked for.
var enNameLeads = []struct {
	words string
	weak  bool
}{
	{"my name is", false}, {"my names", false}, {"my full name is", false}, {"the name is", false}, {"the names", false}, {"name is", false}, {"my first name is", false},
	{"my name would be", false}, {"first name", false}, {"first name is", false}, {"you can call me", false}, {"call me", true}, {"i am called", false}, {"im called", false}, {"i go by", false},
	{"people call me", false}, {"you are speaking to", true}, {"youre speaking to", true}, {"you are speaking with", true}, {"youre speaking with", true},
	{"you are talking to", true}, {"youre talking to", true}, {"speaking with", true}, {"this is", true}, {"it is", true}, {"its", true}, {"im", true}, {"i am", true}, {"that is", true}, {"thats", true},
	{"yes this is", true}, {"yeah this is", true}, {"you have reached", true},
}

// enNameEnds stand behind a name, which they make sure.
var enNameEnds = wordSet("speaking here calling")

var enTitles = wordSet("mr mrs ms miss mister missus missis dr doctor professor prof sir madam maam lady lord reverend father")

// enParticles stay in lower case inside a name.
var enParticles = wordSet("van von der den de la di da del bin al dos")

// enNoName are words that are in no name, so that an answer with one of them is
// something else.
var enNoName = wordSet("a an the none of your business not no yes yeah yep okay ok sure what why who where when how which i you he she it we they me him her us them is are was were be " +
	"am do does did dont doesnt didnt have has had can cant could will wont would should just only very really so too that this these those there here in on at to from with without " +
	"for by about and or but if then than because sorry busy fine good great well bad late early interested calling speaking driving working sleeping eating listening looking going coming " +
	"hello hi hey bye goodbye thanks thank please wait hold moment minute second again never always maybe perhaps nothing something anything everything nobody someone anyone " +
	"wrong right correct my mine his hers their ours our name names first last surname important private confidential secret correct afraid happy ready available home work " +
	"already now later tomorrow today tonight monday tuesday wednesday thursday friday saturday sunday morning afternoon evening over under up down out off " +
	"im its thats youre dont isnt whats hes shes the myself him number phone email address repeat say tell know think guess mean want need like love hate call stop go come get " +
	"zero one two three four five six seven eight nine ten twenty thirty forty fifty hundred thousand tired sick old young married single retired expensive whos been being had time times problem underscore dot free ok alright pardon excuse " +
	"joking kidding done finished lost confused looking trying asking wondering ill not yet still also else fuck fucking shit damn hell unknown customer agent human robot machine")

// enGiven are given names people have, for "I'm Mary".
var enGiven = wordSet("james john robert michael david william richard joseph thomas charles christopher daniel matthew anthony mark donald steven paul andrew joshua kenneth kevin brian " +
	"george timothy ronald edward jason jeffrey ryan jacob gary nicholas eric jonathan stephen larry justin scott brandon benjamin samuel gregory alexander frank patrick raymond jack dennis " +
	"jerry tyler aaron jose adam nathan henry douglas zachary peter kyle noah ethan jeremy walter christian keith roger terry harry sean gerald carl arthur lawrence dylan jesse bryan joe billy " +
	"bruce gabriel logan alan juan albert willie elijah wayne randy vincent mason roy ralph bobby russell bradley philip phillip eugene mary patricia jennifer linda elizabeth barbara susan jessica " +
	"sarah karen lisa nancy betty sandra margaret ashley kimberly emily donna michelle carol amanda melissa deborah stephanie dorothy rebecca sharon laura cynthia amy kathleen angela shirley brenda " +
	"emma anna pamela nicole samantha katherine christine helen debra rachel carolyn janet maria catherine heather diane olivia julie joyce victoria ruth virginia lauren kelly christina joan evelyn " +
	"judith andrea hannah megan cheryl jacqueline martha madison teresa gloria sara janice ann kathryn abigail sophia frances jean alice judy isabella julia grace amber denise danielle marilyn beverly " +
	"charlotte natalie theresa diana brittany doris kayla alexis lori marie tom tim bob bill jim dave mike dan matt chris steve ben sam alex max nick tony andy greg jeff ken ron don ed fred jane kate katie " +
	"liz beth sue lucy ellie sophie chloe oliver oscar leo liam lucas luke harriet claire clare nigel graham trevor simon ian neil colin martin stuart hugh fiona gemma nicola tracey zoe mohammed muhammad ahmed ali " +
	"fatima omar hassan priya raj ravi sanjay anil wei ming carlos luis miguel pedro ana sofia")

// readName finds a person's name behind a lead-in or before "speaking", or,
// right after the question, by itself. Titles are taken off.
func (in *enInput) readName() (enHit, bool) {
	w := in.w
	for i := range w {
		n, weak := w.nameLead(i)
		if n == 0 {
			continue
		}
		if hit, ok := in.nameAt(i+n, weak && !in.o.Asked); ok {
			return hit, true
		}
	}
	for i := range w { // Mary speaking
		if enNameEnds[w.at(i)] {
			for from := max(0, i-4); from < i; from++ {
				sure := w.at(i) == "speaking" || enGiven[w.at(from)] || enTitles[w.at(from)]
				if hit, ok := in.nameAt(from, true); ok && sure && hit.to == i {
					return hit, true
				}
			}
		}
	}
	if !in.o.Asked {
		return enHit{}, false
	}
	from := 0
	for w.isOne(from, "yes", "yeah", "hi", "hello", "hey", "okay", "ok", "sure", "well", "oh", "right", "so", "its", "certainly") {
		from++
	}
	hit, ok := in.nameAt(from, false)
	if ok && hit.to < len(w) && !w.isOne(hit.to, "and", "here", "speaking", "from", "thanks", "thank", "please", "but", "calling") {
		return enHit{}, false // a sentence that happens to begin with a word like a name
	}
	return hit, ok
}

func (w enWords) nameLead(i int) (n int, weak bool) {
	for k := range enNameLeads {
		l := &enNameLeads[k]
		if m := w.has(i, l.words); m > n {
			n, weak = m, l.weak
		}
	}
	return n, weak
}

const maxNameWords = 4

// nameAt reads a name at i. known demands that it is sure to be one: by a
// title, a given name, or "speaking" behind it.
func (in *enInput) nameAt(i int, known bool) (enHit, bool) {
	w := in.w
	for enTitles[w.at(i)] {
		known, i = false, i+1
	}
	if s, n := w.spelledName(i); n > 0 && !known && !enSpoilsName(w, i+n) {
		return enHit{Value{Text: s}, i, i + n}, true
	}
	var parts []string
	k := i
	for k < len(w) && len(parts) < maxNameWords {
		if s, n := w.spelledName(k); n > 0 { // smith s m i t h: the spelling counts
			if len(parts) > 0 {
				parts[len(parts)-1] = s
				k += n
			}
			break
		}
		if !w.nameWord(k) {
			break
		}
		if len(parts) > 0 && w.sep(k) == '-' { // Mary-Jane
			parts[len(parts)-1] += "-" + in.cased(k, false)
			k++
			continue
		}
		parts = append(parts, in.cased(k, len(parts) > 0))
		k++
	}
	if len(parts) == 0 || len(parts) > 1 && enParticles[w.at(k-1)] {
		return enHit{}, false
	}
	if k < len(w) && len(parts) < maxNameWords && enSpoilsName(w, k) {
		return enHit{}, false
	}
	if known && !enGiven[w.at(i)] && !enNameEnds[w.at(k)] {
		return enHit{}, false
	}
	return enHit{Value{Text: strings.Join(parts, " ")}, i, k}, true
}

// enSpoilsName tells whether the word behind shows that there was no name:
// "none of", "busy at".
func enSpoilsName(w enWords, k int) bool {
	return w.isOne(k, "of", "to", "about", "your", "the", "a", "what", "it", "that", "why", "is", "are", "not", "dot", "underscore", "at", "dash", "hyphen", "@")
}

func (w enWords) nameWord(i int) bool {
	s := w.at(i)
	if s == "" || w.isNum(i) || enNoName[s] || fillers[s] || w.isSign(i) {
		return false
	}
	if len([]rune(s)) == 1 { // an initial stands inside a name
		return i > 0 && !enNoName[w.at(i-1)] && s != "s" && s[0] < 128
	}
	// Running, calling: what people do, not who they are; king and sterling are names.
	return !strings.HasSuffix(s, "ing") || len(s) <= 6 || s == "sterling" || s == "fielding" || s == "manning" || s == "harding" || s == "browning"
}

// spelledName reads a name given letter by letter: j o h n.
func (w enWords) spelledName(i int) (s string, n int) {
	var out strings.Builder
	for i+n < len(w) && out.Len() < 20 {
		times, k := 1, i+n
		if r := enRepeats[w.at(k)]; r > 0 && w.at(k+1) != "u" {
			times, k = r, k+1
		}
		c, m := w.letter(k)
		if m == 0 || len(w.at(k)) > 1 && m == 1 {
			break
		}
		out.WriteString(strings.Repeat(strings.ToLower(string(rune(c))), times))
		n = k + m - i
	}
	if out.Len() < 3 {
		return "", 0
	}
	return titled(out.String()), n
}

// cased is the word at i as a name is written. Capitals of the transcript are
// kept.
func (in *enInput) cased(i int, inside bool) string {
	word := string([]rune(in.text)[in.w[i].start:in.w[i].end])
	word = strings.TrimSuffix(strings.TrimSuffix(word, "'s"), "’s")
	if strings.ContainsFunc(word, unicode.IsUpper) {
		return word
	}
	if inside && enParticles[in.w[i].s] {
		return word
	}
	return titled(word)
}

// titled writes the beginning, and what follows an apostrophe (o'brien) or mc,
// with a capital.
func titled(s string) string {
	rs := []rune(s)
	up := []int{0}
	if i := slices.IndexFunc(rs, func(r rune) bool { return r == '\'' || r == '’' }); i == 1 && len(rs) > 4 {
		up = append(up, i+1)
	}
	if strings.HasPrefix(s, "mc") && len(rs) > 4 {
		up = append(up, 2)
	}
	for _, i := range up {
		if i < len(rs) {
			rs[i] = unicode.ToUpper(rs[i])
		}
	}
	return string(rs)
}
