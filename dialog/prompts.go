package dialog

import (
	"fmt"
	"time"
)

// prompt is something to say: one of several variants, another prompt by its
// name, or what an experiment decides.
type prompt struct {
	id       int // of the bag its variants are drawn from
	at       pos
	defined  pos    // of its name, for a named one
	name     string // of the named prompt it is, until finishSpeech
	lines    []line
	voice    string
	language string
	rate     float64
	bargeIn  *bargeIn

	experiment *experiment
	arms       map[string]*prompt // by variant
}

// line is one variant: parts that are played without a gap.
type line struct {
	weight int
	parts  []linePart
}

// linePart is a text, a recording (with the text a transcript shows), or a
// pause.
type linePart struct {
	text  *template
	audio string
	pause time.Duration
}

// becomes makes p the named prompt, but for what p says itself.
func (p *prompt) becomes(named *prompt) {
	p.id, p.lines, p.experiment, p.arms = named.id, named.lines, named.experiment, named.arms
	p.inherit(named)
}

// inherit takes over the manner of speaking where p has none of its own.
func (p *prompt) inherit(from *prompt) {
	p.voice, p.language = orElse(p.voice, from.voice), orElse(p.language, from.language)
	if p.rate == 0 {
		p.rate = from.rate
	}
	if p.bargeIn == nil {
		p.bargeIn = from.bargeIn
	}
}

// pronounce writes literal texts as they are spoken.
func (t *template) pronounce(voice pronunciation) {
	if t == nil {
		return
	}
	for i := range t.pieces {
		p := &t.pieces[i]
		if p.text == "" || p.mark.said != "" {
			continue
		}
		if said := voice.apply(p.text); said != p.text {
			p.mark.said = said
		}
	}
}

// speak fills a line in.
func (ln line) speak(lookup func(path []string) any, sp speaker, u *utterance) error {
	for i, part := range ln.parts {
		switch {
		case part.pause > 0:
			u.pause(part.pause)
		case part.audio != "":
			shown := ""
			if part.text != nil {
				var err error
				if shown, err = part.text.render(lookup, sp); err != nil {
					return err
				}
			}
			u.audio(part.audio, shown)
		default:
			if i > 0 {
				u.gap()
			}
			u.next()
			if err := part.text.speak(lookup, sp, u); err != nil {
				return err
			}
		}
	}
	return nil
}

// Prompts lists every text the flow has synthesised that is known before any
// call: those without a place to fill in. A prompt of several parts gives one
// entry for each text among them, as it is spoken. Synthesise these before
// dialling.
func (f *Flow) Prompts() []Say {
	var out []Say
	f.eachText(func(p *prompt, t *template) {
		if t.fixed() {
			out = append(out, f.texts(p, t, nil, speaker{})...) // nothing to look up, nothing to fail
		}
	})
	for _, b := range f.builtin() {
		a := f.say(nil, &prompt{}, "", nil)
		a.Text = f.voice.apply(b)
		out = append(out, a)
	}
	return unique(out)
}

// PromptsFor lists the texts that are known once the contact is: those whose
// places are all filled from its fields. Fields are converted as NewSession
// converts them, and a field that is missing is an error.
func (f *Flow) PromptsFor(contact map[string]any) ([]Say, error) {
	s, err := NewSession(f, StartOptions{Contact: contact})
	if err != nil {
		return nil, err
	}
	var out []Say
	f.eachText(func(p *prompt, t *template) {
		if t.fixed() || !t.byContact() {
			return
		}
		var u utterance
		if renderErr := t.speak(s.lookup, s.speaker(p), &u); renderErr != nil {
			if err == nil {
				err = fmt.Errorf("prompts of flow %s: %w", f.Name, renderErr)
			}
			return
		}
		out = append(out, f.texts(p, t, s.lookup, s.speaker(p))...)
	})
	return unique(out), err
}

// eachText visits every text that is spoken.
func (f *Flow) eachText(visit func(*prompt, *template)) {
	for _, p := range f.speech.prompts {
		for _, ln := range p.lines {
			for _, part := range ln.parts {
				if part.audio == "" && part.text != nil {
					visit(p, part.text)
				}
			}
		}
	}
}

// texts are what a synthesiser is given for t; none when a value is missing.
func (f *Flow) texts(p *prompt, t *template, lookup func(path []string) any, sp speaker) []Say {
	var u utterance
	if err := t.speak(lookup, sp, &u); err != nil {
		return nil
	}
	a := f.say(nil, p, "", nil)
	u.say(&a)
	if len(a.Parts) == 0 {
		if a.Text == "" || u.silent() {
			return nil
		}
		return []Say{a}
	}
	var out []Say
	for _, part := range a.Parts {
		if part.Text == "" {
			continue
		}
		one := a
		one.Text, one.Parts = part.Text, nil
		if part.Rate > 0 {
			one.Rate = part.Rate
		}
		out = append(out, one)
	}
	return out
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
	if spoken := f.voice.apply(text); spoken != text {
		s.Parts = []Part{{Text: spoken}}
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
