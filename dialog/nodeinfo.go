package dialog

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// NodeInfo is a node as it is written, for tools that show or judge it.
type NodeInfo struct {
	Name    string       `json:"name"`
	Prompts []PromptInfo `json:"prompts,omitempty"` // in the order they are said; ladders apart
	Intents []string     `json:"intents,omitempty"` // its own
	Globals []string     `json:"globals,omitempty"` // heard here too
	Keys    []KeyInfo    `json:"keys,omitempty"`
	MaxKeys int          `json:"max_keys,omitempty"` // of a value that is keyed in
	NoInput LadderInfo   `json:"no_input"`
	NoMatch LadderInfo   `json:"no_match"`
	Slots   []string     `json:"slots,omitempty"` // that it asks for, fills or confirms
	Sets    []string     `json:"sets,omitempty"`  // slots that it sets by itself
	Does    []string     `json:"does,omitempty"`  // opt_out, callback …, http GET …
	Yes     bool         `json:"-"`               // 1 and 2 are yes and no here
}

// PromptInfo is something a node may say.
type PromptInfo struct {
	Part     string   `json:"part"`     // the key: say, play, filler …
	Variants []string `json:"variants"` // with places as they are written
	Fixed    bool     `json:"fixed,omitempty"`
	ID       int      `json:"-"` // the same for a named prompt wherever it is said
	Rate     float64  `json:"-"` // 0: not said
	File     string   `json:"-"`
	Line     int      `json:"-"`
	Column   int      `json:"-"`
}

// KeyInfo is a key, or several one after the other, with where they lead.
type KeyInfo struct {
	Keys   string `json:"keys"`
	To     string `json:"to,omitempty"`
	Intent string `json:"intent,omitempty"` // whose key it is
	Global bool   `json:"global,omitempty"`
}

// LadderInfo is a ladder in force at a node.
type LadderInfo struct {
	Inherited bool       `json:"inherited,omitempty"` // from the flow's defaults
	Rungs     []RungInfo `json:"rungs,omitempty"`
}

// RungInfo is one rung of a ladder.
type RungInfo struct {
	Say    *PromptInfo `json:"say,omitempty"`
	Repeat bool        `json:"repeat,omitempty"`
	To     string      `json:"to,omitempty"`
	End    bool        `json:"end,omitempty"`
	As     string      `json:"outcome,omitempty"` // that it ends with
}

// Node shows a node. ok is false when there is none of that name.
func (f *Flow) Node(name string) (info NodeInfo, ok bool) {
	n := f.nodes[name]
	if n == nil {
		return NodeInfo{}, false
	}
	info = NodeInfo{Name: name, Prompts: f.promptsOf(n), Slots: n.slots(), Does: n.does()}
	for _, a := range n.set {
		info.Sets = append(info.Sets, a.slot.name)
	}
	if n.ask != nil {
		info.MaxKeys = n.ask.keys.max
	}
	info.Yes = n.confirm != nil || n.ask != nil && (n.ask.slot.typ == BooleanSlot || n.ask.slot.typ == ConsentSlot)
	if n.listen == nil {
		return info, true
	}
	info.Intents = slices.Clone(n.listen.order)
	for _, name := range n.listen.among {
		if _, own := n.listen.intents[name]; !own {
			info.Globals = append(info.Globals, name)
		}
	}
	info.Keys = f.keysOf(n)
	info.NoInput = LadderInfo{Inherited: n.settings.noInput == nil, Rungs: f.rungs(f.ladder(n, true))}
	info.NoMatch = LadderInfo{Inherited: n.settings.noMatch == nil, Rungs: f.rungs(f.ladder(n, false))}
	return info, true
}

func (f *Flow) keysOf(n *node) []KeyInfo {
	owner := map[string]string{}
	for _, name := range n.listen.order {
		if d := f.intents[name].digits; n.listen.digits[d].node == n.listen.intents[name].node {
			owner[d] = name
		}
	}
	var out []KeyInfo
	for _, keys := range slices.Sorted(maps.Keys(n.listen.digits)) {
		k := KeyInfo{Keys: keys, To: n.listen.digits[keys].node, Intent: owner[keys]}
		if strings.HasPrefix(k.To, "{") {
			k = KeyInfo{Keys: keys, Intent: strings.Trim(k.To, "{}"), Global: true}
			for _, g := range f.globals {
				if g.intent == k.Intent {
					k.To = g.next.node
				}
			}
		}
		out = append(out, k)
	}
	return out
}

