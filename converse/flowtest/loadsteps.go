package flowtest

import (
	"regexp"
	"time"

	"github.com/dialwright/dialwright/converse"
	"github.com/dialwright/dialwright/dialog"
)

// longestWait is how long any single wait in a test may be.
const longestWait = 24 * time.Hour

var stepKeys = []string{"bot", "user", "digits", "silence", "barge_in", "hangup", "voicemail", "screening", "expect", "transfer", "fail",
	"http", "crm", "function", "llm", "knowledge", "send", "record"}

func (r *reader) step(t *Test, n dialog.Node) {
	f, ok := r.Only(n, "a step", stepKeys...)
	if !ok {
		return
	}
	add := func(s step) {
		s.kind, s.at = kind(f.Name), f.At
		t.steps = append(t.steps, s)
	}
	switch kind(f.Name) {
	case stepBot:
		if !r.IsList(f.Value) {
			add(step{bot: r.botLine(f.Value)})
			return
		}
		for _, item := range r.List(f.Value, "bot") {
			f.At = r.PlaceOf(item)
			add(step{bot: r.botLine(item)})
		}
	case stepUser:
		add(r.spoken(f.Value, "user", reaction, "text", "confidence", "alternatives", "partials", "noise", "after"))
	case stepBargeIn:
		add(r.spoken(f.Value, "barge_in", 0, "text", "digits", "confidence", "alternatives", "partials", "noise", "after"))
	case stepDigits:
		s := step{after: reaction}
		if r.IsMapping(f.Value) {
			s = r.spoken(f.Value, "digits", reaction, "digits", "after")
		} else {
			s.digits = r.Keys(f.Value, "digits")
		}
		add(s)
	case stepSilence:
		if r.IsBool(f.Value) {
			r.yes(f)
			add(step{first: true})
			return
		}
		add(step{after: r.Duration(f.Value, "silence", time.Millisecond, longestWait)})
	case stepHangup, stepVoicemail, stepScreening:
		add(step{after: r.moment(f)})
	case stepExpect:
		add(step{expect: r.expectations(f.Value, f.At, stepExpectKeys)})
	case stepTransfer:
		add(step{transfer: r.transferReply(f.Value)})
	case stepFail:
		add(step{fails: r.oneOf(f.Value, "fail", "ears", "mouth", "duty")})
	default:
		add(step{work: r.workReply(dialog.WorkKind(f.Name), f.Value)})
	}
}

// yes reads a true that stands for itself.
func (r *reader) yes(f dialog.Field) {
	if !r.Bool(f.Value, f.Name) {
		r.Errorf(r.PlaceOf(f.Value), "leave the step out", "%s: false means nothing", f.Name)
	}
}

// moment reads true, a duration, or {after: …}.
func (r *reader) moment(f dialog.Field) time.Duration {
	switch {
	case r.IsBool(f.Value):
		r.yes(f)
		return 0
	case r.IsMapping(f.Value):
		in, ok := r.Only(f.Value, f.Name, "after")
		if !ok {
			return 0
		}
		f = in
	}
	return r.Duration(f.Value, f.Name, 0, longestWait)
}

func (r *reader) oneOf(n dialog.Node, what string, allowed ...string) string {
	s := r.Text(n, what)
	for _, a := range allowed {
		if s == a {
			return s
		}
	}
	if s != "" {
		r.Errorf(r.PlaceOf(n), r.Hint(s, allowed...), "%s cannot be %q", what, s)
	}
	return ""
}

func (r *reader) botLine(n dialog.Node) botLine {
	if !r.IsMapping(n) {
		return botLine{text: r.textual(n, "bot")}
	}
	var b botLine
	fields, _ := r.Fields(n, "bot", "text", "template", "contains", "matches", "node", "source", "any")
	for _, f := range fields {
		switch f.Name {
		case "text", "template":
			b.text = r.textual(f.Value, f.Name)
		case "contains":
			for _, part := range r.Texts(f.Value, "contains") {
				b.has = append(b.has, tidy(part))
			}
		case "matches":
			b.re = r.pattern(f.Value)
		case "node":
			b.node = r.Text(f.Value, "node")
		case "source":
			b.from = r.Text(f.Value, "source")
		case "any":
			b.any = r.Bool(f.Value, "any")
		}
	}
	if len(fields) == 0 {
		r.Errorf(r.PlaceOf(n), "bot: {any: true} takes whatever it says", "bot expects nothing")
	}
	return b
}

func (r *reader) textual(n dialog.Node, what string) *textual { return newTextual(r.Text(n, what)) }

