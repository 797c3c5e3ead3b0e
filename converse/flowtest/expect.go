package flowtest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dialwright/dialwright/dialog"
)

// differs is the failure of one value that is not what it should be.
func differs(at dialog.Place, what, want, got string) *Failure {
	return &Failure{At: at, Message: fmt.Sprintf("%s is %s, not %s", what, got, want)}
}

// orNone names a text that may be empty.
func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

func checkName(at dialog.Place, what string, want *string, got string) *Failure {
	if want != nil && *want != got {
		return differs(at, what, orNone(*want), orNone(got))
	}
	return nil
}

func checkTruth(at dialog.Place, what string, want *bool, got bool) *Failure {
	if want != nil && *want != got {
		return differs(at, what, fmt.Sprint(*want), fmt.Sprint(got))
	}
	return nil
}

func firstOf(fs ...*Failure) *Failure {
	i := slices.IndexFunc(fs, func(f *Failure) bool { return f != nil })
	if i < 0 {
		return nil
	}
	return fs[i]
}

// expects compares how things stand in the middle of a conversation.
func (p *play) expects(e *expectations) *Failure {
	interrupted := p.taken > 0 && p.said[p.taken-1].cut
	return firstOf(
		checkName(e.at, "the node", e.node, p.session.Node()),
		checkName(e.at, "the intent", e.intent, p.session.Intent()),
		checkName(e.at, "the outcome", e.outcome, p.session.Outcome()),
		checkTruth(e.at, "interrupted", e.interrupted, interrupted),
		checkTruth(e.at, "listening", e.listening, p.m.Listening()),
		checkTruth(e.at, "ended", e.ended, p.m.Over()),
		checkValues("slot ", e.slots, p.session.Slots()),
	)
}

func checkValues(what string, want []wanted, got map[string]any) *Failure {
	for _, w := range want {
		if !same(w.value, got[w.name]) {
			return differs(w.at, what+w.name, show(w.value), show(got[w.name]))
		}
	}
	return nil
}

// final compares what a conversation came to.
func (p *play) final(e *expectations) *Failure {
	consents := map[string]any{}
	for slot, c := range p.log.consents {
		consents[slot] = c.Given
	}
	experiments := map[string]any{}
	for name, variant := range p.log.experiments {
		experiments[name] = variant
	}
	var by *Failure
	if e.endedBy != nil && *e.endedBy != p.result.EndedBy {
		by = differs(e.at, "ended_by", string(*e.endedBy), string(p.result.EndedBy))
	}
	return firstOf(
		p.trouble(e),
		checkName(e.at, "the outcome", e.outcome, p.result.Outcome),
		checkName(e.at, "the last node", e.node, p.result.Node),
		by,
		checkTruth(e.at, "opt_out", e.optOut, p.log.optOuts > 0),
		p.checkCallback(e),
		p.checkTransferred(e),
		checkValues("slot ", e.slots, p.result.Slots),
		checkValues("remembered ", e.remembered, p.log.remembered),
		checkValues("consent ", e.consents, consents),
		checkValues("experiment ", e.experiments, experiments),
	)
}

// trouble compares the faults of a conversation. Those that nobody wants are a
// failure.
func (p *play) trouble(e *expectations) *Failure {
	faults := p.result.Faults
	if e.faults == nil {
		switch {
		case p.wants:
		case len(faults) > 0:
			return &Failure{Message: "the flow has a fault: " + strings.Join(faults, "; ")}
		case p.err != nil:
			return &Failure{Message: "the conversation failed: " + p.err.Error()}
		}
		return nil
	}
	if len(faults) == 0 {
		return &Failure{At: e.at, Message: "the flow has no fault, but should"}
	}
	for _, w := range *e.faults {
		if !strings.Contains(strings.Join(faults, "\n"), w.source) {
			return differs(e.at, "the fault", w.source, strings.Join(faults, "; "))
		}
	}
	return nil
}

func (p *play) checkCallback(e *expectations) *Failure {
	var times []time.Time
	for _, c := range p.log.callbacks {
		times = append(times, c.At)
	}
	got := "none"
	if len(times) > 0 {
		got = show(times[len(times)-1])
	}
	switch want := e.callback.(type) {
	case bool:
		if want != (len(times) > 0) {
			return differs(e.at, "the callback", map[bool]string{true: "any", false: "none"}[want], got)
		}
	case string:
		if len(times) == 0 || !sameTime(want, times[len(times)-1]) {
			return differs(e.at, "the callback", want, got)
		}
	}
	return nil
}

func (p *play) checkTransferred(e *expectations) *Failure {
	n := len(p.log.transfers)
	switch want := e.transfer.(type) {
	case bool:
		if want != (n > 0) {
			return differs(e.at, "a transfer", fmt.Sprint(want), fmt.Sprint(n > 0))
		}
	case []wanted:
		if n == 0 {
			return &Failure{At: e.at, Message: "nobody was transferred"}
		}
		return checkTransfer(want, p.log.transfers[n-1])
	}
	return nil
}

func checkTransfer(want []wanted, got dialog.Transfer) *Failure {
	for _, w := range want {
		if w.name == "variables" {
			vars := map[string]any{}
			for k, v := range got.Variables {
				vars[k] = v
			}
			if !same(w.value, vars) {
				return differs(w.at, "variables", show(w.value), show(vars))
			}
			continue
		}
		if string(got.Kind) != w.name || !w.text.matches(got.Target) {
			return differs(w.at, "the transfer", w.name+" "+w.text.source, string(got.Kind)+" "+got.Target)
		}
	}
	return nil
}

// checkWork compares what work asks for.
func checkWork(want []wanted, w dialog.Work) *Failure {
	has := asked(w)
	for _, x := range want {
		got := has[x.name]
		switch {
		case x.text != nil:
			if text, ok := got.(string); ok && x.text.matches(text) || !ok && got != nil && x.text.matches(show(got)) {
				continue
			}
			return differs(x.at, string(w.Kind)+" "+x.name, x.text.source, show(got))
		case !same(x.value, got):
			return differs(x.at, string(w.Kind)+" "+x.name, show(x.value), show(got))
		}
	}
	return nil
}

// asked is what work asks for, by the names of the language.
func asked(w dialog.Work) map[string]any {
	switch w.Kind {
	case dialog.WorkHTTP:
		headers := map[string]any{}
		for k, v := range w.HTTP.Header {
			headers[k] = v
		}
		var body any = string(w.HTTP.Body)
		var parsed any
		if json.Unmarshal(w.HTTP.Body, &parsed) == nil {
			body = parsed
		}
		return map[string]any{"method": w.HTTP.Method, "url": w.HTTP.URL, "headers": headers, "body": body}
	case dialog.WorkCRM, dialog.WorkFunction:
		return map[string]any{"name": w.Call.Name, "with": w.Call.With}
	case dialog.WorkLLM:
		said, tools := "", []any{}
		for _, m := range w.LLM.Messages {
			if m.Role == "user" {
				said = m.Text
			}
		}
		for _, t := range w.LLM.Tools {
			tools = append(tools, t.Name)
		}
		return map[string]any{"user": said, "system": w.LLM.System, "tools": tools, "knowledge": w.LLM.Knowledge}
	case dialog.WorkKnowledge:
		return map[string]any{"knowledge": w.Question.Knowledge, "question": w.Question.Text}
	case dialog.WorkSend:
		return map[string]any{"via": w.Message.Via, "to": w.Message.To, "text": w.Message.Text}
	}
	return nil
}
