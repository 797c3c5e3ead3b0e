package dialog

import "github.com/goccy/go-yaml/ast"

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
