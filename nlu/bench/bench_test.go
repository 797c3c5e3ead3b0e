package bench

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dialwright/dialwright/nlu"
	"github.com/dialwright/dialwright/nlu/model"
)

func written(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "set.jsonl")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestPlaces(t *testing.T) {
	path := written(t, "\ufeff\n{\"text\":\"a\",\"intent\":\"x\"}\r\n\n  \n{\"text\":\"b\",\"intent\":\"y\"}")
	other := written(t, "{\"text\":\"c\",\"intent\":\"z\"}\n")
	s, err := Load(path, other)
	if err != nil {
		t.Fatal(err)
	}
	want := []Place{{path, 2}, {path, 5}, {other, 1}}
	if len(s.Places) != len(want) || len(s.Examples) != len(want) {
		t.Fatalf("%d examples at %v", len(s.Examples), s.Places)
	}
	for i, p := range want {
		if s.Places[i] != p {
			t.Errorf("example %d stands at %s, not %s", i, s.Places[i], p)
		}
	}
	if err := s.Trainable(); err != nil {
		t.Error(err)
	}
	odd := s.Strangers([]string{"x"}, nil)
	if len(odd) != 2 || odd[0].Name != "y" || odd[0].First != want[1] || odd[1].Count != 1 {
		t.Errorf("%+v", odd)
	}
}

// FuzzLoad never gives a set whose places are not those of its examples.
func FuzzLoad(f *testing.F) {
	f.Add("\ufeff{\"text\":\"a\",\"intent\":\"x\"}\n\n{\"text\":\"b\",\"intent\":\"y\",\"entities\":[{\"start\":0,\"end\":1,\"name\":\"n\",\"value\":\"b\"}]}\n")
	f.Add("\r\n\v\n{\"text\":\"a\"}\r")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := Load(written(t, text))
		if err != nil {
			if !errors.Is(err, ErrExamples) {
				t.Errorf("not the examples' fault: %v", err)
			}
			return
		}
		if len(s.Places) != len(s.Examples) {
			t.Fatalf("%d examples at %d places", len(s.Examples), len(s.Places))
		}
		lines := strings.Split(text, "\n")
		for i, p := range s.Places {
			if p.Line > len(lines) || strings.TrimSpace(strings.TrimPrefix(lines[p.Line-1], "\ufeff")) == "" {
				t.Errorf("example %d (%q) is said to stand on line %d", i, s.Examples[i].Text, p.Line)
			}
		}
	})
}

func small() []model.Example {
	var out []model.Example
	for _, word := range []string{"book", "cancel", "change"} {
		for _, rest := range []string{"a flight", "my ticket", "the hotel", "that trip"} {
			text := word + " " + rest
			out = append(out, model.Example{Text: text, Intent: word, Entities: []model.Entity{{Start: len(word) + 1, End: len(text), Name: "thing", Value: rest}}})
		}
	}
	return out
}

func bytesOf(t *testing.T, b *Bundle) []byte {
	t.Helper()
	var out bytes.Buffer
	n, err := b.WriteTo(&out)
	if err != nil || n != int64(out.Len()) {
		t.Fatalf("%d bytes of %d, %v", n, out.Len(), err)
	}
	return out.Bytes()
}

func TestBundle(t *testing.T) {
	b, err := Train(t.Context(), small(), 5)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Train(t.Context(), small(), 5)
	if err != nil {
		t.Fatal(err)
	}
	file := bytesOf(t, b)
	if !bytes.Equal(file, bytesOf(t, again)) {
		t.Error("the same examples and seed give another file")
	}
	path := filepath.Join(t.TempDir(), "m.nlu")
	if err := b.Save(path); err != nil {
		t.Fatal(err)
	}
	read, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	u, err := OfBundle(read)
	if err != nil {
		t.Fatal(err)
	}
	if p := u.Parse("please cancel the hotel"); p.Intent != "cancel" || len(p.Entities) != 1 || p.Entities[0].Value != "the hotel" {
		t.Errorf("%+v", p)
	}
	if size, hash, err := read.Stamp(); err != nil || size != int64(len(file)) || len(hash) != 64 {
		t.Errorf("%d %s %v", size, hash, err)
	}
	if !bytes.Equal(file, bytesOf(t, read)) {
		t.Error("reading and writing changes the file")
	}
	if m, err := model.Read(bytes.NewReader(file)); err != nil || len(m.Intents()) != 3 {
		t.Errorf("the first part alone: %v", err)
	}
	for _, bad := range [][]byte{nil, file[:20], file[:len(file)-1], append(bytes.Clone(file), 0), append([]byte("{"), file...)} {
		if _, err := Read(bytes.NewReader(bad)); err == nil {
			t.Errorf("%d bytes of %d were taken for a model", len(bad), len(file))
		}
	}
	if err := b.Save(filepath.Join(t.TempDir(), "absent", "m.nlu")); err == nil {
		t.Error("it was saved into a directory that is not there")
	}
}

