package dialog

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// pronunciation tells a synthesiser how words are spoken that it gets wrong.
// Nil changes nothing.
type pronunciation map[rune][]pronounced // by first letter, lower case; longest first

type pronounced struct{ word, spoken string }

func newPronunciation(words map[string]string) pronunciation {
	if len(words) == 0 {
		return nil
	}
	p := pronunciation{}
	for word, spoken := range words {
		r, _ := utf8.DecodeRuneInString(word)
		first := unicode.ToLower(r)
		p[first] = append(p[first], pronounced{word, spoken})
	}
	for _, list := range p {
		slices.SortFunc(list, func(a, b pronounced) int {
			return cmp.Or(cmp.Compare(len(b.word), len(a.word)), cmp.Compare(a.word, b.word))
		})
	}
	return p
}

// apply writes a text as it is spoken. Words of letters are found as whole
// words, in upper or lower case; Han characters anywhere.
func (p pronunciation) apply(text string) string {
	if len(p) == 0 {
		return text
	}
	var b strings.Builder
	var before rune
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if w, ok := p.at(text[i:], before); ok {
			b.WriteString(w.spoken)
			i += len(w.word)
			before, _ = utf8.DecodeLastRuneInString(w.word)
			continue
		}
		b.WriteString(text[i : i+size])
		before = r
		i += size
	}
	return b.String()
}

// at finds the word that stands at the beginning of rest.
func (p pronunciation) at(rest string, before rune) (pronounced, bool) {
	r, _ := utf8.DecodeRuneInString(rest)
	for _, w := range p[unicode.ToLower(r)] {
		if len(rest) < len(w.word) || !strings.EqualFold(rest[:len(w.word)], w.word) {
			continue
		}
		after, _ := utf8.DecodeRuneInString(rest[len(w.word):])
		last, _ := utf8.DecodeLastRuneInString(w.word)
		if joined(before, r) || joined(last, after) {
			continue
		}
		return w, true
	}
	return pronounced{}, false
}

// joined tells whether two neighbours belong to one word.
func joined(a, b rune) bool {
	letter := func(r rune) bool {
		return unicode.IsLetter(r) && !unicode.Is(unicode.Han, r) || unicode.IsDigit(r)
	}
	return letter(a) && letter(b)
}

// utterance gathers what a prompt shows and what it speaks.
type utterance struct {
	shown  strings.Builder
	parts  []Part
	marked bool // there is more to it than the text that is shown
	fresh  bool // the next text begins a part of its own
}

// next lets the text that follows begin a part of its own.
func (u *utterance) next() { u.fresh = true }

// silent tells whether nothing is spoken at all.
func (u *utterance) silent() bool {
	return !slices.ContainsFunc(u.parts, func(p Part) bool { return p.Text != "" })
}

// add appends a text with what its mark says.
func (u *utterance) add(shown, spoken string, m mark) {
	if m.pause > 0 {
		u.pause(m.pause)
		return
	}
	if !m.unseen {
		u.show(shown)
	}
	if m.silent {
		u.marked = true
		return
	}
	if m.unseen || spoken != shown || m.rate > 0 {
		u.marked = true
	}
	if last := len(u.parts) - 1; last >= 0 && !u.fresh && u.parts[last].Text != "" && u.parts[last].Rate == m.rate {
		u.parts[last].Text += spoken
		return
	}
	u.fresh = false
	u.parts = append(u.parts, Part{Text: spoken, Rate: m.rate})
}

// show appends to the transcript; where markup stood there is one blank.
func (u *utterance) show(text string) {
	if s := u.shown.String(); s == "" || strings.HasSuffix(s, " ") {
		text = strings.TrimLeft(text, " ")
	}
	u.shown.WriteString(text)
}

func (u *utterance) audio(file, shown string) {
	u.marked = true
	u.gap()
	u.show(orElse(shown, "["+file+"]"))
	u.parts = append(u.parts, Part{Audio: file})
}

// gap keeps the texts of two parts apart in a transcript.
func (u *utterance) gap() {
	if s := u.shown.String(); s != "" && !strings.HasSuffix(s, " ") {
		u.shown.WriteByte(' ')
	}
}

// say puts what was gathered into a: Text alone when that is all there is to
// speak. Rates become absolute.
func (u *utterance) say(a *Say) {
	a.Text = strings.TrimSpace(u.shown.String())
	if !u.marked && len(u.parts) < 2 {
		return
	}
	for _, p := range u.parts {
		if p.Audio == "" && p.Pause == 0 {
			if p.Text = strings.TrimSpace(p.Text); strings.IndexFunc(p.Text, audible) < 0 {
				continue
			}
			if p.Rate > 0 {
				p.Rate = min(max(p.Rate*a.Rate, 0.5), 2)
			}
		}
		a.Parts = append(a.Parts, p)
	}
	if len(a.Parts) == 1 && a.Parts[0] == (Part{Text: a.Text}) {
		a.Parts = nil
	}
}

// audible tells whether a synthesiser makes a sound of r.
func audible(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsSymbol(r) }

func (u *utterance) pause(d time.Duration) {
	u.marked = true
	u.parts = append(u.parts, Part{Pause: d})
}
