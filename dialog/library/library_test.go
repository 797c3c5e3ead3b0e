package library

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/nlu"
)

const small = `flow: small
include: [more.yaml]
opt_out: true
intents:
  pay: [i will pay, i want to pay, let me pay now, can i pay today]
  later: [call me later, not now, i am busy, another time please]
nodes:
  ask: {say: Will you pay?, listen: {intents: {pay: done, later: done}, no_input: [{end: x}], no_match: [{end: x}]}}
  done: {say: "@bye", end: done}
on_hangup: {outcome: hung_up}
`

// write makes a flow's directory; every write is a second later than the one before.
type files struct {
	dir string
	at  time.Time
}

func (f *files) write(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join(f.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	f.at = f.at.Add(time.Second)
	if err := os.Chtimes(path, f.at, f.at); err != nil {
		t.Fatal(err)
	}
}

func TestLibrary(t *testing.T) {
	f := &files{dir: t.TempDir(), at: time.Unix(1e9, 0)}
	var prepared, refused int
	l := New(func(context.Context, *dialog.Flow) error { prepared++; return nil }, func(_ string, err error) { refused++ })
	get := func() *dialog.Flow {
		flow, err := l.Get(t.Context(), f.dir)
		if err != nil {
			t.Fatal(err)
		}
		return flow
	}
	if _, err := l.Get(t.Context(), f.dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a flow that is not there: %v", err)
	}
	f.write(t, "flow.yaml", small)
	f.write(t, "more.yaml", "prompts: {bye: Goodbye.}\n")
	first := get()
	if get() != first || prepared != 1 {
		t.Errorf("unchanged, but read again: prepared %d times", prepared)
	}
	f.write(t, "more.yaml", "prompts: {bye: So long.}\n")
	second := get()
	if second == first || second.Hash == first.Hash || prepared != 2 {
		t.Error("a change of an included file was not seen")
	}
	f.write(t, "more.yaml", "prompts: {buy: So long.}\n")
	for range 3 {
		if get() != second {
			t.Error("a version that does not load took the place of a good one")
		}
	}
	if refused != 1 {
		t.Errorf("refused %d times", refused)
	}
	if err := os.Remove(filepath.Join(f.dir, "more.yaml")); err != nil {
		t.Fatal(err)
	}
	if get() != second || refused != 2 {
		t.Errorf("a file was removed: refused %d times", refused)
	}
	f.write(t, "more.yaml", "prompts: {bye: Farewell.}\n")
	if third := get(); third == second || refused != 2 {
		t.Error("mended, but not read again")
	}
}

func TestPreparingFails(t *testing.T) {
	f := &files{dir: t.TempDir(), at: time.Unix(1e9, 0)}
	f.write(t, "flow.yaml", strings.Replace(small, "include: [more.yaml]\n", "prompts: {bye: Bye.}\n", 1))
	fail := errors.New("no voice")
	l := New(func(context.Context, *dialog.Flow) error { return fail }, nil)
	if _, err := l.Get(t.Context(), f.dir); !errors.Is(err, fail) {
		t.Errorf("%v", err)
	}
	fail = nil
	if _, err := l.Get(t.Context(), f.dir); err != nil {
		t.Errorf("the voice is back: %v", err)
	}
}

// A flow understands what none of its phrases says word for word.
func TestLearn(t *testing.T) {
	intents := []nlu.Intent{
		{Name: "pay", Phrases: []string{"i will pay", "i want to pay", "let me pay now", "can i pay today", "i can transfer the money today", "take it from my account"}},
		{Name: "later", Phrases: []string{"call me later", "not now", "i am busy", "another time please", "ring me back tomorrow", "this is a bad moment"}},
	}
	c := Learn(intents)
	if Learn(intents) != c {
		t.Error("learnt twice")
	}
	for text, want := range map[string]string{"i could transfer it from my account": "pay", "sorry this is really a bad time": "later"} {
		if got := c.Classify(nlu.Query{Text: text, Among: []string{"pay", "later"}}); len(got) == 0 || got[0].Intent != want {
			t.Errorf("%q: %+v", text, got)
		}
	}
	if got := Learn(nil).Classify(nlu.Query{Text: "x", Among: []string{"a"}}); len(got) != 0 {
		t.Errorf("nothing learnt, but %+v", got)
	}
}
