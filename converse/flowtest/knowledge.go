package flowtest

import (
	"context"
	"slices"

	"github.com/dialwright/dialwright/dialog"
)

// Work implements converse.Hands. A question to the flow's own knowledge is
// answered from it, as in a call, unless the test answers such questions
// itself.
func (p *play) Work(ctx context.Context, w dialog.Work) {
	base := p.flow.Bases()[w.Question.Knowledge]
	scripted := slices.ContainsFunc(p.test.steps, func(s step) bool { return s.work.kind == dialog.WorkKnowledge })
	if w.Kind != dialog.WorkKnowledge || base == nil || scripted {
		p.phone.Work(ctx, w)
		return
	}
	p.calls++
	res := dialog.WorkResult{ID: w.ID, Class: dialog.WorkUnknown}
	if a, ok := base.Ask(w.Question.Text); ok {
		res.Class, res.Text, res.Source = dialog.WorkOK, a.Text, a.Source
	}
	p.after(recognition, func() { p.m.Worked(p.ctx, res) })
}
