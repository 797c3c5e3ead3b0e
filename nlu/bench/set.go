package bench

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/dialwright/dialwright/nlu"
	"github.com/dialwright/dialwright/nlu/model"
)

// maxFile is how long a file of examples may be, in bytes.
const maxFile = 1 << 30

// ErrExamples is wrapped by every error that is the fault of the examples.
var ErrExamples = errors.New("the examples cannot be used")

// Place is where an example stands.
type Place struct {
	File string `json:"file"`
	Line int    `json:"line"` // from 1; 0 is not known
}

func (p Place) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d", p.File, p.Line)
}

// Set is the examples of some files. Places says where each of them stands.
type Set struct {
	Examples []model.Example
	Places   []Place
}

// badSet marks an error as the examples' fault without a word of its own.
type badSet struct{ err error }

func (b badSet) Error() string   { return b.err.Error() }
func (b badSet) Unwrap() []error { return []error{b.err, ErrExamples} }

func badf(format string, args ...any) error { return badSet{fmt.Errorf(format, args...)} }

// Load reads files of JSON lines, one after the other, into one set. Errors
// name file and line; those of the content wrap ErrExamples, those of the file
// system are the system's.
func Load(files ...string) (*Set, error) {
	s := &Set{}
	for _, name := range files {
		if err := s.load(name); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *Set) load(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("reading examples: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	switch {
	case err != nil:
		return fmt.Errorf("reading examples: %w", err)
	case len(data) > maxFile:
		return badf("%s: longer than %d bytes", name, maxFile)
	}
	list, err := model.ReadJSONLines(bytes.NewReader(data), name)
	if err != nil {
		return badSet{err}
	}
	if len(list) == 0 {
		return badf("%s: there are no examples in it", name)
	}
	places := make([]Place, 0, len(list))
	line := 0
	for raw := range bytes.Lines(data) {
		line++
		if line == 1 {
			raw = bytes.TrimPrefix(bytes.TrimSpace(raw), []byte("\ufeff"))
		}
		if len(bytes.TrimSpace(raw)) > 0 {
			places = append(places, Place{name, line})
		}
	}
	s.Examples, s.Places = append(s.Examples, list...), append(s.Places, places...)
	return nil
}

// Labelled tells the first example that names no intent.
func (s *Set) Labelled() error {
	for i, ex := range s.Examples {
		if ex.Intent == "" {
			return badf(`%s: no "intent"`, s.Places[i])
		}
	}
	return nil
}

// Trainable tells why nothing can be learnt from the set: an example without
// an intent, or fewer than two intents.
func (s *Set) Trainable() error {
	if err := s.Labelled(); err != nil {
		return err
	}
	if len(s.Examples) == 0 { // of a flow; files have some
		return badf("there are no examples")
	}
	first := s.Examples[0].Intent
	for _, ex := range s.Examples {
		if ex.Intent != first {
			return nil
		}
	}
	return badf("%s: all %d examples mean %q: it takes at least two intents to tell one from the other", s.Places[0], len(s.Examples), first)
}

// Stranger is a name in a test that training knows nothing of.
type Stranger struct {
	Name   string
	Entity bool // a kind of entity; else an intent
	Count  int
	First  Place
}

func (s Stranger) String() string {
	what := "intent"
	if s.Entity {
		what = "entity"
	}
	more := ""
	if s.Count > 1 {
		more = fmt.Sprintf(" (and %d more)", s.Count-1)
	}
	return fmt.Sprintf("%s%s: no training example has the %s %q: it counts as misunderstood", s.First, more, what, s.Name)
}

// Strangers are the intents and entities of the set that are not among those
// given, in their order.
func (s *Set) Strangers(intents, entities []string) []Stranger {
	var out []Stranger
	at := map[Stranger]int{}
	note := func(name string, entity bool, place Place) {
		key := Stranger{Name: name, Entity: entity}
		i, ok := at[key]
		if !ok {
			i = len(out)
			at[key] = i
			key.First = place
			out = append(out, key)
		}
		out[i].Count++
	}
	for i, ex := range s.Examples {
		if !slices.Contains(intents, ex.Intent) {
			note(ex.Intent, false, s.Places[i])
		}
		for _, e := range ex.Entities {
			if !slices.Contains(entities, e.Name) {
				note(e.Name, true, s.Places[i])
			}
		}
	}
	return out
}

// Names lists the intents and the kinds of entities of the set, sorted.
func (s *Set) Names() (intents, entities []string) {
	for _, ex := range s.Examples {
		intents = append(intents, ex.Intent)
		for _, e := range ex.Entities {
			entities = append(entities, e.Name)
		}
	}
	slices.Sort(intents)
	slices.Sort(entities)
	return slices.Compact(intents), slices.Compact(entities)
}

// OfIntents makes a set of a flow's intents; their places are the flow's name.
func OfIntents(intents []nlu.Intent, name string) *Set {
	s := &Set{}
	for _, in := range intents {
		for _, text := range in.Phrases {
			if text != "" {
				s.Examples = append(s.Examples, model.Example{Text: text, Intent: in.Name})
				s.Places = append(s.Places, Place{File: name})
			}
		}
	}
	return s
}
