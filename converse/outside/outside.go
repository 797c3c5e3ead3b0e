// Package outside does what flows ask of other systems: HTTP requests, the
// CRM, functions of the embedding program, questions to a knowledge base, a
// language model's answers, messages. It implements converse.Outside.
//
// Everything here comes back: with an answer, or with a class of failure the
// flow can go on with. Nothing is sent to a host that is not on the list, no
// answer is read beyond its limit, and what one contact said is never part of
// what is asked for another.
package outside

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/nlu/knowledge"
)

// Function is an operation of the embedding program, or of its CRM. What it
// gives must be what JSON can hold: it becomes `result` in the flow.
type Function func(ctx context.Context, with map[string]any) (any, error)

// Sender delivers a message: a text message, an e-mail. id is the same for
// the same message, so that a sender can refuse to send it twice.
type Sender interface {
	Send(ctx context.Context, id string, m dialog.Message) error
}

// Recorder records what the customer says, on the telephone.
type Recorder func(ctx context.Context, id string, r dialog.RecordingRequest) dialog.WorkResult

// Services are what a flow can reach. What is nil fails, and says so.
type Services struct {
	HTTP      *HTTP
	LLM       *LLM
	CRM       func(ctx context.Context, operation string, with map[string]any) (any, error)
	Functions map[string]Function
	Senders   map[string]Sender
	Knowledge map[string]*knowledge.Base // by their names in the flow
	Record    Recorder
	CallID    string // makes the ids of messages unique
}

// defaultTimeout is for work that does not say how long it may take.
const defaultTimeout = 10 * time.Second

// Do implements converse.Outside.
func (s *Services) Do(ctx context.Context, w dialog.Work, sentence func(text string)) dialog.WorkResult {
	timeout := w.Timeout
	if timeout <= 0 {
		timeout = defaultTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	r := s.do(ctx, w, sentence)
	r.ID = w.ID
	return r
}

func (s *Services) do(ctx context.Context, w dialog.Work, sentence func(text string)) dialog.WorkResult {
	switch w.Kind {
	case dialog.WorkHTTP:
		if s.HTTP == nil {
			return missing("no HTTP host is allowed: add it to services.hosts")
		}
		return s.HTTP.do(ctx, w.HTTP)
	case dialog.WorkCRM:
		if s.CRM == nil {
			return missing("no CRM is configured: see services.crm")
		}
		return called(ctx, func(ctx context.Context, with map[string]any) (any, error) { return s.CRM(ctx, w.Call.Name, with) }, w.Call)
	case dialog.WorkFunction:
		f, ok := s.Functions[w.Call.Name]
		if !ok {
			return missing(fmt.Sprintf("no function %q is registered with this program", w.Call.Name))
		}
		return called(ctx, f, w.Call)
	case dialog.WorkLLM:
		if s.LLM == nil {
			return missing("no language model is configured: see services.llm")
		}
		return s.LLM.answer(ctx, w.LLM, s.Knowledge[w.LLM.Knowledge], sentence)
	case dialog.WorkKnowledge:
		return s.ask(w.Question)
	case dialog.WorkSend:
		return s.send(ctx, w)
	case dialog.WorkRecord:
		if s.Record == nil {
			return missing("nothing can be recorded here")
		}
		return s.Record(ctx, w.ID, w.Recording)
	}
	return missing(fmt.Sprintf("nobody does %q", w.Kind))
}

func missing(detail string) dialog.WorkResult {
	return dialog.WorkResult{Class: dialog.WorkFailed, Detail: detail}
}

// failure classifies an error.
func failure(ctx context.Context, what string, err error) dialog.WorkResult {
	r := dialog.WorkResult{Class: dialog.WorkFailed, Detail: what + ": " + err.Error()}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(context.Cause(ctx), context.DeadlineExceeded) {
		r.Class = dialog.WorkTimeout
	}
	return r
}

// called runs a function that may not mind its context: the conversation goes
// on without it when its time is up.
func called(ctx context.Context, f Function, c dialog.FunctionCall) dialog.WorkResult {
	type outcome struct {
		body any
		err  error
	}
	done := make(chan outcome, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				done <- outcome{err: fmt.Errorf("it panicked: %v", p)}
			}
		}()
		body, err := f(ctx, c.With)
		done <- outcome{body, err}
	}()
	select {
	case o := <-done:
		if o.err != nil {
			return failure(ctx, c.Name, o.err)
		}
		return dialog.WorkResult{Class: dialog.WorkOK, Body: o.body}
	case <-ctx.Done():
		return failure(ctx, c.Name, context.Cause(ctx))
	}
}

func (s *Services) ask(q dialog.Question) dialog.WorkResult {
	base := s.Knowledge[q.Knowledge]
	if base == nil {
		return missing(fmt.Sprintf("the knowledge %q is not loaded", q.Knowledge))
	}
	a, ok := base.Ask(q.Text)
	if !ok {
		return dialog.WorkResult{Class: dialog.WorkUnknown, Detail: fmt.Sprintf("%s knows no answer to %q", base.Name, q.Text)}
	}
	return dialog.WorkResult{Class: dialog.WorkOK, Text: a.Text, Source: a.Source}
}

func (s *Services) send(ctx context.Context, w dialog.Work) dialog.WorkResult {
	sender := s.Senders[w.Message.Via]
	if sender == nil {
		return missing(fmt.Sprintf("no sender %q is configured: see services.senders", w.Message.Via))
	}
	if err := sender.Send(ctx, s.CallID+"/"+w.ID, w.Message); err != nil {
		return failure(ctx, "send by "+w.Message.Via, err)
	}
	return dialog.WorkResult{Class: dialog.WorkOK}
}
