package flowtest

import (
	"time"
	"unicode"

	"github.com/dialwright/dialwright/dialog"
)

// How fast people and synthesisers talk: some fifteen letters or four Han
// characters a second, and a breath after a sentence.
const (
	perLetter    = 65 * time.Millisecond
	perHan       = 240 * time.Millisecond
	perSentence  = 250 * time.Millisecond
	perRecording = 2 * time.Second // without its words
)

// Length is how long a prompt is reckoned to take.
func Length(s dialog.Say) time.Duration {
	rate := s.Rate
	if rate <= 0 {
		rate = 1
	}
	if len(s.Parts) == 0 {
		return time.Duration(float64(spokenLength(s.Text)) / rate)
	}
	total := time.Duration(0)
	for _, part := range s.Parts {
		total += part.Pause
		switch own := part.Rate; {
		case part.Audio == "" && part.Text == "":
		case part.Audio != "" && part.Text == "":
			total += perRecording
		case own > 0:
			total += time.Duration(float64(spokenLength(part.Text)) / own)
		default:
			total += time.Duration(float64(spokenLength(part.Text)) / rate)
		}
	}
	return total
}

func spokenLength(text string) time.Duration {
	total := time.Duration(0)
	for _, r := range text {
		switch {
		case r == '.' || r == '?' || r == '!' || r == '。' || r == '？' || r == '！':
			total += perSentence
		case r < 0x80:
			total += perLetter
		case unicode.Is(unicode.Han, r):
			total += perHan
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsSpace(r):
			total += perLetter
		}
	}
	return max(total, 100*time.Millisecond)
}
