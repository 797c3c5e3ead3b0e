package dialog

import (
	"fmt"
	"hash"
	"io/fs"
	"maps"
	"slices"
	"time"

	"github.com/expr-lang/expr/types"
	"github.com/goccy/go-yaml/ast"

	"github.com/dialwright/dialwright/nlu"
)

// loader turns files into a flow and gathers what is wrong with it.
type loader struct {
	files    []string // the flow's, then those it includes
	fsys     fs.FS    // nil: a source in memory
	dir      string
	size     int // bytes of all files
	sum      hash.Hash
	assets   map[string][]byte // the sums of files that are named
	options  LoadOptions
	flow     *Flow
	problems Problems
	scope    types.Map
	prompts  int // counts prompts, to name their variants' counters
	refs     []namedRef
	holes    bool                // a part of the graph could not be read
	sub      string              // the sub-flow that is being read
	allWays  map[string][]way    // of each node, once all are read
	next     map[string][]string // nodes that may follow each
	spokenNames
}

// namedRef is a pointer to a node that is yet to be checked.
type namedRef struct {
	ref
	from    string // for messages
	written string // its name in the file
}

func (l *loader) root(n ast.Node) {
	o, ok := l.object(n, "the flow", append(slices.Clone(topKeys), speechKeys...)...)
	if !ok {
		return
	}
	l.include(o)
	l.head(o)
	l.contactFields(o)
	l.experiments(o)
	l.pronounce(o)
	l.entities(o)
	l.slots(o)
	l.knowledgeFiles(o)
	l.scope = l.flow.scope()
	subs := l.declareSubs(o)
	l.intents(o)
	l.speech(o)
	if f, ok := o.get("defaults"); ok {
		if d, ok := l.object(f.value, "defaults", settingKeys...); ok {
			l.flow.defaults = l.settings(d, "defaults")
		}
	}
	l.globals(o)
	l.nodes(o)
	own := len(l.flow.order)
	l.subNodes(subs)
	l.events(o)
	l.optOut(o)
	if f, ok := o.get("on_hangup"); ok {
		l.flow.onHangup = l.finale(f.value)
	} else {
		l.warnf(o.at, "on_hangup: {outcome: hung_up}", "the flow has no on_hangup: a caller who hangs up leaves the outcome hung_up")
	}
	l.finishSpeech()
	l.classify()
	if own == 0 {
		return
	}
	if l.flow.start == "" {
		l.flow.start = l.flow.order[0]
	}
	l.check()
}

// topKeys are the keys of flow.yaml.
var topKeys = []string{"flow", "language", "voice", "start", "contact", "slots", "intents", "global", "defaults", "nodes", "on_voicemail",
	"on_error", "on_hangup", "include", "flows", "knowledge", "timers", "max_length", "disclosure", "opt_out", "on_answer", "on_screening", "on_silence"}

func (l *loader) head(o *object) {
	f, ok := o.get("flow")
	if !ok {
		l.errorf(o.at, "it begins with: flow: NAME", "the flow has no name")
	} else if name, ok := l.word(f.value, "flow"); ok {
		l.flow.Name = name
	}
	l.flow.Language = "en"
	if f, ok := o.get("language"); ok {
		if s, ok := l.word(f.value, "language"); ok {
			if s != "en" && s != "zh" {
				l.errorf(at(f.value), "known: en, zh", "language %q is not understood", s)
			}
			l.flow.Language = s
		}
	}
	if f, ok := o.get("voice"); ok {
		l.flow.Voice, _ = l.word(f.value, "voice")
	}
}

func (l *loader) phrasesAndDigits(o *object, what string) (phrases []string, digits string) {
	if f, ok := o.get("phrases"); ok {
		phrases = l.texts(f.value, "phrases of "+what)
	}
	if f, ok := o.get("digits"); ok {
		d, isText := scalarKeys(f.value)
		if !isText {
			l.errorf(at(f.value), "", "digits of %s must be telephone keys, not %s", what, kindOf(f.value))
		} else if l.keys(d, at(f.value), "digits of "+what) {
			digits = d
		}
	}
	return phrases, digits
}

// scalarKeys takes 1 for "1": nobody means anything else by it here.
func scalarKeys(n ast.Node) (string, bool) {
	switch n.(type) {
	case *ast.StringNode, *ast.IntegerNode:
		return n.GetToken().Value, true
	}
	return "", false
}

