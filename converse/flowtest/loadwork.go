package flowtest

import (
	"slices"
	"time"

	"github.com/dialwright/dialwright/dialog"
)

// usualDelay is how long work takes when the test does not say.
const usualDelay = 100 * time.Millisecond

// asks are what each kind of work may be asked for.
var asks = map[dialog.WorkKind][]string{
	dialog.WorkHTTP:      {"method", "url", "headers", "body"},
	dialog.WorkCRM:       {"name", "with"},
	dialog.WorkFunction:  {"name", "with"},
	dialog.WorkLLM:       {"user", "system", "tools", "knowledge"},
	dialog.WorkKnowledge: {"knowledge", "question"},
	dialog.WorkSend:      {"via", "to", "text"},
	dialog.WorkRecord:    {},
}

// replies are what each kind may answer.
var replies = map[dialog.WorkKind][]string{
	dialog.WorkHTTP:      {"status", "body", "after"},
	dialog.WorkLLM:       {"sentences", "text", "tool", "slots", "after"},
	dialog.WorkKnowledge: {"text", "source", "after"},
	dialog.WorkRecord:    {"audio", "after"},
	dialog.WorkSend:      {"after"},
}

func (r *reader) workReply(kind dialog.WorkKind, n dialog.Node) workReply {
	w := workReply{kind: kind, after: usualDelay, result: dialog.WorkResult{Class: dialog.WorkOK}}
	if kind == dialog.WorkHTTP {
		w.result.Status = 200
	}
	known := append(slices.Clone(asks[kind]), "reply", "fail", "after")
	fields, _ := r.Fields(n, string(kind), known...)
	for _, f := range fields {
		switch f.Name {
		case "reply":
			r.reply(&w, f)
		case "after":
			w.after = r.Duration(f.Value, "after", 0, longestWait)
		case "fail":
			r.failure(&w, f)
		default:
			want := wanted{name: f.Name, at: f.At}
			switch {
			case r.IsMapping(f.Value) || r.IsList(f.Value):
				want.value = r.Value(f.Value, f.Name)
			default:
				want.text = r.textual(f.Value, f.Name)
			}
			w.want = append(w.want, want)
		}
	}
	return w
}

// failure reads fail: timeout, or fail: {class: …, status: …, detail: …}.
func (r *reader) failure(w *workReply, f dialog.Field) {
	classes := []string{dialog.WorkTimeout, dialog.WorkFailed, dialog.WorkUnknown, dialog.WorkLimit}
	w.result.Class, w.result.Status = dialog.WorkFailed, 0
	if !r.IsMapping(f.Value) {
		w.result.Class = r.oneOf(f.Value, "fail", classes...)
	} else {
		fields, _ := r.Fields(f.Value, "fail", "class", "status", "detail", "body")
		for _, in := range fields {
			switch in.Name {
			case "class":
				w.result.Class = r.oneOf(in.Value, "class", classes...)
			case "status":
				w.result.Status = int(r.Number(in.Value, "status"))
			case "detail":
				w.result.Detail = r.Text(in.Value, "detail")
			case "body":
				w.result.Body = r.Value(in.Value, "body")
			}
		}
	}
	w.never = w.result.Class == dialog.WorkTimeout
}

func (r *reader) reply(w *workReply, f dialog.Field) {
	known, structured := replies[w.kind]
	if !structured { // crm, function: the value itself
		w.result.Body = r.Value(f.Value, "reply")
		return
	}
	fields, _ := r.Fields(f.Value, "reply", known...)
	for _, in := range fields {
		switch in.Name {
		case "status":
			w.result.Status = int(r.Number(in.Value, "status"))
			if w.result.Status < 100 || w.result.Status > 599 {
				r.Errorf(r.PlaceOf(in.Value), "100 to 599", "status must be one of HTTP's")
			}
			if w.result.Status >= 400 {
				w.result.Class = dialog.WorkFailed
			}
		case "body":
			w.result.Body = r.Value(in.Value, "body")
		case "sentences":
			w.sentences = r.Texts(in.Value, "sentences")
		case "text":
			w.result.Text = r.Text(in.Value, "text")
		case "tool":
			w.result.Tool = r.Text(in.Value, "tool")
		case "slots":
			w.result.Slots, _ = r.mapping(in)
		case "source":
			w.result.Source = r.Text(in.Value, "source")
		case "audio":
			w.result.Audio = r.Text(in.Value, "audio")
		case "after":
			w.after = r.Duration(in.Value, "after", 0, longestWait)
		}
	}
}

var transferTargets = []string{"group", "number", "queue"}

func (r *reader) transferReply(n dialog.Node) transferReply {
	t := transferReply{result: dialog.TransferResult{Status: dialog.TransferConnected, Waited: 5 * time.Second}}
	var stays, talked *bool
	fields, _ := r.Fields(n, "transfer", append(slices.Clone(transferTargets), "variables", "result", "agent", "waited", "talked", "customer")...)
	for _, f := range fields {
		switch f.Name {
		case "group", "number", "queue":
			t.want = append(t.want, wanted{name: f.Name, at: f.At, text: r.textual(f.Value, f.Name)})
		case "variables":
			t.want = append(t.want, wanted{name: f.Name, at: f.At, value: r.Value(f.Value, f.Name)})
		case "result":
			t.result.Status = r.oneOf(f.Value, "result", dialog.TransferConnected, dialog.TransferNobody, dialog.TransferBusy, dialog.TransferFailed, dialog.TransferAbandoned)
		case "agent":
			t.result.Agent = r.Text(f.Value, "agent")
		case "waited":
			t.result.Waited = r.Duration(f.Value, "waited", 0, longestWait)
		case "talked":
			t.result.Talked = r.Duration(f.Value, "talked", 0, longestWait)
			talked = new(bool)
		case "customer":
			there := r.oneOf(f.Value, "customer", "stays", "leaves") == "stays"
			stays = &there
		}
	}
	connected := t.result.Status == dialog.TransferConnected
	if connected && talked == nil {
		t.result.Talked = time.Minute
	}
	t.result.CustomerThere = !connected && t.result.Status != dialog.TransferAbandoned
	if stays != nil {
		t.result.CustomerThere = *stays
	}
	return t
}

// expectTransfer reads false, or where the customer should be handed to.
func (r *reader) expectTransfer(f dialog.Field) any {
	if r.IsBool(f.Value) {
		return r.Bool(f.Value, "transfer")
	}
	fields, _ := r.Fields(f.Value, "transfer", append(slices.Clone(transferTargets), "variables")...)
	out := []wanted{}
	for _, in := range fields {
		w := wanted{name: in.Name, at: in.At}
		if in.Name == "variables" {
			w.value = r.Value(in.Value, "variables")
		} else {
			w.text = r.textual(in.Value, in.Name)
		}
		out = append(out, w)
	}
	return out
}
