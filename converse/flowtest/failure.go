package flowtest

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/dialwright/dialwright/dialog"
)

// errTest is what fails when a test wants it to.
var errTest = errors.New("the test wants it to fail")

// Failure is how a conversation was not what its test says.
type Failure struct {
	Test       string       `json:"test"`
	File       string       `json:"file"`
	At         dialog.Place `json:"at"` // of the step
	Message    string       `json:"message"`
	Expected   string       `json:"expected,omitempty"`
	Said       string       `json:"said,omitempty"`
	SaidAt     string       `json:"said_at,omitempty"` // the node that said it
	Node       string       `json:"node"`              // where the conversation stands
	Transcript []string     `json:"transcript"`

	exact bool // Expected and Said are texts to compare
}

// String is the failure for people, in several lines.
func (f *Failure) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%d:%d: %s: %s", f.File, f.At.Line, f.At.Column, f.Test, f.Message)
	if f.Node != "" {
		fmt.Fprintf(&b, " (at node %s)", f.Node)
	}
	b.WriteString("\n")
	want, said := f.Texts()
	if want != "" {
		fmt.Fprintf(&b, "  expected  %s\n", want)
	}
	if said != "" {
		fmt.Fprintf(&b, "  it said   %s", said)
		if f.SaidAt != "" {
			fmt.Fprintf(&b, "   (node %s)", f.SaidAt)
		}
		b.WriteString("\n")
	}
	for i, l := range f.Transcript {
		if i == 0 {
			b.WriteString("  so far\n")
		}
		b.WriteString("    " + l + "\n")
	}
	return b.String()
}

// Texts are what was expected and what the bot said; where both are whole
// texts, what differs stands in brackets.
func (f *Failure) Texts() (expected, said string) {
	if f.exact {
		return contrast(tidy(f.Expected), tidy(f.Said))
	}
	return f.Expected, f.Said
}

// explain adds how the conversation went.
func (p *play) explain(f *Failure) {
	f.Node = p.session.Node()
	f.Transcript = make([]string, 0, len(p.lines))
	for _, l := range p.lines {
		text := l.text
		if l.bot != nil {
			text = l.bot.say.Text
			if l.bot.cut {
				text += fmt.Sprintf("  — cut off after %.1f s", l.bot.length.Seconds())
			}
		}
		f.Transcript = append(f.Transcript, fmt.Sprintf("%6.1f  %-8s  %s", l.at.Sub(p.began).Seconds(), l.who, text))
	}
}

// describe is work in a few words.
func describe(w dialog.Work) string {
	switch w.Kind {
	case dialog.WorkHTTP:
		return "http " + w.HTTP.Method + " " + w.HTTP.URL
	case dialog.WorkCRM, dialog.WorkFunction:
		return string(w.Kind) + " " + w.Call.Name
	case dialog.WorkKnowledge:
		return fmt.Sprintf("knowledge %s: %q", w.Question.Knowledge, w.Question.Text)
	case dialog.WorkSend:
		return "send by " + w.Message.Via + " to " + w.Message.To
	case dialog.WorkLLM:
		return "llm, an answer"
	}
	return string(w.Kind)
}

func (w *workReply) show() string {
	switch {
	case w.never:
		return "no answer"
	case w.result.Status > 0:
		return fmt.Sprint(w.result.Status)
	case w.result.Class != dialog.WorkOK:
		return w.result.Class
	}
	return "answered after " + w.after.Round(time.Millisecond).String()
}