func (l *loader) intents(o *object) {
	f, ok := o.get("intents")
	if !ok {
		return
	}
	all, ok := l.open(f.value, "intents")
	if !ok {
		return
	}
	for _, e := range all.fields {
		in := &intent{name: e.name, at: e.key}
		if m, isMap := e.value.(*ast.MappingNode); isMap {
			one, ok := l.object(m, "intent "+e.name, "phrases", "digits", "fill")
			if !ok {
				continue
			}
			in.phrases, in.digits = l.phrasesAndDigits(one, "intent "+e.name)
			if fill, ok := one.get("fill"); ok {
				for _, name := range l.slotRefs(fill.value, "fill") {
					in.fill = append(in.fill, l.flow.slots[name])
				}
			}
		} else {
			in.phrases = l.texts(e.value, "intent "+e.name)
		}
		if len(in.phrases) == 0 && in.digits == "" {
			l.errorf(e.key, "phrases: [yes, yes please]", "intent %s has neither phrases nor digits", e.name)
		}
		l.flow.intents[e.name] = in
		l.flow.intentOrder = append(l.flow.intentOrder, e.name)
	}
	l.sharedPhrases(all)
}

// intent finds an intent of the flow, or takes one that every flow can use.
func (l *loader) intent(name string) *intent {
	if in := l.flow.intents[name]; in != nil {
		return in
	}
	phrases, ok := builtinIntent(name, l.flow.Language)
	if !ok {
		return nil
	}
	in := &intent{name: name, phrases: phrases, builtin: true}
	l.flow.intents[name] = in
	l.flow.intentOrder = append(l.flow.intentOrder, name)
	return in
}

// classify makes the classifier, once all intents are known.
func (l *loader) classify() {
	examples := make([]nlu.Intent, 0, len(l.flow.intentOrder))
	for _, name := range l.flow.intentOrder {
		examples = append(examples, nlu.Intent{Name: name, Phrases: l.flow.intents[name].phrases})
	}
	if l.options.Classifier != nil && !l.problems.Fatal() {
		l.flow.classifier = l.options.Classifier(examples)
		return
	}
	l.flow.classifier = nlu.NewPhrases(examples)
}

// sharedPhrases warns of a phrase that stands under two intents.
func (l *loader) sharedPhrases(all *object) {
	owner := map[string]string{}
	for _, e := range all.fields {
		in := l.flow.intents[e.name]
		if in == nil {
			continue
		}
		for _, p := range in.phrases {
			key := fmt.Sprint(nlu.Tokens(p))
			if other, taken := owner[key]; taken && other != e.name {
				l.warnf(e.key, "", "the phrase %q of intent %s is also one of intent %s", p, e.name, other)
			}
			owner[key] = e.name
		}
	}
}

// slotRefs reads one or more names of declared slots.
func (l *loader) slotRefs(n ast.Node, what string) []string {
	var out []string
	names := []ast.Node{n}
	if seq, ok := n.(*ast.SequenceNode); ok {
		names = seq.Values
	}
	for _, item := range names {
		name, ok := l.word(item, what)
		if !ok {
			continue
		}
		if l.flow.slots[name] == nil {
			l.errorf(at(item), hintAmong(name, l.slotNames()), "%s names an unknown slot %q", what, name)
			continue
		}
		out = append(out, name)
	}
	return out
}

func (l *loader) slotNames() []string { return slices.Collect(maps.Keys(l.flow.slots)) }

func (l *loader) intentNames() []string { return slices.Collect(maps.Keys(l.flow.intents)) }

// qualified is the name of a node among all nodes.
func (l *loader) qualified(name string) string {
	if l.sub != "" {
		return l.sub + subSeparator + name
	}
	return name
}

// ref reads a pointer to a node and remembers to check it.
func (l *loader) ref(n ast.Node, from string) (ref, bool) {
	name, ok := l.word(n, from)
	if !ok {
		l.holes = true
		return ref{}, false
	}
	r := ref{node: l.qualified(name), at: at(n)}
	l.refs = append(l.refs, namedRef{r, from, name})
	return r, true
}

// within are the limits of every duration of the language.
const (
	shortest = 100 * time.Millisecond
	longest  = time.Hour
)
