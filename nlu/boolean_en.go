package nlu

// enLean is what a phrase says about yes and no.
type enLean uint8

const (
	leanYes      enLean = iota + 1
	leanNo              // a clear no
	leanMaybe           // it is said that nothing is said: unclear whatever else
	leanWeakYes         // okay, right: they also just begin an answer
	leanNothing         // looks like an answer and is none
	leanYesAtEnd        // an answer only when nothing follows: "I am", but not "I am busy"
	leanNoAtEnd
	leanFlip // turns the yes behind it round: not, I don't think
)

// enLeans are the phrases that answer, without apostrophes. The longest counts
// at each place, so that "of course not" is no "of course".
var enLeans = enLeansByPhrase()

// enLeanLists are enLeans as they are read best.
var enLeanLists = []struct {
	lean    enLean
	phrases []string
}{
	{leanYes, []string{"yes", "yeah", "yep", "yup", "yea", "yah", "ya", "aye", "sure", "sure thing", "for sure", "of course", "absolutely", "definitely", "certainly", "indeed", "exactly", "precisely",
		"that is right", "thats right", "that is correct", "thats correct", "thats it", "that is it", "thats me", "that is me", "that is true", "thats true", "correct", "affirmative", "totally",
		"i guess so", "i suppose so", "i think so", "i believe so", "go ahead", "by all means", "sounds good", "that sounds good", "sounds great", "sounds fine", "sounds okay", "that sounds great", "that sounds fine", "that sounds okay", "all good", "right you are", "i confirm", "confirmed", "count me in", "id be happy to", "i would be happy to", "its fine", "it is fine", "its okay", "its ok", "it is okay", "hell yes", "that works", "works for me", "thats fine", "that is fine", "thats okay", "thats ok", "that is okay", "no problem", "no worries",
		"no doubt", "no objection", "no objections", "you bet", "you got it", "uh huh", "mm hmm", "mhm", "mmhmm", "mm hm", "uhhuh", "with pleasure", "gladly", "yes please", "please do", "agreed", "id love to", "i would love to", "id like that", "i would like that", "let us do it", "lets do it", "lets do that", "very much so", "without a doubt",
		"not a problem", "that would be great", "that would be fine", "that would be good", "that would be lovely", "thatd be great", "most certainly", "certainly do", "i certainly do", "i sure do", "that will be fine", "thatll be fine"}},
	{leanWeakYes, []string{"okay", "ok", "right", "fine", "all right", "alright", "good", "great", "perfect", "cool", "lovely", "very well", "fair enough", "im fine with that", "got it"}},
	{leanNo, []string{"not that i know of", "not that i am aware of", "not that im aware of", "not as far as i know", "not that i know", "i dont want", "i do not want", "i dont need", "i do not need", "i cant do", "i can not do", "i dont agree", "i do not agree", "i dont like", "no", "nope", "nah", "na", "naw", "never", "no way", "absolutely no way", "not in a million years", "not a chance", "forget it", "i refuse", "not really", "not at all", "not at the moment", "not right now", "not now", "not today", "not yet", "of course not",
		"absolutely not", "definitely not", "certainly not", "i dont think so", "i do not think so", "i dont believe so", "i do not believe so", "i think not", "i guess not", "i suppose not", "i hope not", "thats not right", "that is not right", "that isnt right", "thats wrong", "that is wrong",
		"incorrect", "thats not correct", "that is not correct", "thats not true", "not correct", "not right", "not true", "not me", "thats not me", "no thanks", "no thank you", "thats incorrect", "that is incorrect",
		"not interested", "uh uh", "nuh uh", "not likely", "no chance", "rather not", "id rather not", "i would rather not", "not in the slightest", "hell no", "i disagree", "not for me", "by no means", "under no circumstances", "no sir", "no maam", "not this time", "not particularly", "please dont", "please do not", "please no",
		"not okay", "not ok", "not fine", "not sure thing", "no not really", "im afraid not", "i am afraid not", "unfortunately not", "sadly not", "thats not it", "that is not it", "thatd be a no", "that would be a no", "thats a no", "that is a no"}},
	{leanYesAtEnd, []string{"i do", "i am", "i have", "i did", "i will", "i can", "i would", "it is", "it was", "we do", "we are", "he is", "she is", "speaking", "please", "i guess", "i suppose", "happy to", "true", "why not", "naturally", "i agree"}},
	{leanNoAtEnd, []string{"negative", "i dont", "i do not", "im not", "i am not", "i cant", "i cannot", "i can not", "i wont", "i will not", "i didnt", "i did not", "i havent", "i have not", "it isnt", "it is not", "its not", "dont", "do not", "it wasnt", "it was not", "i wouldnt", "i would not", "hardly", "wrong", "false", "not exactly", "not anymore", "not any more"}},
	{leanFlip, []string{"not", "i dont think", "i do not think", "i dont believe", "i do not believe", "i wouldnt say", "i would not say"}},
	{leanMaybe, []string{"maybe", "perhaps", "possibly", "it depends", "that depends", "depends", "not sure", "im not sure", "not so sure", "not too sure", "not quite sure", "im not so sure", "im not too sure", "im not quite sure", "im not entirely sure", "i am not so sure", "i am not sure", "i dont know", "i do not know", "dont know", "dunno", "i dunno", "no idea",
		"i have no idea", "ive no idea", "hard to say", "not certain", "im not certain", "i cant say", "i cant remember", "i dont remember", "i do not remember", "yes and no", "yes or no", "i am not certain",
		"yes but", "not bad", "not too bad", "i hope so", "let me think", "ill think about it", "i will think about it", "no yes", "yes no", "who knows", "i wonder", "could be", "might be", "not necessarily", "sometimes", "is it", "am i", "i couldnt say",
		"i dont understand", "i do not understand", "what do you mean", "say again", "sorry what", "why"}},
	{leanNothing, []string{"right now", "no one", "never mind", "nevermind", "no more", "right away", "good morning", "good afternoon", "good evening", "good day", "fine print", "what is right", "no matter", "i would like to know", "i can hear", "i can hear you", "sure you", "right here", "right there", "i will call you", "i have been", "i do business",
		"is that right", "is that correct", "is this correct", "is it true", "are you sure", "okay who", "ok who", "please repeat", "please say that again", "please wait", "please hold", "wait please", "one moment please", "repeat please", "again please"}},
}

