package dialog

import (
	"strconv"

	"github.com/dialwright/dialwright/nlu"
)

// say speaks one variant of a prompt. keep remembers it for repeat.
func (s *Session) say(n *node, p *prompt, keep bool) error {
	t := p.variants[0]
	if len(p.variants) > 1 {
		if s.st.Variants == nil {
			s.st.Variants = map[string]int{}
		}
		key := strconv.Itoa(p.id)
		t = p.variants[s.st.Variants[key]%len(p.variants)]
		s.st.Variants[key]++
	}
	text, err := t.render(s.lookup, s.speaker(p))
	if err != nil {
		return err
	}
	a := s.flow.say(n, p, text, s.st.Defaults.BargeIn)
	s.emit(a)
	if keep {
		s.st.Spoken = append(s.st.Spoken, a)
	}
	return nil
}

func (s *Session) speaker(p *prompt) speaker {
	language := s.flow.Language
	if p.language != "" {
		language = p.language
	}
	return speaker{chinese: nlu.IsChinese(language), now: s.now}
}

func (s *Session) lookup(path []string) any {
	switch path[0] {
	case "contact":
		return s.st.Contact[path[1]]
	case "outcome":
		return s.st.Outcome
	case "text":
		return s.st.Text
	case "now":
		return s.now
	case "transfer.agent":
		return s.st.Transfer.Agent
	}
	return s.st.Slots[path[0]]
}

// speechState is what a session remembers about speaking.
type speechState struct {
	ContactKey string `json:"contact_key,omitempty"`
}

// begin takes what the caller of the flow knows about the contact.
func (s *Session) begin(o StartOptions) {
	s.st.ContactKey = o.ContactKey
}
