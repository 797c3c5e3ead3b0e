package nlu

import "strings"

// enEmailSigns are the words for the signs of an address.
var enEmailSigns = []struct{ words, sign string }{
	{"dot", "."}, {"point", "."}, {"period", "."}, {"full stop", "."}, {"underscore", "_"}, {"under score", "_"}, {"dash", "-"}, {"hyphen", "-"},
	{"minus", "-"}, {"plus", "+"}, {"_", "_"}, {"+", "+"}, {"-", "-"}, {"minus sign", "-"}, {"plus sign", "+"},
}

// enEmailNoise says how to write, not what.
var enEmailNoise = []string{"all lower case", "all lowercase", "lower case", "lowercase", "all one word", "one word", "capital", "all together", "no spaces"}

// enEmailStops end a walk to the left of the at sign.
var enEmailStops = wordSet("is its are email emails mail address at to my the our your yes yeah thats that be use sure well so okay ok write send via on me it as try im i and or us under account")

// enMailHosts are providers that people name without the ending.
var enMailHosts = map[string]string{"gmail": "gmail.com", "icloud": "icloud.com", "hotmail": "hotmail.com"}

// readEmail finds an address around an at: "john dot smith at gmail dot com",
// "j o h n underscore nine at yahoo dot co dot uk", or written out.
func (in *enInput) readEmail() (enHit, bool) {
	w := in.w
	for i := range w {
		if !w.isOne(i, "at", "@") {
			continue
		}
		k := i + 1
		if w.isOne(k, "sign", "symbol") {
			k++
		}
		host, end := in.emailHost(k)
		if end == 0 {
			continue
		}
		local, from := w.emailLocal(i)
		if validLocal(local) {
			return enHit{Value{Text: local + "@" + host}, from, end}, true
		}
	}
	return enHit{}, false
}

func validLocal(s string) bool {
	return s != "" && len(s) <= 64 && !strings.Contains(s, "..") && !strings.ContainsAny(s[:1]+s[len(s)-1:], ".-+")
}

// emailLocal reads what stands before the at sign at i, back to a word that
// belongs to the sentence.
func (w enWords) emailLocal(i int) (s string, from int) {
	from = i
	for from > 0 && i-from < 40 && !w.emailStop(from-1) {
		from--
	}
	var out strings.Builder
	began := false
	for k := from; k < i; {
		if n := w.hasAny(k, enEmailNoise); n > 0 {
			k += n
			continue
		}
		if !began {
			from, began = k, true
		}
		part, n := w.emailPart(k)
		out.WriteString(part)
		k += n
	}
	return out.String(), from
}

// emailStop tells whether the word at i is not part of an address. Spelled
// letters (i, a) and "is for" of "j as in john" are.
func (w enWords) emailStop(i int) bool {
	s := w.at(i)
	if s == "as" && w.at(i+1) == "in" || s == "i" && (len(w.at(i-1)) == 1 || len(w.at(i+1)) == 1 && w.at(i+1) != "m") {
		return false
	}
	if s == "and" && w.isOne(i-1, "hundred", "thousand") {
		return false
	}
	if w.sep(i) == '.' || w.sep(i+1) == '.' { // written out
		return false
	}
	return enEmailStops[s]
}

// emailPart reads one piece of an address.
func (w enWords) emailPart(i int) (string, int) {
	written := ""
	if i > 0 && strings.ContainsRune(".-", w.sep(i)) && !w.isOne(i-1, "at", "@") {
		written = string(w.sep(i))
	}
	for _, s := range enEmailSigns {
		if n := w.has(i, s.words); n > 0 {
			return s.sign, n
		}
	}
	if times := enRepeats[w.at(i)]; times > 0 && !w.zeroes(i+1) {
		if c, n := w.letter(i + 1); n > 0 && w.at(i+1) != "u" {
			return strings.Repeat(strings.ToLower(string(rune(c))), times), n + 1
		}
	}
	if c, n := w.letter(i); n > 0 && (len(w.at(i)) == 1 || n > 1) { // alpha and mike are names here
		return written + strings.ToLower(string(rune(c))), n
	}
	if s, n := w.digitGroup(i); n > 0 {
		return written + s, n
	}
	return written + asciiLetters(w.at(i)), 1
}

// zeroes tells the o of double o seven from a letter.
func (w enWords) zeroes(i int) bool {
	_, digit := w.digit(i + 1)
	return w.at(i) == "o" && digit
}

func asciiLetters(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || isDigit(r) || r == '.' {
			return r
		}
		return -1
	}, s)
}

// emailHost reads the domain from i on: at least one dot, and a last part of
// letters. end is 0 when there is none.
func (in *enInput) emailHost(i int) (host string, end int) {
	w := in.w
	label, k := w.hostLabel(i, 4)
	if label == "" {
		return "", 0
	}
	if full := enMailHosts[label]; full != "" && in.o.Asked && k == len(w) {
		return full, k
	}
	parts := []string{label}
	for len(parts) < 5 {
		j, dot := w.dotAt(k)
		if !dot {
			break
		}
		next, after := w.hostLabel(j, 1)
		if next == "" {
			break
		}
		parts, k = append(parts, next), after
	}
	last := parts[len(parts)-1]
	if last == "co" && w.at(k) == "uk" { // the second dot swallowed
		parts, k = append(parts, "uk"), k+1
	}
	if len(parts) == 1 && strings.HasSuffix(last, "dotcom") && len(last) > 6 {
		return strings.TrimSuffix(last, "dotcom") + ".com", k
	}
	if len(parts) < 2 || len(last) < 2 || strings.ContainsAny(last, "0123456789-") {
		return "", 0
	}
	return strings.Join(parts, "."), k
}

// dotAt tells whether a dot stands at i, said or written, and where the next
// label begins.
func (w enWords) dotAt(i int) (next int, ok bool) {
	if w.isOne(i, "dot", "point", "period") {
		return i + 1, true
	}
	return i, i < len(w) && w.sep(i) == '.'
}

// hostLabel reads one label of a domain: a word, spelled letters, digits, or up
// to most words said apart ("hot mail") when a dot follows them.
func (w enWords) hostLabel(i, most int) (label string, end int) {
	var out strings.Builder
	k := i
	for words := 0; k < len(w); {
		if _, dot := w.dotAt(k); dot && k > i {
			break
		}
		if w.isOne(k, "at", "@", "dot") {
			break
		}
		spelled := len(w.at(k)) == 1 && !w.isNum(k)
		if !spelled {
			if words++; words > most || words > 1 && !w.dotAhead(k, most) {
				break
			}
		} else if out.Len() > 0 && most == 1 && len(w.at(k-1)) > 1 {
			break
		}
		part, n := w.emailPart(k)
		if k > i && w.isOne(k, "and") {
			break
		}
		out.WriteString(part)
		k += n
	}
	s := strings.Trim(out.String(), ".-_+")
	if strings.ContainsAny(s, "_+.") {
		return "", 0
	}
	return s, k
}

// dotAhead tells whether a dot follows within a few words.
func (w enWords) dotAhead(i, within int) bool {
	for k := i + 1; k <= i+within && k < len(w); k++ {
		if _, ok := w.dotAt(k); ok {
			return true
		}
	}
	return false
}
