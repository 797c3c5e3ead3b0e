package nlu

import "strings"

// enAddressLeads come before an address. Those marked weak come before other
// things, too.
var enAddressLeads = []struct {
	words string
	weak  bool
}{
	{"i live at", false}, {"i live in", false}, {"i live on", false}, {"i now live at", false}, {"we live at", false}, {"we live in", false}, {"my address is", false}, {"my new address is", false}, {"the address is", false},
	{"our address is", false}, {"the new address is", false}, {"my home address is", false}, {"address is", false}, {"my addresss", false}, {"im living at", false}, {"i am living at", false},
	{"i reside at", false}, {"located at", false}, {"were located at", false}, {"we are located at", false}, {"send it to", true}, {"deliver it to", true}, {"deliver to", true}, {"mail it to", true},
	{"i moved to", false}, {"ive moved to", false}, {"i have moved to", false}, {"its", true}, {"it is", true}, {"that is", true}, {"thats", true}, {"im at", true}, {"i am at", true}, {"were at", true}, {"we are at", true}, {"yes its", true},
	{"yeah its", true}, {"sure its", true}, {"it would be", true}, {"that would be", true}, {"ok its", true}, {"okay its", true}, {"well its", true},
}

// enStreets end the name of a street.
var enStreets = wordSet("street st road rd avenue ave av lane ln drive dr boulevard blvd court ct place pl square terrace crescent highway parkway " +
	"gardens grove hill mews row walk close way circle plaza alley quay wharf trail turnpike broadway")

// enAddressTail is courtesy behind an address.
var enAddressTail = wordSet("please thanks thank you okay ok yes sir madam maam mate")

// enNoAddress begin an answer that is none.
var enNoAddress = wordSet("id ill ive im rather wont why what who where when how no not i you dont is are can could would do sorry pardon same none never")

// enDwellings come before a number that stands by itself: flat two, 23 Baker
// Street.
var enDwellings = wordSet("flat apartment apt unit suite room floor number house building block level door")

// readAddress finds a place behind a lead-in, or a house number with a street.
// Numbers before the name of a street are written in digits.
func (in *enInput) readAddress() (enHit, bool) {
	w := in.w
	for i := range w {
		n, weak := w.addressLead(i)
		if n == 0 || w.isOne(i-1, "email", "mail", "e") || w.hasAt(i) {
			continue
		}
		if hit, ok := in.addressAt(i+n, weak && !in.o.Asked); ok {
			return hit, true
		}
		if !weak {
			return enHit{}, false
		}
	}
	for i := range w { // 23 Baker Street
		if enAddressNumber(w, i) || enDwellings[w.at(i)] {
			if hit, ok := in.addressAt(i, true); ok {
				return hit, true
			}
		}
	}
	if in.o.Asked && len(w) >= 2 && !enNoAddress[w.at(0)] {
		return in.addressAt(0, false)
	}
	return enHit{}, false
}

// hasAt tells an e-mail address from a place.
func (w enWords) hasAt(i int) bool {
	for ; i < len(w); i++ {
		if w.at(i) == "@" || w.at(i) == "dot" {
			return true
		}
	}
	return false
}

func (w enWords) addressLead(i int) (n int, weak bool) {
	for k := range enAddressLeads {
		l := &enAddressLeads[k]
		if m := w.has(i, l.words); m > n {
			n, weak = m, l.weak
		}
	}
	return n, weak
}

func enAddressNumber(w enWords, i int) bool {
	_, n := w.digitGroup(i)
	return n > 0 && !w.allNoise(i, n) && !w.pronoun(i)
}

// addressAt takes what stands at i to the end. sure demands a street with a
// number.
func (in *enInput) addressAt(i int, sure bool) (enHit, bool) {
	w := in.w
	for w.isOne(i, "yes", "at", "um", "well") {
		i++
	}
	end := len(w)
	for end > i && enAddressTail[w.at(end-1)] {
		end--
	}
	if end <= i || enNoAddress[w.at(i)] {
		return enHit{}, false
	}
	street := -1
	numbered := false
	for k := i; k < end; k++ {
		if enStreets[w.at(k)] && k > i && !(w.glued(k) && w.isNum(k-1)) { // 3rd is no road
			street = k
		}
		numbered = numbered || enAddressNumber(w, k)
	}
	if sure && (street < 0 || !numbered || street-i > 8) {
		return enHit{}, false
	}
	if !sure && street < 0 && !numbered && in.allSmall(i, end) {
		return enHit{}, false
	}
	text := in.writtenAddress(i, end)
	return enHit{Value{Text: text}, i, end}, text != ""
}

// allSmall tells whether none of the words may name a place.
func (in *enInput) allSmall(i, end int) bool {
	for k := i; k < end; k++ {
		if s := in.w.at(k); !enNoName[s] && !light[s] {
			return false
		}
	}
	return true
}

// writtenAddress is the transcript from the word at i to the one before end,
// with spoken numbers in digits. Ranks (Fifth Avenue) stay words.
func (in *enInput) writtenAddress(i, end int) string {
	rs := []rune(in.text)
	var out []string
	for k := i; k < end; {
		if _, n := in.w.ordinal(k); n > 0 && n <= 2 { // five hundred, Fifth Avenue
			out = append(out, string(rs[in.w[k].start:in.w[k+n-1].end]))
			k += n
			continue
		}
		if s, n := in.houseNumber(k, end); n > 0 {
			if !in.w.isNum(k) || n > 1 {
				out = append(out, s)
				k += n
				continue
			}
		}
		from := k
		for k++; k < end && in.w.sep(k) != ' '; k++ { // 221b, st-pancras
		}
		out = append(out, string(rs[in.w[from].start:in.w[k-1].end]))
	}
	return strings.Join(out, " ")
}

// houseNumber reads the number at i: one group behind flat or apartment, else
// all the groups in a row.
func (in *enInput) houseNumber(i, end int) (s string, n int) {
	w := in.w
	if w.allNoise(i, 1) || w.pronoun(i) {
		return "", 0
	}
	if enDwellings[w.at(i-1)] && !w.isOne(i-1, "number", "house") {
		s, n = w.digitGroup(i)
		if i+n > end {
			return "", 0
		}
		return s, n
	}
	for i+n < end {
		if _, rank := w.ordinal(i + n); rank > 0 && rank <= 2 {
			break
		}
		part, m := w.digitGroup(i + n)
		if m == 0 || i+n+m > end {
			break
		}
		s, n = s+part, n+m
	}
	return s, n
}
