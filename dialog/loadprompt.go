package dialog

import (
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// prompt reads something to say: a text, a list of variants, or a mapping with
// the way it is said.
func (l *loader) prompt(n ast.Node) *prompt {
	l.prompts++
	p := &prompt{id: l.prompts, at: at(n)}
	texts := n
	if m, ok := n.(*ast.MappingNode); ok {
		o, ok := l.object(m, "say", "text", "voice", "language", "rate", "barge_in")
		if !ok {
			return nil
		}
		t, ok := o.get("text")
		if !ok {
			l.errorf(o.at, "text: Hello", "say has no text")
			return nil
		}
		texts = t.value
		l.manner(p, o)
	}
	items := []ast.Node{texts}
	if seq, ok := texts.(*ast.SequenceNode); ok {
		items = seq.Values
		if len(items) == 0 {
			l.errorf(at(texts), "", "say is an empty list")
		}
	}
	for _, item := range items {
		text, ok := l.word(item, "say")
		if !ok {
			continue
		}
		where := scalarAt(item)
		if t := l.template(strings.TrimSpace(text), where); t != nil {
			p.variants = append(p.variants, t)
		}
	}
	if len(p.variants) == 0 {
		return nil
	}
	return p
}

func (l *loader) manner(p *prompt, o *object) {
	if f, ok := o.get("voice"); ok {
		p.voice, _ = l.word(f.value, "voice")
	}
	if f, ok := o.get("language"); ok {
		p.language, _ = l.word(f.value, "language")
	}
	if f, ok := o.get("rate"); ok {
		if v, ok := l.number(f.value, "rate"); ok {
			p.rate = v
			if v < 0.5 || v > 2 {
				l.errorf(at(f.value), "1 is normal speed", "rate must be between 0.5 and 2, not %g", v)
			}
		}
	}
	if f, ok := o.get("barge_in"); ok {
		p.bargeIn = l.bargeIn(f.value)
	}
}

// bargeIn is who may interrupt a prompt, and how.
type bargeIn struct {
	off bool
	how Interrupt
}

// bargeIn reads true, false, or a mapping that says what an interruption is.
func (l *loader) bargeIn(n ast.Node) *bargeIn {
	if b, ok := n.(*ast.BoolNode); ok {
		return &bargeIn{off: !b.Value}
	}
	if _, isMap := n.(*ast.MappingNode); !isMap {
		l.boolean(n, "barge_in")
		return nil
	}
	o, ok := l.object(n, "barge_in", "after", "min_words", "protect", "backchannel")
	if !ok {
		return nil
	}
	var b bargeIn
	if f, ok := o.get("after"); ok {
		b.how.After, _ = l.duration(f.value, "after", shortest, longest)
	}
	if f, ok := o.get("protect"); ok {
		b.how.Protect, _ = l.duration(f.value, "protect", shortest, longest)
	}
	if f, ok := o.get("min_words"); ok {
		if v, ok := l.number(f.value, "min_words"); ok {
			if b.how.MinWords = int(v); v != float64(b.how.MinWords) || v < 1 || v > 10 {
				l.errorf(at(f.value), "", "min_words must be a whole number from 1 to 10")
			}
		}
	}
	if f, ok := o.get("backchannel"); ok {
		switch s, ok := l.word(f.value, "backchannel"); {
		case !ok:
		case s == "interrupt":
			b.how.Backchannel = true
		case s != "ignore":
			l.errorf(at(f.value), "ignore or interrupt", "backchannel cannot be %q", s)
		}
	}
	return &b
}

// speechKeys are the top-level keys read by entities and speech.
var speechKeys = []string{"pronounce"}

// speech is what a flow's prompts have in common.
type speech struct {
	pronounce map[string]string // word → spoken form
}

// spokenNames are the named things of the loader that prompts point to.
type spokenNames struct{}

// speech reads the top-level keys about speaking. It comes after the slots and
// before everything that has prompts; with several files it is called for each.
func (l *loader) speech(o *object) {
	l.pronounce(o)
}

func (l *loader) pronounce(o *object) {
	f, ok := o.get("pronounce")
	if !ok {
		return
	}
	all, ok := l.open(f.value, "pronounce")
	if !ok {
		return
	}
	if l.flow.speech.pronounce == nil {
		l.flow.speech.pronounce = map[string]string{}
	}
	for _, e := range all.fields {
		if spoken, ok := l.word(e.value, "the pronunciation of "+e.name); ok {
			l.flow.speech.pronounce[e.name] = spoken
		}
	}
}
