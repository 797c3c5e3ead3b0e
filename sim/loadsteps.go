package sim

import (
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// Patience of a persona where the file names none.
const (
	defaultSilence  = 900 * time.Millisecond
	defaultPatience = 30 * time.Second
	defaultStay     = 2 * time.Minute
)

// steps reads one call and checks that its steps can follow one another.
func (r *reader) steps(n ast.Node) []Step {
	var all []Step
	answered, over := false, false
	r.list(n, "a call", func(n ast.Node) {
		s, ok := r.step(n)
		if !ok {
			return
		}
		early := s.Kind == RingStep || s.Kind == RefuseStep || s.Kind == IgnoreStep || s.Kind == AnswerStep || s.Kind == VoicemailStep
		switch {
		case over:
			r.fail(n, "", "nothing can follow the end of the call")
		case early && answered:
			r.fail(n, "", "%s comes after the answer", s.Kind)
		case !early && !answered:
			r.fail(n, "put answer before it", "%s comes before the answer", s.Kind)
		}
		answered = answered || s.Kind == AnswerStep
		over = over || s.ends()
		all = append(all, s)
	})
	if len(all) == 0 || !answered && !over {
		r.fail(n, "refuse, ignore, answer or voicemail", "the call comes to no decision")
	}
	return all
}

func (s Step) ends() bool {
	switch s.Kind {
	case RefuseStep, IgnoreStep, VoicemailStep, HangUpStep, StayStep:
		return true
	case SayStep:
		return s.Duration > 0
	}
	return false
}

// step reads a word (answer) or a mapping of one key (ring: 2s).
func (r *reader) step(n ast.Node) (Step, bool) {
	s := Step{Line: lineOf(n)}
	if word, ok := n.(*ast.StringNode); ok {
		s.Kind = Kind(word.Value)
		switch s.Kind {
		case IgnoreStep, AnswerStep, HangUpStep:
		case WaitStep:
			s.Duration, s.Within = defaultSilence, defaultPatience
		case StayStep:
			s.Duration = defaultStay
		default:
			r.fail(n, "answer, ignore, wait, stay, hang_up; others take a value", "%q is no step", word.Value)
			return s, false
		}
		return s, true
	}
	before := len(r.errs)
	set := func(k Kind, read func(ast.Node)) func(ast.Node) {
		return func(n ast.Node) {
			if s.Kind != "" {
				r.fail(n, "begin it with a dash of its own", "a step is one thing, but this is %s and %s", s.Kind, k)
			}
			s.Kind = k
			read(n)
		}
	}
	r.fields(n, "a step", map[string]func(ast.Node){
		"ring":      set(RingStep, func(n ast.Node) { s.Duration = r.duration(n, "ring") }),
		"silent":    set(SilentStep, func(n ast.Node) { s.Duration = r.duration(n, "silent") }),
		"stay":      set(StayStep, func(n ast.Node) { s.Duration = r.duration(n, "stay") }),
		"press":     set(PressStep, func(n ast.Node) { s.Text = r.keys(n) }),
		"refuse":    set(RefuseStep, func(n ast.Node) { s.Refusal = r.refusal(n) }),
		"say":       set(SayStep, func(n ast.Node) { r.say(n, &s) }),
		"wait":      set(WaitStep, func(n ast.Node) { r.wait(n, &s) }),
		"interrupt": set(InterruptStep, func(n ast.Node) { r.interrupt(n, &s) }),
		"voicemail": set(VoicemailStep, func(n ast.Node) { r.voicemail(n, &s) }),
	})
	return s, len(r.errs) == before && s.Kind != ""
}

func (r *reader) keys(n ast.Node) string {
	s := r.text(n, "press")
	if s == "" || strings.Trim(s, "0123456789*#ABCD") != "" {
		r.fail(n, "0-9, *, #, A-D", "%q are not keys of a telephone", s)
	}
	return s
}

func (r *reader) refusal(n ast.Node) Refusal {
	s := Refusal(r.text(n, "refuse"))
	if s.SIP() == 0 {
		words := map[string]bool{}
		for w := range refusals() {
			words[string(w)] = true
		}
		r.fail(n, "one of "+strings.Join(sortedKeys(words), ", "), "there is no refusal %q", s)
	}
	return s
}

func (r *reader) sentence(n ast.Node) string {
	s := strings.TrimSpace(r.text(n, "what is said"))
	if s == "" || len(s) > 500 {
		r.fail(n, "", "what is said must have 1 to 500 bytes")
	}
	return s
}

func (r *reader) say(n ast.Node, s *Step) {
	if _, mapping := n.(*ast.MappingNode); !mapping {
		s.Text = r.sentence(n)
		return
	}
	r.fields(n, "say", map[string]func(ast.Node){
		"text": func(n ast.Node) { s.Text = r.sentence(n) },
		"cut":  func(n ast.Node) { s.Duration = r.duration(n, "cut") },
	})
	if s.Text == "" {
		r.fail(n, "say: {text: …, cut: 600ms}", "say has no text")
	}
}

func (r *reader) wait(n ast.Node, s *Step) {
	s.Duration, s.Within = defaultSilence, defaultPatience
	r.fields(n, "wait", map[string]func(ast.Node){
		"silence": func(n ast.Node) { s.Duration = r.duration(n, "silence") },
		"within":  func(n ast.Node) { s.Within = r.duration(n, "within") },
	})
}

func (r *reader) interrupt(n ast.Node, s *Step) {
	s.Within = defaultPatience
	r.fields(n, "interrupt", map[string]func(ast.Node){
		"after":  func(n ast.Node) { s.Duration = r.duration(n, "after") },
		"say":    func(n ast.Node) { s.Text = r.sentence(n) },
		"within": func(n ast.Node) { s.Within = r.duration(n, "within") },
	})
	if s.Text == "" {
		r.fail(n, "interrupt: {after: 900ms, say: …}", "interrupt says nothing")
	}
}

func (r *reader) voicemail(n ast.Node, s *Step) {
	s.Duration = 10 * time.Second
	r.fields(n, "voicemail", map[string]func(ast.Node){
		"greeting": func(n ast.Node) { s.Text = r.sentence(n) },
		"record":   func(n ast.Node) { s.Duration = r.duration(n, "record") },
	})
	if s.Text == "" {
		r.fail(n, "voicemail: {greeting: …, record: 10s}", "a voicemail needs a greeting")
	}
}