func (f *Flow) rungs(ladder []rung) []RungInfo {
	out := make([]RungInfo, 0, len(ladder))
	for _, r := range ladder {
		info := RungInfo{Repeat: r.repeat, To: r.next.node, End: r.ends, As: r.end}
		if r.say != nil {
			p := f.promptInfo("say", r.say)
			info.Say = &p
		}
		out = append(out, info)
	}
	return out
}

func (f *Flow) promptsOf(n *node) []PromptInfo {
	var out []PromptInfo
	add := func(part string, p *prompt) {
		if p != nil {
			out = append(out, f.promptInfo(part, p))
		}
	}
	add("play", n.play)
	add("say", n.say)
	if n.confirm != nil {
		add("confirm", n.confirm.say)
	}
	if n.ask != nil {
		add("out_of_range", n.ask.outOfRange)
	}
	if n.work != nil {
		if n.work.llm != nil {
			add("say_first", n.work.llm.sayFirst)
		}
		add("filler", n.work.filler)
	}
	return out
}

func (f *Flow) promptInfo(part string, p *prompt) PromptInfo {
	texts, fixed := p.sources()
	at := f.where(p.at)
	return PromptInfo{ID: p.id, Part: part, Variants: texts, Fixed: fixed, Rate: p.rate, File: at.File, Line: at.Line, Column: at.Column}
}

// slots are those a node gets from the customer.
func (n *node) slots() []string {
	var all []*slot
	if n.ask != nil {
		all = append(all, n.ask.slot)
	}
	if n.listen != nil {
		all = append(all, n.listen.slots...)
	}
	if n.confirm != nil {
		all = append(all, n.confirm.slots...)
	}
	if w := n.work; w != nil {
		for _, a := range w.into {
			all = append(all, a.slot)
		}
		if w.llm != nil {
			all = append(all, w.llm.slots...)
		}
		if w.record != nil && w.record.slot != nil {
			all = append(all, w.record.slot)
		}
	}
	var out []string
	for _, sl := range all {
		if !slices.Contains(out, sl.name) {
			out = append(out, sl.name)
		}
	}
	return out
}

// does are the things a node does besides talking.
func (n *node) does() []string {
	var out []string
	if n.optOut {
		out = append(out, "opt_out")
	}
	if n.callback != "" {
		out = append(out, "callback "+n.callback)
	}
	if n.consent != nil && n.consent.slot != nil {
		out = append(out, "consent "+n.consent.slot.name)
	}
	if t := n.transfer; t != nil {
		out = append(out, "transfer "+string(t.kind)+" "+t.target)
	}
	if n.run != nil {
		out = append(out, "run "+n.run.flow)
	}
	w := n.work
	if w == nil {
		return out
	}
	switch {
	case w.http != nil && w.http.url != nil:
		out = append(out, "http "+w.http.method+" "+w.http.url.source)
	case w.call != nil:
		out = append(out, string(w.kind)+" "+w.call.name)
	case w.message != nil:
		out = append(out, "send "+w.message.via)
	}
	if w.knowledge != "" {
		out = append(out, "knowledge "+w.knowledge)
	}
	return out
}

// EventPrompts are what the flow says by itself, at no node: the disclosure,
// what global intents answer, what max_length says.
func (f *Flow) EventPrompts() []PromptInfo {
	var out []PromptInfo
	add := func(part string, p *prompt) {
		if p != nil {
			out = append(out, f.promptInfo(part, p))
		}
	}
	add("disclosure", f.events.disclosure)
	for _, g := range f.globals {
		add(g.intent, g.say)
	}
	add("max_length", f.events.maxSay)
	slices.SortStableFunc(out, func(a, b PromptInfo) int { return cmp.Compare(a.Line, b.Line) })
	return out
}