func (r *reader) pattern(n dialog.Node) *textual {
	s := r.Text(n, "matches")
	re, err := regexp.Compile(s)
	if err != nil {
		r.Errorf(r.PlaceOf(n), "RE2 syntax", "matches is no regular expression: %v", err)
		return nil
	}
	return &textual{source: s, re: re}
}

// spoken reads what the customer says or presses.
func (r *reader) spoken(n dialog.Node, what string, after time.Duration, known ...string) step {
	s := step{after: after, sound: sound{confidence: usualConfidence}}
	if !r.IsMapping(n) {
		if what == string(stepBargeIn) {
			r.Errorf(r.PlaceOf(n), "barge_in: {after: 800ms, text: wait}", "barge_in must say when")
			return s
		}
		s.sound.text = r.Text(n, what)
		return s
	}
	fields, _ := r.Fields(n, what, known...)
	for _, f := range fields {
		switch f.Name {
		case "text":
			s.sound.text = r.Text(f.Value, "text")
		case "digits":
			s.digits = r.Keys(f.Value, "digits")
		case "confidence":
			s.sound.confidence = r.Number(f.Value, "confidence")
			if s.sound.confidence < 0 || s.sound.confidence > 1 {
				r.Errorf(r.PlaceOf(f.Value), "", "confidence is between 0 and 1")
			}
		case "alternatives":
			s.sound.alternatives = r.Texts(f.Value, "alternatives")
		case "partials":
			s.sound.partials = r.Texts(f.Value, "partials")
		case "noise":
			s.sound.noise = r.Duration(f.Value, "noise", time.Millisecond, time.Minute)
		case "after":
			s.after = r.Duration(f.Value, "after", 0, longestWait)
		}
	}
	given := 0
	for _, g := range []bool{s.sound.text != "", s.sound.noise > 0, s.digits != ""} {
		if g {
			given++
		}
	}
	if given != 1 && r.Problems() == nil {
		r.Errorf(r.PlaceOf(n), "text, digits or noise", "%s needs one thing to be heard", what)
	}
	return s
}

var (
	stepExpectKeys = []string{"node", "slots", "intent", "outcome", "interrupted", "listening", "ended"}
	finalKeys      = []string{"outcome", "node", "slots", "ended_by", "transfer", "callback", "opt_out", "remembered", "consents", "experiments", "faults"}
)

func (r *reader) expectations(n dialog.Node, at dialog.Place, known []string) expectations {
	e := expectations{at: at, given: true}
	fields, _ := r.Fields(n, "expect", known...)
	text := func(f dialog.Field) *string { s := r.nameOrNull(f); return &s }
	truth := func(f dialog.Field) *bool { b := r.Bool(f.Value, f.Name); return &b }
	for _, f := range fields {
		switch f.Name {
		case "node":
			e.node = text(f)
		case "intent":
			e.intent = text(f)
		case "outcome":
			e.outcome = text(f)
		case "interrupted":
			e.interrupted = truth(f)
		case "listening":
			e.listening = truth(f)
		case "ended":
			e.ended = truth(f)
		case "ended_by":
			by := converse.EndedBy(r.oneOf(f.Value, "ended_by", string(converse.ByFlow), string(converse.ByCustomer)))
			e.endedBy = &by
		case "opt_out":
			e.optOut = truth(f)
		case "callback":
			e.callback = r.Value(f.Value, "callback")
			switch e.callback.(type) {
			case bool, string:
			default:
				r.Errorf(r.PlaceOf(f.Value), "true, false or 2026-06-02 15:00", "callback must be a time")
			}
		case "transfer":
			e.transfer = r.expectTransfer(f)
		case "slots":
			e.slots = r.wanted(f)
		case "remembered":
			e.remembered = r.wanted(f)
		case "consents":
			e.consents = r.wanted(f)
		case "experiments":
			e.experiments = r.wanted(f)
		case "faults":
			e.faults = r.faults(f)
		}
	}
	return e
}

// nameOrNull reads a name; null stands for none.
func (r *reader) nameOrNull(f dialog.Field) string {
	if r.IsNull(f.Value) {
		return ""
	}
	return r.Text(f.Value, f.Name)
}

func (r *reader) faults(f dialog.Field) *[]*textual {
	var out []*textual
	if r.IsBool(f.Value) {
		r.yes(f)
		return &out
	}
	for _, s := range r.Texts(f.Value, "faults") {
		out = append(out, &textual{source: s})
	}
	return &out
}

// wanted reads names with values.
func (r *reader) wanted(f dialog.Field) []wanted {
	fields, _ := r.Fields(f.Value, f.Name)
	out := make([]wanted, 0, len(fields))
	for _, in := range fields {
		out = append(out, wanted{name: in.Name, at: in.At, value: r.Value(in.Value, in.Name)})
	}
	return out
}
