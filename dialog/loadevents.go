package dialog

import (
	"time"

	"github.com/goccy/go-yaml/ast"
)

const (
	longestTimer = 4 * time.Hour
	maxTimers    = 16
	// afterLimit is how long a conversation may still go on once max_length is
	// over and it has not listened.
	afterLimit = 30 * time.Second

	timerSilence = "on_silence"
	timerLength  = "max_length"
	timerHard    = "max_length/end"
	timerFlow    = "timers/"
	timerFiller  = "filler/"
	timerWork    = "work/"
)

// events reads what a flow does when things happen that nobody said.
func (l *loader) events(o *object) {
	ev := &l.flow.events
	for name, into := range map[string]*string{"start": &l.flow.start, "on_answer": &l.flow.start, "on_voicemail": &l.flow.onVoicemail,
		"on_error": &l.flow.onError, "on_screening": &ev.onScreening} {
		if f, ok := o.get(name); ok {
			if r, ok := l.ref(f.value, name); ok {
				*into = r.node
			}
		}
	}
	if a, ok := o.get("on_answer"); ok {
		if _, both := o.get("start"); both {
			l.errorf(a.key, "remove one of them", "start and on_answer say the same")
		}
	}
	if f, ok := o.get("disclosure"); ok {
		ev.disclosure = l.prompt(f.value)
	}
	if f, ok := o.get("on_silence"); ok {
		ev.silence = l.timer(timerSilence, f)
	}
	l.maxLength(o)
	f, ok := o.get("timers")
	if !ok {
		return
	}
	all, ok := l.open(f.value, "timers")
	if !ok {
		return
	}
	if len(all.fields) > maxTimers {
		l.errorf(f.key, "", "more than %d timers", maxTimers)
		return
	}
	for _, e := range all.fields {
		ev.timers = append(ev.timers, l.timer(timerFlow+e.name, e))
	}
}

func (l *loader) timer(name string, f field) timer {
	t := timer{name: name}
	o, ok := l.object(f.value, f.name, "after", "goto")
	if !ok {
		return t
	}
	if d, ok := o.get("after"); ok {
		t.after, _ = l.duration(d.value, "after", time.Second, longestTimer)
	} else {
		l.errorf(f.key, "after: 5m", "%s does not say when", f.name)
	}
	if g, ok := o.get("goto"); ok {
		t.next, _ = l.ref(g.value, "goto")
	} else {
		l.holes = true
		l.errorf(f.key, "goto: NODE", "%s does not say where to go", f.name)
	}
	return t
}

func (l *loader) maxLength(o *object) {
	f, ok := o.get("max_length")
	if !ok {
		return
	}
	ev := &l.flow.events
	ev.maxLength.name = timerLength
	if _, short := f.value.(*ast.StringNode); short { // max_length: 10m
		ev.maxLength.after, _ = l.duration(f.value, "max_length", 10*time.Second, longestTimer)
		return
	}
	one, ok := l.object(f.value, "max_length", "after", "say", "goto")
	if !ok {
		return
	}
	if d, ok := one.get("after"); ok {
		ev.maxLength.after, _ = l.duration(d.value, "after", 10*time.Second, longestTimer)
	} else {
		l.errorf(f.key, "after: 10m", "max_length does not say when")
	}
	if s, ok := one.get("say"); ok {
		ev.maxSay = l.prompt(s.value)
	}
	if g, ok := one.get("goto"); ok {
		ev.maxLength.next, _ = l.ref(g.value, "goto")
	}
}

// optOut reads opt_out at the top: heard everywhere, it enters the number into
// the Do-Not-Call list and says goodbye, or goes to a node that does.
func (l *loader) optOut(o *object) {
	f, ok := o.get("opt_out")
	if !ok {
		return
	}
	for _, g := range l.flow.globals {
		if g.intent == "opt_out" {
			l.errorf(f.key, "remove one of them", "opt_out is also a global intent")
			return
		}
	}
	g := global{intent: "opt_out", at: f.key}
	if b, isBool := f.value.(*ast.BoolNode); isBool {
		if !b.Value {
			return
		}
		g.optOut = true
	} else if g.next, ok = l.ref(f.value, "opt_out"); !ok {
		return
	}
	l.intent("opt_out").used = true
	l.flow.globals = append(l.flow.globals, g)
}
