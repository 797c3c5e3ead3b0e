package dialog

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/dialwright/dialwright/nlu/knowledge"
)

// EdgeKind says why a conversation goes from one node to another.
type EdgeKind string

// The kinds of edges.
const (
	EdgeGoto      EdgeKind = "goto"      // always
	EdgeIntent    EdgeKind = "intent"    // label: the intent
	EdgeDigits    EdgeKind = "digits"    // label: the keys
	EdgeFilled    EdgeKind = "filled"    // label: the slots that were filled
	EdgeBranch    EdgeKind = "branch"    // label: the condition, or else
	EdgeNoInput   EdgeKind = "no_input"  // label: which rung, from 1
	EdgeNoMatch   EdgeKind = "no_match"  // label: which rung, from 1
	EdgeGlobal    EdgeKind = "global"    // label: the intent
	EdgeDigress   EdgeKind = "digress"   // a global intent that returns; label: the intent
	EdgeTransfer  EdgeKind = "transfer"  // label: the status
	EdgeConfirmed EdgeKind = "confirmed" // label: the slots
	EdgeDenied    EdgeKind = "denied"    // label: the slots
	EdgeWorked    EdgeKind = "worked"    // work went well
	EdgeFailed    EdgeKind = "failed"    // work failed
	EdgeTimeout   EdgeKind = "timeout"   // work took too long
	EdgeUnknown   EdgeKind = "unknown"   // nothing is known
	EdgeStatus    EdgeKind = "status"    // label: the status of an HTTP answer
	EdgeTool      EdgeKind = "tool"      // a model chose it; label: its name
	EdgeRun       EdgeKind = "run"       // into a sub-flow; label: its name
	EdgeResult    EdgeKind = "result"    // back from it; label: the outcome, empty for any other
	EdgeOutside   EdgeKind = "outside"   // nobody may be called then
	EdgeEvent     EdgeKind = "event"     // from the flow itself; label: start, on_error, timers.NAME …
)

// Graph is a flow as tools see it.
type Graph struct {
	Name     string      `json:"name"`
	Language string      `json:"language"`
	Start    string      `json:"start"`
	Nodes    []GraphNode `json:"nodes"`
	Edges    []GraphEdge `json:"edges"`
}

// GraphNode is a node of the flow or of a sub-flow.
type GraphNode struct {
	Name    string   `json:"name"`
	Flow    string   `json:"flow,omitempty"` // the sub-flow it is in
	Kind    string   `json:"kind"`           // the part that says how it goes on: listen, ask, …, end
	File    string   `json:"file"`
	Line    int      `json:"line"`
	Column  int      `json:"column"`
	Prompts []string `json:"prompts,omitempty"` // what it says, with places
	Slot    string   `json:"slot,omitempty"`    // that it asks for
	Outcome string   `json:"outcome,omitempty"` // that it sets or ends with
	Listens bool     `json:"listens,omitempty"`
	Fixed   bool     `json:"fixed,omitempty"` // its prompts need nothing filled in
}

// GraphEdge is a way from a node to another. From is empty for ways that begin
// with an event.
type GraphEdge struct {
	From  string   `json:"from"`
	To    string   `json:"to"`
	Kind  EdgeKind `json:"kind"`
	Label string   `json:"label,omitempty"`
}

// way is an edge as the loader sees it.
type way struct {
	to    string
	kind  EdgeKind
	label string
	fills []*slot // whose values come with it
	leave bool    // out of a sub-flow that runs
}

