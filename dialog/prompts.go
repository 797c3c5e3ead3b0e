package dialog

import "fmt"

// prompt is something to say, in one or more variants.
type prompt struct {
	id       int
	at       pos
	variants []*template
	voice    string
	language string
	rate     float64
	bargeIn  *bargeIn
}

// Prompts lists everything the flow can say that is known before any call:
// prompts without a place to fill in. Synthesise these before dialling.
func (f *Flow) Prompts() []Say {
	var out []Say
	f.eachPrompt(func(n *node, p *prompt) {
		for _, t := range p.variants {
			if t.fixed() {
				out = append(out, f.say(n, p, t.source, nil))
			}
		}
	})
	return unique(out)
}

// PromptsFor lists the prompts that are known once the contact is: those whose
// places are all filled from its fields. Fields are converted as NewSession
// converts them, and a field that is missing is an error.
func (f *Flow) PromptsFor(contact map[string]any) ([]Say, error) {
	s, err := NewSession(f, StartOptions{Contact: contact})
	if err != nil {
		return nil, err
	}
	var out []Say
	f.eachPrompt(func(n *node, p *prompt) {
		for _, t := range p.variants {
			if t.fixed() || !t.byContact() {
				continue
			}
			text, renderErr := t.render(s.lookup, s.speaker(p))
			if renderErr != nil {
				if err == nil {
					err = fmt.Errorf("prompts of flow %s: %w", f.Name, renderErr)
				}
				continue
			}
			out = append(out, f.say(n, p, text, nil))
		}
	})
	return unique(out), err
}

func unique(all []Say) []Say {
	type key struct {
		text, language, voice string
		rate                  float64
	}
	seen := map[key]bool{}
	out := all[:0]
	for _, s := range all {
		k := key{s.Text, s.Language, s.Voice, s.Rate}
		if !seen[k] {
			seen[k] = true
			out = append(out, s)
		}
	}
	return out
}

// eachPrompt visits every prompt with the node it belongs to; nil for the
// flow's own.
func (f *Flow) eachPrompt(visit func(*node, *prompt)) {
	ladders := func(n *node, s settings) {
		for _, ladder := range [][]rung{s.noInput, s.noMatch} {
			for _, r := range ladder {
				if r.say != nil {
					visit(n, r.say)
				}
			}
		}
	}
	for _, name := range f.order {
		n := f.nodes[name]
		if n.say != nil {
			visit(n, n.say)
		}
		ladders(n, n.settings)
	}
	ladders(nil, f.defaults)
	for _, g := range f.globals {
		if g.say != nil {
			visit(nil, g.say)
		}
	}
}

// say is how a prompt is spoken at a node. call is the call's default for
// barge-in, below the flow's.
func (f *Flow) say(n *node, p *prompt, text string, call *bool) Say {
	s := Say{Text: text, Language: f.Language, Voice: f.Voice, Rate: 1, BargeIn: true}
	if call != nil {
		s.BargeIn = *call
	}
	var own *bargeIn
	if n != nil {
		s.Node, own = n.name, n.settings.bargeIn
	}
	for _, b := range []*bargeIn{f.defaults.bargeIn, own, p.bargeIn} {
		if b != nil {
			s.BargeIn, s.Interrupt = !b.off, b.how
		}
	}
	if p.language != "" {
		s.Language = p.language
		if p.language != f.Language {
			s.Voice = "" // the flow's voice speaks the flow's language
		}
	}
	if p.voice != "" {
		s.Voice = p.voice
	}
	if p.rate > 0 {
		s.Rate = p.rate
	}
	return s
}

// Phrases lists all that customers may say anywhere in the flow, as far as it
// is written down, for a recogniser that is told once for a whole call. What a
// single node expects is in Listen.
func (f *Flow) Phrases() []string {
	var out []string
	seen := map[string]bool{}
	for _, name := range f.order {
		if li := f.nodes[name].listen; li != nil {
			for _, p := range li.phrases {
				if !seen[p] {
					seen[p] = true
					out = append(out, p)
				}
			}
		}
	}
	return out
}