// FuzzRead takes no memory or panic from a file that is made to do harm.
func FuzzRead(f *testing.F) {
	b, err := Train(f.Context(), small(), 1)
	if err != nil {
		f.Fatal(err)
	}
	var file bytes.Buffer
	if _, err := b.WriteTo(&file); err != nil {
		f.Fatal(err)
	}
	f.Add(file.Bytes())
	f.Add(file.Bytes()[:100])
	f.Fuzz(func(t *testing.T, data []byte) {
		if got, err := Read(bytes.NewReader(data)); err == nil && len(got.Intents.Intents()) == 0 {
			t.Error("a model without intents")
		}
	})
}

func TestOfFlow(t *testing.T) {
	intents := []nlu.Intent{{Name: "yes", Phrases: []string{"yes", "of course", "好的"}}, {Name: "no", Phrases: []string{"no", "not at all", "不要"}}}
	u, err := OfFlow(t.Context(), intents, []string{"yes"}, "zh", 0)
	if err != nil {
		t.Fatal(err)
	}
	if p := u.Parse("好的"); p.Intent != "yes" || p.Refused {
		t.Errorf("%+v", p)
	}
	if p := u.Parse("不要"); p.Intent == "no" {
		t.Errorf("what the node does not expect was understood: %+v", p)
	}
	if p := u.Parse("你们太差了，垃圾"); p.Sentiment.Label != "negative" {
		t.Errorf("%+v", p.Sentiment)
	}
	none, err := OfFlow(t.Context(), nil, nil, "en", 0)
	if err != nil {
		t.Fatal(err)
	}
	if p := none.Parse("hello"); !p.Refused || len(p.Ranked) != 0 {
		t.Errorf("%+v", p)
	}
	if _, ok := none.Explain("hello"); ok {
		t.Error("nothing was explained")
	}
}

func TestEvaluate(t *testing.T) {
	set := OfIntents([]nlu.Intent{{Name: "a", Phrases: []string{"one two", "two three", "one three"}}, {Name: "b", Phrases: []string{"four five", "five six", "", "four six"}}}, "flow")
	if len(set.Examples) != 6 || set.Places[0].String() != "flow" {
		t.Fatalf("%+v", set)
	}
	steps := 0
	r, err := Evaluate(t.Context(), set, set, nil, Options{Seeds: 2}, func(done, of int, _ *model.Report) {
		if done != steps || of != 2 {
			t.Errorf("step %d: %d of %d", steps, done, of)
		}
		steps++
	})
	if err != nil || steps != 2 || r.Accuracy != 1 || r.EntityF1 != nil || r.AUROC != nil {
		t.Errorf("%v, %d steps, %+v", err, steps, r)
	}
	if r, err := CrossValidate(t.Context(), set, 3, Options{}); err != nil || r.Accuracy < 0.5 {
		t.Errorf("%v %+v", err, r)
	}
}

func TestCrossValidateNodes(t *testing.T) {
	intents := []nlu.Intent{
		{Name: "yes", Phrases: []string{"yes please", "yes of course", "yes i do", "oh yes"}},
		{Name: "no", Phrases: []string{"no thanks", "no i do not", "oh no", "no way"}},
		{Name: "when", Phrases: []string{"when is it", "when was that", "since when", "when exactly"}},
	}
	nodes := []Node{{"a", []string{"yes", "no"}}, {"b", []string{"yes", "no", "when"}}}
	by, all, err := CrossValidateNodes(t.Context(), intents, nodes, 4, 1)
	if err != nil {
		t.Fatal(err)
	}
	if len(by) != 2 || by[0].Phrases != 8 || by[1].Phrases != 12 || by[1].Intents != 3 || all.Phrases != 20 {
		t.Errorf("%+v %+v", by, all)
	}
	if all.Accuracy < 0.6 || all.Accuracy+all.Refused > 1.0001 {
		t.Errorf("%+v", all)
	}
	if _, _, err := CrossValidateNodes(t.Context(), intents, nodes, 1, 1); err == nil {
		t.Error("one part was enough")
	}
}