// waysOn are the ways from n to other nodes, without those of ladders and
// global intents.
func (f *Flow) waysOn(n *node) []way {
	var out []way
	add := func(r ref, kind EdgeKind, label string, fills ...*slot) {
		if r.node != "" {
			out = append(out, way{to: r.node, kind: kind, label: label, fills: fills})
		}
	}
	add(n.next, EdgeGoto, "")
	add(n.outside, EdgeOutside, "")
	for _, b := range n.choose {
		label := "else"
		if b.cond != nil {
			label = b.cond.source
		}
		add(b.next, EdgeBranch, label)
	}
	if n.transfer != nil {
		for _, status := range slices.Sorted(maps.Keys(n.transfer.on)) {
			add(n.transfer.on[status], EdgeTransfer, status)
		}
	}
	if n.run != nil {
		if sf := f.subs[n.run.flow]; sf != nil {
			add(ref{node: sf.start}, EdgeRun, n.run.flow)
		}
		add(n.run.next, EdgeResult, "")
		for _, o := range slices.Sorted(maps.Keys(n.run.on)) {
			add(n.run.on[o], EdgeResult, o)
		}
	}
	if n.confirm != nil {
		add(n.confirm.next, EdgeConfirmed, slotList(n.confirm.slots))
		add(n.confirm.denied, EdgeDenied, slotList(n.confirm.slots))
	}
	if n.ask != nil {
		add(n.ask.next, EdgeFilled, n.ask.slot.name, n.ask.slot)
	}
	f.workWays(n, add)
	return append(out, f.heardWays(n)...)
}

func slotList(slots []*slot) string {
	out := ""
	for i, sl := range slots {
		if i > 0 {
			out += ", "
		}
		out += sl.name
	}
	return out
}

func (f *Flow) workWays(n *node, add func(ref, EdgeKind, string, ...*slot)) {
	w := n.work
	if w == nil {
		return
	}
	var into []*slot
	for _, a := range w.into {
		into = append(into, a.slot)
	}
	if w.record != nil && w.record.slot != nil {
		into = append(into, w.record.slot)
	}
	add(w.next, EdgeWorked, "", into...)
	add(w.failed, EdgeFailed, "")
	add(w.timeoff, EdgeTimeout, "")
	add(w.unknown, EdgeUnknown, "")
	for _, s := range w.when {
		add(s.next, EdgeStatus, strconv.Itoa(s.status))
	}
	if w.llm != nil {
		for _, t := range w.llm.tools {
			add(t.next, EdgeTool, t.name, w.llm.slots...)
		}
	}
}

// heardWays are the ways of a node's own intents and keys.
func (f *Flow) heardWays(n *node) []way {
	li := n.listen
	if li == nil {
		return nil
	}
	var out []way
	keyed := map[string]bool{}
	for _, name := range li.order {
		in := f.intents[name]
		out = append(out, way{to: li.intents[name].node, kind: EdgeIntent, label: name, fills: append(slices.Clone(in.fill), li.slots...)})
		if li.digits[in.digits].node == li.intents[name].node {
			keyed[in.digits] = true
		}
	}
	for _, keys := range slices.Sorted(maps.Keys(li.digits)) {
		if r := li.digits[keys]; f.nodes[r.node] != nil && !keyed[keys] {
			out = append(out, way{to: r.node, kind: EdgeDigits, label: keys})
		}
	}
	if li.next.node != "" {
		out = append(out, way{to: li.next.node, kind: EdgeFilled, label: slotList(li.slots), fills: li.slots})
	}
	return out
}

// ladderWays are the ways of a listening node's ladders in force.
func (f *Flow) ladderWays(n *node) []way {
	if n.listen == nil {
		return nil
	}
	var out []way
	for _, kind := range []EdgeKind{EdgeNoInput, EdgeNoMatch} {
		for i, r := range f.ladder(n, kind == EdgeNoInput) {
			if r.next.node != "" {
				out = append(out, way{to: r.next.node, kind: kind, label: strconv.Itoa(i + 1)})
			}
		}
	}
	return out
}

