package turn

import (
	"strings"
	"time"
	"unicode"
)

// Interrupt says what counts as an interruption of a prompt. The zero value is
// a voice of Options.MinBargeIn, or any word.
type Interrupt struct {
	After       time.Duration // speech must last so long; 0: Options.MinBargeIn
	MinWords    int           // and have so many words, two Han characters for one
	Protect     time.Duration // the beginning that cannot be interrupted
	Backchannel bool          // what people say to show that they listen interrupts too
}

// wordy tells whether words decide, not the length of a sound alone.
func (i Interrupt) wordy() bool {
	return i.MinWords > 0 || i != (Interrupt{}) && !i.Backchannel
}

// enough tells whether text is an interruption.
func (i Interrupt) enough(text string) bool {
	if !i.Backchannel && !hasWord(text) || !i.Backchannel && listening(text) {
		return false
	}
	return words(text) >= max(i.MinWords, 1)
}

// words counts the words of a transcript, noises and unknown ones not. Chinese
// is not written in words: two characters count as one.
func words(text string) int {
	n, han := 0, 0
	inside := false
	for w := range strings.FieldsSeq(text) {
		if strings.HasPrefix(w, "[") || strings.HasPrefix(w, "<") {
			continue
		}
		for _, r := range w {
			switch {
			case unicode.Is(unicode.Han, r):
				han++
				inside = false
			case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' || r == '\'':
				if !inside {
					n++
				}
				inside = true
			default:
				inside = false
			}
		}
		inside = false
	}
	return n + (han+1)/2
}

// signs are the words, besides noises, that people say while they listen, and
// that are answers only when it is their turn.
var signs = map[string]bool{
	"yeah": true, "ok": true, "okay": true, "right": true, "i see": true, "got it": true, "alright": true, "all right": true,
	"oh": true, "mhmm": true, "aha": true, "really": true,
}

var hanSigns = map[string]bool{
	"嗯": true, "啊": true, "哦": true, "噢": true, "喔": true, "呃": true, "额": true, "哎": true, "唉": true, "诶": true, "欸": true, "唔": true, "呵": true, "哈": true,
	"对": true, "好": true, "是": true, "行": true, "好的": true, "对的": true, "是的": true, "好吧": true, "好啊": true, "对啊": true, "是啊": true, "行吧": true,
	"嗯哼": true, "哦哦": true, "这样": true, "明白": true, "知道": true, "知道了": true, "明白了": true, "没错": true, "是吗": true, "喂": true,
}

// maxSign is how many characters the longest of hanSigns has.
const maxSign = 3

// listening tells whether a transcript is nothing but signs that somebody
// listens: "yeah okay", 嗯嗯, 对对对, 好的好的.
func listening(text string) bool {
	var rest []string
	for w := range strings.FieldsSeq(strings.ToLower(text)) {
		w = strings.Trim(w, ".,;:!?。，！？、…")
		if w != "" && !backChannel[w] {
			rest = append(rest, w)
		}
	}
	if len(rest) > 1 && hanListening(strings.Join(rest, "")) { // a recogniser may put blanks between characters
		return true
	}
	for len(rest) > 0 {
		switch {
		case len(rest) > 1 && signs[rest[0]+" "+rest[1]]:
			rest = rest[2:]
		case signs[rest[0]] || hanListening(rest[0]):
			rest = rest[1:]
		default:
			return false
		}
	}
	return true
}

// hanListening tells whether a run of Han characters is made of signs.
func hanListening(text string) bool {
	rs := []rune(strings.Map(func(r rune) rune {
		if unicode.IsPunct(r) {
			return -1
		}
		return r
	}, text))
	if len(rs) > maxListening {
		return false
	}
	can := make([]bool, len(rs)+1)
	can[0] = true
	for i := range rs {
		for n := 1; can[i] && n <= maxSign && i+n <= len(rs); n++ {
			if hanSigns[string(rs[i:i+n])] {
				can[i+n] = true
			}
		}
	}
	return len(rs) > 0 && can[len(rs)]
}

// maxListening characters are more than anybody says without meaning anything.
const maxListening = 24
