package tts

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// pieceBytes is how much text one process gets at most: flite takes 8 s for
// 16 kB at once, and a process that is stopped has lost little.
const pieceBytes = 1500

// Speeds that engines can still be understood at.
const (
	minRate = 0.25
	maxRate = 4.0
)

// check refuses what no engine can speak.
func (r Request) check() error {
	switch {
	case len(r.Text) > MaxText:
		return fmt.Errorf("%w: %d bytes, at most %d", ErrText, len(r.Text), MaxText)
	case !utf8.ValidString(r.Text):
		return fmt.Errorf("%w: it is not UTF-8", ErrText)
	case strings.IndexFunc(r.Text, speakable) < 0:
		return fmt.Errorf("%w: there is nothing to say in %.40q", ErrText, r.Text)
	case r.Rate != 0 && !(r.Rate >= minRate && r.Rate <= maxRate): // so written that NaN is refused
		return fmt.Errorf("%w: at speed %g, want %g to %g", ErrText, r.Rate, minRate, maxRate)
	}
	return nil
}

func speakable(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsSymbol(r) }

// clean takes out of a text what would be obeyed and not spoken: control
// characters (a NUL ends a C string, espeak-ng takes others for commands), and
// the "[[" after which espeak-ng reads phonemes. White space becomes a blank,
// since a line break makes a pause in the middle of a sentence.
func clean(text string) string {
	var b strings.Builder
	last := ' '
	for _, r := range text {
		if unicode.IsSpace(r) || unicode.IsControl(r) || r == '\ufeff' {
			r = ' '
		}
		if r == ' ' && last == ' ' {
			continue
		}
		if r == '[' && last == '[' {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
		last = r
	}
	return strings.TrimSpace(b.String())
}

// pieces cuts a long text at the ends of sentences, else between words, else
// between characters. What has nothing to say in it is left out.
func pieces(text string) []string {
	var out []string
	add := func(piece string) {
		if strings.IndexFunc(piece, speakable) >= 0 {
			out = append(out, strings.TrimSpace(piece))
		}
	}
	for len(text) > pieceBytes {
		at := cut(text[:pieceBytes])
		add(text[:at])
		text = text[at:]
	}
	add(text)
	return out
}

// cut finds the best place to end a piece within head; it is never 0.
func cut(head string) int {
	for !validEnd(head) {
		head = head[:len(head)-1]
	}
	for _, ends := range []string{".!?。！？", ";:,；：，、", " "} {
		if i := strings.LastIndexAny(head, ends); i > len(head)/4 {
			_, size := utf8.DecodeRuneInString(head[i:])
			return i + size
		}
	}
	return len(head)
}

// validEnd says whether the last character is whole.
func validEnd(head string) bool {
	r, size := utf8.DecodeLastRuneInString(head)
	return r != utf8.RuneError || size > 1
}