// globalWays are the ways of global intents heard at a listening node.
func (f *Flow) globalWays(n *node) []way {
	if n.listen == nil {
		return nil
	}
	var out []way
	for _, g := range f.globals {
		if _, own := n.listen.intents[g.intent]; own || g.next.node == "" {
			continue
		}
		kind := EdgeGlobal
		if g.back {
			kind = EdgeDigress
		}
		var fills []*slot
		if in := f.intents[g.intent]; in != nil {
			fills = in.fill
		}
		out = append(out, way{to: g.next.node, kind: kind, label: g.intent, fills: fills, leave: true})
	}
	return out
}

// eventWays are the ways that begin with an event, not at a node.
func (f *Flow) eventWays() []way {
	var out []way
	add := func(to, label string) {
		if to != "" {
			out = append(out, way{to: to, kind: EdgeEvent, label: label})
		}
	}
	add(f.start, "start")
	add(f.onVoicemail, "on_voicemail")
	add(f.onError, "on_error")
	add(f.events.onScreening, "on_screening")
	add(f.events.silence.next.node, "on_silence")
	add(f.events.maxLength.next.node, "max_length")
	for _, t := range f.events.timers {
		add(t.next.node, "timers."+t.name[len(timerFlow):])
	}
	return out
}

// Graph gives the flow's nodes, as written, and all ways between them.
func (f *Flow) Graph() Graph {
	g := Graph{Name: f.Name, Language: f.Language, Start: f.start}
	for _, w := range f.eventWays() {
		g.Edges = append(g.Edges, GraphEdge{To: w.to, Kind: w.kind, Label: w.label})
	}
	for _, name := range f.order {
		n := f.nodes[name]
		at := f.where(n.at)
		gn := GraphNode{Name: name, Flow: n.sub, Kind: n.kind(), File: at.File, Line: at.Line, Column: at.Column, Listens: n.listens(),
			Outcome: cmp.Or(n.outcome, n.end), Fixed: true}
		if n.ask != nil {
			gn.Slot = n.ask.slot.name
		}
		for _, p := range n.prompts() {
			texts, fixed := p.sources()
			gn.Prompts = append(gn.Prompts, texts...)
			gn.Fixed = gn.Fixed && fixed
		}
		g.Nodes = append(g.Nodes, gn)
		for _, ways := range [][]way{f.waysOn(n), f.ladderWays(n), f.globalWays(n)} {
			for _, w := range ways {
				g.Edges = append(g.Edges, GraphEdge{From: name, To: w.to, Kind: w.kind, Label: w.label})
			}
		}
	}
	return g
}

// where turns a position of the loader into one for people.
func (f *Flow) where(p pos) Problem {
	return Problem{File: f.files[p.line>>fileShift], Line: p.line & (1<<fileShift - 1), Column: p.col}
}

// kind is the part that says how a node goes on.
func (n *node) kind() string {
	switch {
	case n.work != nil:
		switch n.work.kind {
		case WorkKnowledge:
			return "answer"
		case WorkLLM, WorkSend, WorkRecord:
			return string(n.work.kind)
		}
		return "call"
	case n.ask != nil && n.ask.only:
		return "collect"
	case n.ask != nil:
		return "ask"
	case n.confirm != nil:
		return "confirm"
	case n.listen != nil:
		return "listen"
	case n.choose != nil:
		return "choose"
	case n.transfer != nil:
		return "transfer"
	case n.run != nil:
		return "run"
	case n.ends:
		return "end"
	case n.returns:
		return "return"
	}
	return "goto"
}

// prompts are all that a node itself may say, its ladders left out.
func (n *node) prompts() []*prompt {
	all := []*prompt{n.play, n.say}
	if n.confirm != nil {
		all = append(all, n.confirm.say)
	}
	if n.ask != nil {
		all = append(all, n.ask.outOfRange)
	}
	if n.work != nil {
		all = append(all, n.work.filler)
		if n.work.llm != nil {
			all = append(all, n.work.llm.sayFirst)
		}
	}
	return slices.DeleteFunc(all, func(p *prompt) bool { return p == nil })
}

