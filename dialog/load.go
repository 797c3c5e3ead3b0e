package dialog

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/expr-lang/expr/types"
	"github.com/goccy/go-yaml/ast"

	"github.com/dialwright/dialwright/nlu"
)

// loader turns one file into a flow and gathers what is wrong with it.
type loader struct {
	file     string
	flow     *Flow
	problems Problems
	scope    types.Map
	prompts  int // counts prompts, to name their variants' counters
	refs     []namedRef
	holes    bool // a part of the graph could not be read
	spokenNames
}

// namedRef is a pointer to a node that is yet to be checked.
type namedRef struct {
	ref
	from string // for messages
}

// Load reads a flow: a file, or a directory with a flow.yaml. When the flow
// must not run, the error is a Problems with everything that was found;
// warnings of a good flow are in Flow.Warnings.
func Load(path string) (*Flow, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("load flow: %w", err)
	}
	if info.IsDir() {
		path = filepath.Join(path, "flow.yaml")
	}
	src, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("load flow: %w", err)
	}
	return Parse(path, src)
}

// Parse is Load for a source in memory; file names it in problems.
func Parse(file string, src []byte) (*Flow, error) {
	sum := sha256.Sum256(src)
	l := &loader{file: file, flow: &Flow{
		Hash: hex.EncodeToString(sum[:8]), slots: map[string]*slot{}, contact: map[string]*slot{},
		intents: map[string]*intent{}, nodes: map[string]*node{},
	}}
	if root := l.parseYAML(src); root != nil {
		l.root(root)
	}
	l.problems = l.problems.sorted()
	if l.problems.Fatal() {
		return nil, l.problems
	}
	l.flow.Warnings = l.problems
	return l.flow, nil
}

func (l *loader) root(n ast.Node) {
	o, ok := l.object(n, "the flow", append([]string{"flow", "language", "voice", "start", "contact", "slots", "intents", "global",
		"defaults", "nodes", "on_voicemail", "on_error", "on_hangup"}, speechKeys...)...)
	if !ok {
		return
	}
	l.head(o)
	l.contactFields(o)
	l.experiments(o)
	l.pronounce(o)
	l.entities(o)
	l.slots(o)
	l.scope = l.flow.scope()
	l.intents(o)
	l.speech(o)
	if f, ok := o.get("defaults"); ok {
		if d, ok := l.object(f.value, "defaults", settingKeys...); ok {
			l.flow.defaults = l.settings(d, "defaults")
		}
	}
	l.globals(o)
	l.nodes(o)
	for name, into := range map[string]*string{"start": &l.flow.start, "on_voicemail": &l.flow.onVoicemail, "on_error": &l.flow.onError} {
		if f, ok := o.get(name); ok {
			if r, ok := l.ref(f.value, name); ok {
				*into = r.node
			}
		}
	}
	if f, ok := o.get("on_hangup"); ok {
		l.flow.onHangup = l.finale(f.value)
	} else {
		l.warnf(o.at, "on_hangup: {outcome: hung_up}", "the flow has no on_hangup: a caller who hangs up leaves the outcome hung_up")
	}
	l.finishSpeech()
	if len(l.flow.order) == 0 {
		return
	}
	if l.flow.start == "" {
		l.flow.start = l.flow.order[0]
	}
	l.check()
}

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
		l.flow.classifier = nlu.NewPhrases(nil)
		return
	}
	all, ok := l.open(f.value, "intents")
	if !ok {
		return
	}
	var examples []nlu.Intent
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
		examples = append(examples, nlu.Intent{Name: in.name, Phrases: in.phrases})
	}
	l.sharedPhrases(all)
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

// ref reads a pointer to a node and remembers to check it.
func (l *loader) ref(n ast.Node, from string) (ref, bool) {
	name, ok := l.word(n, from)
	if !ok {
		l.holes = true
		return ref{}, false
	}
	r := ref{node: name, at: at(n)}
	l.refs = append(l.refs, namedRef{r, from})
	return r, true
}

// within are the limits of every duration of the language.
const (
	shortest = 100 * time.Millisecond
	longest  = time.Hour
)