func enLeansByPhrase() map[string]enLean {
	m := make(map[string]enLean, 256)
	for _, l := range enLeanLists {
		for _, p := range l.phrases {
			m[p] = l.lean
		}
	}
	return m
}

const maxLeanWords = 6 // of a phrase

// enBeside may stand around an answer of one word.
var (
	enBeforeLean = wordSet("well so oh um uh er erm hmm hm ah eh and but i mean think actually honestly look see then the answer is afraid sorry hello hi my god yes that thats it its said say just would be")
	enAfterLean  = wordSet("thanks thank you please sir madam maam mate then uh um er i mean actually dear love man really it is i said do am that")
)

// readBoolean reads a yes or a no. Both, or a maybe, is neither.
func (in *enInput) readBoolean() (enHit, bool) {
	yes, from, to, ok, _ := in.w.leaning()
	if !ok {
		return enHit{}, false
	}
	hit := enHit{from: from, to: to}
	if yes {
		hit.v.Number = 1
	}
	return hit, true
}

// leaning weighs the phrases of an answer. unclear tells that some were found
// that do not agree.
func (w enWords) leaning() (yes bool, from, to int, ok, unclear bool) {
	var seen [leanFlip + 1]int
	from = -1
	opening, flip, tail := true, false, w.tail()
	for i := 0; i < len(w); {
		lean, n := w.leanAt(i)
		end := i+max(n, 1) >= tail
		if n == 1 && !opening && !end && lean != leanFlip || (lean == leanYesAtEnd || lean == leanNoAtEnd) && (!end || !opening) {
			lean, n = 0, 1
		}
		if lean == leanWeakYes && n == 1 && (!opening || !end && !w.isOne(i, "okay", "ok", "alright")) { // the right one, a fine day
			lean, n = 0, 1
		}
		if lean == 0 {
			opening = opening && enBeforeLean[w.at(i)]
			i++
			continue
		}
		if flip && (lean == leanYes || lean == leanWeakYes || lean == leanYesAtEnd) {
			lean = leanNo
		}
		flip = lean == leanFlip
		if lean == leanNothing {
			opening = false
		} else if !flip {
			seen[lean]++
			if from < 0 {
				from = i
			}
			to = i + n
		}
		i += n
	}
	return weighLeans(seen, from, to)
}

func weighLeans(seen [leanFlip + 1]int, from, to int) (yes bool, f, t int, ok, unclear bool) {
	agree := seen[leanYes]+seen[leanYesAtEnd] > 0
	refuse := seen[leanNo]+seen[leanNoAtEnd] > 0
	switch {
	case from < 0:
		return false, 0, 0, false, false
	case seen[leanMaybe] > 0 || agree && refuse:
		return false, 0, 0, false, true
	}
	return !refuse, from, to, true, false
}

// enEmphasis may stand inside a phrase: I really don't think so.
var enEmphasis = wordSet("really actually just honestly quite personally um uh er")

// leanAt finds the longest phrase at i.
func (w enWords) leanAt(i int) (enLean, int) {
	best, n := enLean(0), 0
	phrase, plain := "", "" // as it was said, and without words that only add weight
	for k := 1; k <= maxLeanWords && i+k <= len(w); k++ {
		if k > 1 {
			phrase += " "
		}
		s := w.at(i + k - 1)
		phrase += s
		if l := enLeans[phrase]; l != 0 {
			best, n = l, k
		}
		if k > 1 && enEmphasis[s] {
			continue
		}
		if k > 1 {
			plain += " "
		}
		plain += s
		if l := enLeans[plain]; l != 0 && len(plain) < len(phrase) {
			best, n = l, k
		}
	}
	return best, n
}

// tail is where nothing but courtesy and further answers follow.
func (w enWords) tail() int {
	i := len(w)
	for i > 0 {
		if l, _ := w.leanAt(i - 1); l == 0 && !enAfterLean[w.at(i-1)] {
			break
		}
		i--
	}
	return i
}