// SlotInfo describes a slot.
type SlotInfo struct {
	Name   string   `json:"name"`
	Flow   string   `json:"flow,omitempty"` // the sub-flow it belongs to
	Type   SlotType `json:"type"`
	File   string   `json:"file"`
	Line   int      `json:"line"`
	Column int      `json:"column"`
}

// Slots lists all slots, those of sub-flows too, as they stand in the files.
func (f *Flow) Slots() []SlotInfo {
	var out []SlotInfo
	add := func(flow string, slots map[string]*slot) {
		var some []SlotInfo
		for name, sl := range slots {
			at := f.where(sl.at)
			some = append(some, SlotInfo{name, flow, sl.typ, at.File, at.Line, at.Column})
		}
		slices.SortFunc(some, func(a, b SlotInfo) int {
			return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Name, b.Name))
		})
		out = append(out, some...)
	}
	add("", f.slots)
	for _, name := range f.subOrder {
		add(name, f.subs[name].slots)
	}
	return out
}

// IntentInfo describes an intent.
type IntentInfo struct {
	Name    string   `json:"name"`
	Phrases []string `json:"phrases,omitempty"`
	Digits  string   `json:"digits,omitempty"`
	Fill    []string `json:"fill,omitempty"`
	Global  bool     `json:"global,omitempty"`
	Builtin bool     `json:"builtin,omitempty"` // its examples are ours
	File    string   `json:"file,omitempty"`
	Line    int      `json:"line,omitempty"`
}

// Intents lists all intents, as they stand in the files, those of ours behind.
func (f *Flow) Intents() []IntentInfo {
	out := make([]IntentInfo, 0, len(f.intentOrder))
	for _, name := range f.intentOrder {
		in := f.intents[name]
		info := IntentInfo{Name: name, Phrases: slices.Clone(in.phrases), Digits: in.digits, Builtin: in.builtin}
		for _, sl := range in.fill {
			info.Fill = append(info.Fill, sl.name)
		}
		info.Global = slices.ContainsFunc(f.globals, func(g global) bool { return g.intent == name })
		if !in.builtin {
			at := f.where(in.at)
			info.File, info.Line = at.File, at.Line
		}
		out = append(out, info)
	}
	return out
}

// IntentsAt lists the intents that are heard at a node: its own, then the
// global ones. A node that does not listen hears none.
func (f *Flow) IntentsAt(node string) []string {
	if n := f.nodes[node]; n != nil && n.listen != nil {
		return slices.Clone(n.listen.among)
	}
	return nil
}

// Knowledge lists the knowledge the flow names, with its files, relative to
// the flow's directory.
func (f *Flow) Knowledge() map[string][]string {
	out := make(map[string][]string, len(f.knowledge))
	for name, files := range f.knowledge {
		out[name] = slices.Clone(files)
	}
	return out
}

// Bases are the bodies of knowledge of a flow that has a directory, by name.
func (f *Flow) Bases() map[string]*knowledge.Base { return maps.Clone(f.bases) }

// Files lists flow.yaml and what it includes, as they were loaded.
func (f *Flow) Files() []string { return slices.Clone(f.files) }

// sources are the variants of a prompt as they are written, recordings as what
// they say, and whether nothing needs to be filled in.
func (p *prompt) sources() (texts []string, fixed bool) {
	fixed = true
	for _, ln := range p.lines {
		var parts []string
		for _, part := range ln.parts {
			if part.text != nil {
				parts = append(parts, part.text.source)
				fixed = fixed && part.text.fixed()
			} else if part.audio != "" {
				parts = append(parts, "["+part.audio+"]")
			}
		}
		texts = append(texts, strings.Join(parts, " "))
	}
	for _, name := range slices.Sorted(maps.Keys(p.arms)) {
		more, armFixed := p.arms[name].sources()
		texts, fixed = append(texts, more...), fixed && armFixed
	}
	return texts, fixed
}
