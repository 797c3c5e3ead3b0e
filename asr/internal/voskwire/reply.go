package voskwire

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Word is one word of a final reply; times in seconds since the stream began. The original server
// gives no Conf in a reply with alternatives: it is then 0.
type Word struct {
	Conf  float64 `json:"conf"`
	End   float64 `json:"end"`
	Start float64 `json:"start"`
	Word  string  `json:"word"`
}

// Alternative is another transcript than the best. Conf is 0..1, 0 for unknown.
type Alternative struct {
	Text string
	Conf float64
}

// Reply is what a server answers: a partial or a final text.
type Reply struct {
	Final bool
	Text  string
	Words []Word
	// NBest gives a final reply the shape a client with max_alternatives expects, even if
	// Alternatives, which go on after the best, is empty.
	NBest        bool
	Conf         float64 // of the whole text, 0..1, 0 for unknown; in the NBest shape only
	Alternatives []Alternative
}

// alternative is an entry of the list on the wire, the best first. In the original, confidence is an
// unnormalised likelihood (such as 213.6), of which nothing can be made without the model. Conf, our
// own addition, marks a server that knows a probability; it is the key that words have theirs in.
type alternative struct {
	Conf       *float64 `json:"conf,omitempty"`
	Confidence float64  `json:"confidence"`
	Result     []Word   `json:"result,omitempty"`
	Text       *string  `json:"text"`
}

// Encode is the reply message in the shape Vosk gives it.
func (r Reply) Encode() ([]byte, error) {
	switch {
	case !r.Final:
		return json.Marshal(struct {
			Partial string `json:"partial"`
		}{r.Text})
	case r.NBest:
		list := []alternative{{Conf: &r.Conf, Confidence: r.Conf, Result: r.Words, Text: &r.Text}}
		for _, a := range r.Alternatives {
			list = append(list, alternative{Conf: &a.Conf, Confidence: a.Conf, Text: &a.Text})
		}
		return json.Marshal(struct {
			Alternatives []alternative `json:"alternatives"`
		}{list})
	}
	return json.Marshal(struct {
		Result []Word `json:"result,omitempty"`
		Text   string `json:"text"`
	}{r.Words, r.Text})
}

// maxSeconds keeps times that a server invents from overflowing a time.Duration.
const maxSeconds = 1e9

// ParseReply reads a server's message. Confidences are brought into 0..1, since some models exceed
// it by rounding; times that cannot be are an error.
func ParseReply(text []byte) (Reply, error) {
	var in struct {
		Partial      *string       `json:"partial"`
		Text         *string       `json:"text"`
		Result       []Word        `json:"result"`
		Alternatives []alternative `json:"alternatives"`
	}
	if err := json.Unmarshal(text, &in); err != nil {
		return Reply{}, fmt.Errorf("reply %.80q: %w", text, err)
	}
	switch {
	case in.Alternatives != nil && (in.Text != nil || in.Partial != nil):
		return Reply{}, fmt.Errorf("reply %.80q has alternatives and a text besides them", text)
	case in.Alternatives != nil:
		r, err := nbest(in.Alternatives)
		if err != nil {
			return Reply{}, fmt.Errorf("reply %.80q: %w", text, err)
		}
		return r, nil
	case in.Text != nil:
		if err := sane(in.Result); err != nil {
			return Reply{}, fmt.Errorf("reply: %w", err)
		}
		return Reply{Final: true, Text: *in.Text, Words: in.Result}, nil
	case in.Partial != nil:
		return Reply{Text: *in.Partial}, nil
	}
	return Reply{}, fmt.Errorf("reply %.80q has neither partial nor text", text)
}

func nbest(list []alternative) (Reply, error) {
	if len(list) == 0 {
		return Reply{}, errors.New("the list of alternatives is empty")
	}
	out := Reply{Final: true, NBest: true}
	for i, a := range list {
		if a.Text == nil {
			return Reply{}, fmt.Errorf("alternative %d has no text", i+1)
		}
		if err := sane(a.Result); err != nil {
			return Reply{}, fmt.Errorf("alternative %d: %w", i+1, err)
		}
		conf := 0.0
		if a.Conf != nil {
			conf = min(max(*a.Conf, 0), 1)
		}
		said := strings.TrimSpace(*a.Text) // the original begins some with a blank
		if i == 0 {
			out.Text, out.Words, out.Conf = said, a.Result, conf
			continue
		}
		out.Alternatives = append(out.Alternatives, Alternative{Text: said, Conf: conf})
	}
	return out, nil
}

// sane brings confidences into 0..1 and refuses times that cannot be.
func sane(words []Word) error {
	for i, w := range words {
		if w.Start < 0 || w.End < w.Start || w.End > maxSeconds {
			return fmt.Errorf("word %q lasts from %g s to %g s", w.Word, w.Start, w.End)
		}
		words[i].Conf = min(max(w.Conf, 0), 1)
	}
	return nil
}
