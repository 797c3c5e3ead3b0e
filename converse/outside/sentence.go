package outside

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// splitter cuts a stream of text into sentences that can be said as soon as
// they are complete.
type splitter struct {
	buffer strings.Builder
	say    func(string)
}

// maxSentence is where a sentence without an end is cut: nobody listens
// longer, and a synthesiser would wait for it.
const maxSentence = 240 // characters

func (s *splitter) write(text string) {
	for _, r := range text {
		s.buffer.WriteRune(r)
		if strings.ContainsRune("。！？；\n", r) || utf8.RuneCountInString(s.buffer.String()) >= maxSentence && (unicode.IsSpace(r) || r > 127) {
			s.flush()
			continue
		}
		// A full stop ends a sentence when a blank follows: not in 4.5 or e.g.
		if unicode.IsSpace(r) && endsSentence(s.buffer.String()) {
			s.flush()
		}
	}
}

func endsSentence(text string) bool {
	t := strings.TrimRightFunc(text, unicode.IsSpace)
	if t == "" || !strings.ContainsAny(t[len(t)-1:], ".!?:") {
		return false
	}
	last := t[strings.LastIndexByte(t, ' ')+1:]
	switch strings.ToLower(last) {
	case "mr.", "mrs.", "ms.", "dr.", "st.", "no.", "e.g.", "i.e.", "etc.", "vs.", "approx.":
		return false
	}
	// An initial or a numbered item: "J. Smith", "1. First".
	return utf8.RuneCountInString(last) > 2 || !strings.HasSuffix(last, ".")
}

func (s *splitter) flush() {
	text := speakable(s.buffer.String())
	s.buffer.Reset()
	if text != "" {
		s.say(text)
	}
}

// speakable takes out what is written for eyes: markup, addresses in angle
// brackets, emoji. What is left may be empty.
func speakable(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case strings.ContainsRune("*_`#|~<>{}[]\\", r), unicode.Is(unicode.So, r), unicode.Is(unicode.Cs, r), r == utf8.RuneError,
			r == '\u200d', r >= 0xFE00 && r <= 0xFE0F, r > 0x1F000:
			b.WriteRune(' ')
		case unicode.IsControl(r):
			b.WriteRune(' ')
		default:
			b.WriteRune(r)
		}
	}
	out := strings.Join(strings.Fields(b.String()), " ")
	out = strings.TrimLeft(out, "-–—• ")
	if !strings.ContainsFunc(out, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		return ""
	}
	return out
}
