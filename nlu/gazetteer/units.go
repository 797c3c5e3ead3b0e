package gazetteer

import (
	"slices"
	"strings"
	"unicode"

	"github.com/mozillazg/go-pinyin"
)

// unit is a letter, digit or Han character of a text.
type unit struct {
	r          rune // lower case, narrow
	start      int  // its place in the text, in characters
	opens      bool // begins a word
	closes     bool // ends a word
	sounds     []sound
	ideogram   bool
	digitSound bool // a digit that can also be said in Chinese
}

// sound is one reading of a character, in three degrees of exactness, hashed.
type sound struct {
	toned uint32 // shi4
	plain uint32 // shi
	loose uint32 // si: what speakers from the south, and recognisers, mix up
}

func (u unit) han() bool { return u.ideogram }

// maxReadings of a character are considered; the dictionary lists the common
// ones first.
const maxReadings = 3

// reader cuts texts into units.
type reader struct {
	sounds bool
	args   pinyin.Args
}

func newReader(language string) reader {
	lang, _, _ := strings.Cut(strings.ToLower(language), "-")
	args := pinyin.NewArgs()
	args.Style, args.Heteronym = pinyin.Tone3, true
	return reader{sounds: lang == "zh" || lang == "cmn", args: args}
}

func narrow(r rune) rune {
	if r >= 0xFF01 && r <= 0xFF5E {
		return r - 0xFEE0
	}
	return r
}

// read gives the units of text: signs and blanks are left out, but part words.
// Every Han character is a word of its own.
func (rd reader) read(text string) []unit {
	var out []unit
	before := rune(' ')
	at := 0
	for _, r := range text {
		r = unicode.ToLower(narrow(r))
		i := at
		at++
		switch {
		case r == '\'' || r == '’' || unicode.IsMark(r):
			continue // o'brien is obrien
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			before = ' '
			continue
		}
		u := unit{r: r, start: i, opens: true, closes: true, ideogram: unicode.Is(unicode.Han, r)}
		if n := len(out); n > 0 && before != ' ' && !u.han() && !out[n-1].han() && unicode.IsDigit(r) == unicode.IsDigit(before) {
			u.opens, out[n-1].closes = false, false
		}
		if rd.sounds {
			u.sounds, u.digitSound = rd.soundsOf(r), unicode.IsDigit(r)
		}
		out = append(out, u)
		before = r
	}
	return out
}

// digitReadings are how digits are said one by one.
const digitReadings = "零一二三四五六七八九"

func (rd reader) soundsOf(r rune) []sound {
	if r == '〇' {
		r = '零'
	}
	if r >= '0' && r <= '9' {
		out := rd.soundsOf([]rune(digitReadings)[r-'0'])
		if r == '1' {
			out = append(out, soundOf("yao1"))
		}
		return out
	}
	if !unicode.Is(unicode.Han, r) {
		return nil
	}
	var out []sound
	for _, s := range pinyin.SinglePinyin(r, rd.args) {
		if len(out) < maxReadings {
			out = append(out, soundOf(s))
		}
	}
	return out
}

func soundOf(toned string) sound {
	plain := strings.TrimRight(toned, "012345")
	return sound{hash(toned), hash(plain), hash(loosen(plain))}
}

// loosen maps syllables that are often mixed up to the same one: flat and
// curled tongue, n and l, r and l, f and hu-, -n and -ng.
func loosen(s string) string {
	if rest, ok := strings.CutPrefix(s, "hu"); ok && rest != "o" && rest != "ai" {
		switch rest {
		case "":
			rest = "u"
		case "i":
			rest = "ei"
		case "n":
			rest = "en"
		}
		s = "f" + rest
	}
	for _, pair := range [][2]string{{"zh", "z"}, {"ch", "c"}, {"sh", "s"}, {"n", "l"}, {"r", "l"}} {
		if rest, ok := strings.CutPrefix(s, pair[0]); ok {
			s = pair[1] + rest
			break
		}
	}
	for _, end := range []string{"ang", "eng", "ing"} {
		if strings.HasSuffix(s, end) {
			return strings.TrimSuffix(s, "g")
		}
	}
	return s
}

func hash(s string) uint32 {
	h := uint32(2166136261)
	for i := range len(s) {
		h = (h ^ uint32(s[i])) * 16777619
	}
	return h
}

func spelling(units []unit) string {
	var b strings.Builder
	for _, u := range units {
		b.WriteRune(u.r)
	}
	return b.String()
}

// key is what phrases are indexed by, and where it stands.
type key struct {
	hash uint64
	at   int
}

// Marks of keys that are a pair of letters.
const (
	opening = '<'
	closing = '>'
)

// keysOf units are, for characters that sound, each pair of neighbours in
// every loose reading; for letters each triple, and the first and the last
// pair of each word, which a mistake in the middle leaves whole.
func keysOf(units []unit) []key {
	var out []key
	for i := 0; i+1 < len(units); i++ {
		a, b := units[i], units[i+1]
		if len(a.sounds) > 0 || len(b.sounds) > 0 {
			for _, x := range a.keys() {
				for _, y := range b.keys() {
					out = append(out, key{uint64(x)<<32 | uint64(y), i})
				}
			}
		}
		if !a.letter() || !b.letter() {
			continue
		}
		if i+2 < len(units) && units[i+2].letter() {
			out = append(out, key{triple(a.r, b.r, units[i+2].r), i})
		}
		if a.opens {
			out = append(out, key{triple(a.r, b.r, opening), i})
		}
		if b.closes {
			out = append(out, key{triple(a.r, b.r, closing), i})
		}
	}
	return out
}

func (u unit) letter() bool   { return !u.han() || len(u.sounds) == 0 }
func (u unit) sounding() bool { return u.han() && len(u.sounds) > 0 }

func (u unit) keys() []uint32 {
	if len(u.sounds) == 0 {
		return []uint32{uint32(u.r)}
	}
	out := make([]uint32, 0, len(u.sounds))
	for _, s := range u.sounds {
		if !slices.Contains(out, s.loose) {
			out = append(out, s.loose)
		}
	}
	return out
}

func triple(a, b, c rune) uint64 {
	return 1<<63 | uint64(a)<<42 | uint64(b)<<21 | uint64(c)
}
