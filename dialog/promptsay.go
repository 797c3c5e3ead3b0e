package dialog

import (
	"hash/fnv"
	"math/rand/v2"
	"strconv"

	"github.com/dialwright/dialwright/nlu"
)

// speechState is what a session remembers about speaking.
type speechState struct {
	ContactKey string            `json:"contact_key,omitempty"`
	Assigned   map[string]string `json:"assigned,omitempty"` // variants of experiments
}

// begin takes what the caller of the flow knows about the contact: the values
// of slots that are remembered, where they still fit.
func (s *Session) begin(o StartOptions) {
	s.st.ContactKey = o.ContactKey
	if s.st.ContactKey == "" {
		s.st.ContactKey, _ = s.st.Contact["number"].(string)
	}
	for name, sl := range s.flow.slots {
		if v, ok := o.Memory[name]; ok && sl.remember && v != nil {
			if value, err := sl.accept(v, s.zone); err == nil {
				s.st.Slots[name] = value
			}
		}
	}
}

// say speaks one variant of a prompt. keep remembers it for repeat.
func (s *Session) say(n *node, p *prompt, keep bool) error {
	a, err := s.compose(n, p)
	if err != nil {
		return err
	}
	s.emit(a)
	if keep {
		s.st.Spoken = append(s.st.Spoken, a)
	}
	return nil
}

// compose chooses a variant and fills it in.
func (s *Session) compose(n *node, p *prompt) (Say, error) {
	for p.experiment != nil {
		p = p.arms[s.variant(p.experiment.name)]
	}
	a := s.flow.say(n, p, "", s.st.Defaults.BargeIn)
	var u utterance
	if err := s.variantOf(p).speak(s.lookup, s.speaker(p), &u); err != nil {
		return a, err
	}
	u.say(&a)
	return a, nil
}

// variantOf takes the next variant out of the prompt's bag.
func (s *Session) variantOf(p *prompt) line {
	if len(p.lines) == 1 {
		return p.lines[0]
	}
	if s.st.Variants == nil {
		s.st.Variants = map[string]int{}
	}
	key := strconv.Itoa(p.id)
	n := s.st.Variants[key]
	s.st.Variants[key] = n + 1
	return p.lines[p.draw(s.st.CallID, n)]
}

// draw is the n-th variant of a call. The bag holds each variant as often as
// it weighs, in lowest terms; it is shuffled anew each time it is empty, and
// nothing comes twice in a row. Only the call's id decides.
func (p *prompt) draw(callID string, n int) int {
	h := fnv.New64a()
	h.Write([]byte(callID)) // a hash never fails
	r := rand.New(rand.NewPCG(h.Sum64(), uint64(p.id)))
	var bag []int
	last := -1
	for n %= maxDraws; ; n-- {
		if len(bag) == 0 {
			bag = p.bag()
			r.Shuffle(len(bag), func(i, j int) { bag[i], bag[j] = bag[j], bag[i] })
		}
		i := 0
		for i < len(bag)-1 && bag[i] == last {
			i++
		}
		next := bag[i]
		bag = append(bag[:i], bag[i+1:]...)
		if next == last { // nothing else is left: any other will do
			next = (last + 1) % len(p.lines)
		}
		if last = next; n == 0 {
			return next
		}
	}
}

// maxDraws is after how many a call's order of variants begins anew.
const maxDraws = 512

func (p *prompt) bag() []int {
	divisor := 0
	for _, ln := range p.lines {
		for a, b := divisor, ln.weight; ; a, b = b, a%b {
			if b == 0 {
				divisor = a
				break
			}
		}
	}
	var out []int
	for i, ln := range p.lines {
		for range ln.weight / divisor {
			out = append(out, i)
		}
	}
	return out
}

func (s *Session) speaker(p *prompt) speaker {
	return s.flow.speaker(p, s)
}

func (f *Flow) speaker(p *prompt, s *Session) speaker {
	language := f.Language
	if p != nil && p.language != "" {
		language = p.language
	}
	return speaker{chinese: nlu.IsChinese(language), now: s.now, voice: f.voice}
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
	return s.value(path[0])
}

// slower is a with everything said at factor times its speed, for a customer
// who asks for it.
func (a Say) slower(factor float64) Say {
	slow := func(rate float64) float64 { return min(max(rate*factor, 0.5), 2) }
	a.Rate = slow(a.Rate)
	parts := append([]Part(nil), a.Parts...)
	for i := range parts {
		if parts[i].Rate > 0 {
			parts[i].Rate = slow(parts[i].Rate)
		}
	}
	a.Parts = parts
	return a
}
