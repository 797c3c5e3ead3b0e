package tagger

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// mark makes an example of a sentence with its entities in brackets:
// "fly to [city new york]".
func mark(tb testing.TB, intent, marked string) Example {
	tb.Helper()
	e := Example{Intent: intent}
	for marked != "" {
		before, rest, found := strings.Cut(marked, "[")
		e.Text += before
		if !found {
			return e
		}
		inside, after, closed := strings.Cut(rest, "]")
		name, value, named := strings.Cut(inside, " ")
		if !closed || !named {
			tb.Fatalf("%q: want [name value]", marked)
		}
		start := utf8.RuneCountInString(e.Text)
		e.Text += value
		e.Entities = append(e.Entities, Entity{start, utf8.RuneCountInString(e.Text), name, value})
		marked = after
	}
	return e
}

var (
	cities    = strings.Split("paris,new york,berlin,san francisco,rome,los angeles,madrid,oslo,cairo,buenos aires,lima,hong kong,delhi,cape town", ",")
	dishes    = strings.Split("soup,fried rice,pizza,apple pie,salad,roast beef,noodles,fish and chips,pasta,ice cream", ",")
	singers   = strings.Split("周杰伦,王菲,刘德华,邓丽君,陈奕迅,张学友,孙燕姿,李宗盛,林俊杰,蔡琴,田馥甄,毛不易", ",")
	songs     = strings.Split("青花瓷,红豆,忘情水,甜蜜蜜,十年,吻别,遇见,山丘,江南,渡口,小幸运,消愁,稻香,传奇", ",")
	templates = []string{
		"fly|i want to fly from [city C] to [city C]", "fly|a ticket to [city C] please", "fly|is there a flight from [city C] tomorrow",
		"eat|i would like [dish D] please", "eat|can i have [dish D] and [dish D]", "eat|do you have [dish D] today",
		"chat|good morning to you", "chat|are you a robot", "chat|please call me later",
		"music|我要听[singer S]的[song T]", "music|播放[song T]", "music|来一首[singer S]的歌", "music|放[singer S]的[song T]给我听", "chat|你是谁", "chat|今天天气不错",
	}
)

// sentencesOf fills the templates. Names before split are for training, the
// others for judging, so that no judged name is in any list.
func sentencesOf(tb testing.TB, n int, seed uint64, held bool) []Example {
	rng := rand.New(rand.NewPCG(seed, 1))
	pick := func(names []string) string {
		split := len(names) * 2 / 3
		if held {
			return names[split+rng.IntN(len(names)-split)]
		}
		return names[rng.IntN(split)]
	}
	var out []Example
	for i := range n {
		intent, text, _ := strings.Cut(templates[i%len(templates)], "|")
		for _, v := range []struct {
			mark  string
			names []string
		}{{" C]", cities}, {" D]", dishes}, {" S]", singers}, {" T]", songs}} {
			for strings.Contains(text, v.mark) {
				text = strings.Replace(text, v.mark, " "+pick(v.names)+"]", 1)
			}
		}
		out = append(out, mark(tb, intent, text))
	}
	return out
}

func mustTrain(tb testing.TB, examples []Example, seed uint64) *Tagger {
	tb.Helper()
	t, err := Train(context.Background(), examples, Options{Seed: seed})
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

func TestLearnsNamesItHasNotSeen(t *testing.T) {
	tagger := mustTrain(t, sentencesOf(t, 600, 1, false), 1)
	if got := f1(tagger, sentencesOf(t, 300, 2, false)); got < 99 {
		t.Errorf("known names: F1 %.1f, want at least 99", got)
	}
	if got := f1(tagger, sentencesOf(t, 300, 3, true)); got < 85 {
		t.Errorf("names never seen: F1 %.1f, want at least 85", got)
	}
	want := []Entity{{19, 27, "city", "new york"}, {31, 36, "city", "Paris"}}
	if got := tagger.Tag("I want to fly from new york to Paris"); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := tagger.Names(); !reflect.DeepEqual(got, []string{"city", "dish", "singer", "song"}) {
		t.Errorf("names %v", got)
	}
	for _, text := range []string{"", "   ", "。。。", "good morning to you"} {
		if got := tagger.Tag(text); len(got) != 0 {
			t.Errorf("%q: got %v", text, got)
		}
	}
}

func save(tb testing.TB, t *Tagger) []byte {
	tb.Helper()
	var b bytes.Buffer
	if n, err := t.WriteTo(&b); err != nil || n != int64(b.Len()) {
		tb.Fatalf("wrote %d of %d bytes: %v", n, b.Len(), err)
	}
	return b.Bytes()
}

func TestTheSameSeedGivesTheSameModel(t *testing.T) {
	examples := sentencesOf(t, 200, 1, false)
	a, b, c := save(t, mustTrain(t, examples, 1)), save(t, mustTrain(t, examples, 1)), save(t, mustTrain(t, examples, 2))
	if !bytes.Equal(a, b) {
		t.Error("two trainings with seed 1 differ")
	}
	if bytes.Equal(a, c) {
		t.Error("seeds 1 and 2 give the same model")
	}
}

func TestReadGivesBackTheModel(t *testing.T) {
	tagger := mustTrain(t, sentencesOf(t, 300, 1, false), 1)
	file := save(t, tagger)
	again, err := Read(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range append(sentencesOf(t, 200, 4, true), sentencesOf(t, 200, 5, false)...) {
		if a, b := tagger.Tag(e.Text), again.Tag(e.Text); !reflect.DeepEqual(a, b) {
			t.Fatalf("%q: %v before, %v after", e.Text, a, b)
		}
	}
	if !bytes.Equal(save(t, again), file) {
		t.Error("the model read is not written the same")
	}
}

func TestReadRefuses(t *testing.T) {
	file := save(t, mustTrain(t, sentencesOf(t, 60, 1, false), 1))
	changed := func(at int) []byte {
		b := bytes.Clone(file)
		b[at] ^= 0x40
		return b
	}
	for _, c := range []struct {
		name string
		data []byte
		want error
		text string
	}{
		{"empty", nil, ErrFormat, "not a tagger file"},
		{"another magic", changed(0), ErrFormat, "not a tagger file"},
		{"another version", changed(len(magic)), ErrVersion, "65; this program reads version 1"},
		{"cut in the head", file[:20], ErrDamaged, "it ends after 20 bytes"},
		{"cut at the end", file[:len(file)-1], ErrDamaged, "its hash is not that of its content"},
		{"longer", append(bytes.Clone(file), 0), ErrDamaged, "its hash is not that of its content"},
		{"a bit changed", changed(len(file) / 2), ErrDamaged, "its hash is not that of its content"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Read(bytes.NewReader(c.data))
			if !errors.Is(err, c.want) || !strings.Contains(fmt.Sprint(err), c.text) {
				t.Errorf("got %v, want %q", err, c.text)
			}
		})
	}
}

func TestTrainRefuses(t *testing.T) {
	for _, c := range []struct {
		e    Entity
		want string
	}{
		{Entity{Start: 0, End: 9, Name: "x"}, `example 1, "你好": entity "x" at 0 to 9 is not within its 2 characters`},
		{Entity{Start: -1, End: 1, Name: "x"}, "at -1 to 1 is not within"},
		{Entity{Start: 1, End: 1, Name: "x"}, "at 1 to 1 is not within"},
		{Entity{Start: 0, End: 1}, "the entity at 0 to 1 has no name"},
	} {
		_, err := Train(context.Background(), []Example{{Text: "你好", Entities: []Entity{c.e}}}, Options{})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: got %v, want %q", c.e, err, c.want)
		}
	}
	var many []Example
	for i := range maxTypes + 1 {
		many = append(many, Example{Text: "x", Entities: []Entity{{0, 1, fmt.Sprint("kind", i), "x"}}})
	}
	if _, err := Train(context.Background(), many, Options{}); err == nil || !strings.Contains(err.Error(), "301 kinds of entities") {
		t.Errorf("too many kinds: %v", err)
	}
}

func TestTrainStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Train(ctx, sentencesOf(t, 60, 1, false), Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestWithoutEntities(t *testing.T) {
	for _, examples := range [][]Example{nil, {{Text: "hello", Intent: "hi"}, {Text: "", Intent: "none"}}} {
		tagger := mustTrain(t, examples, 1)
		if got := tagger.Tag("hello new york"); got != nil {
			t.Errorf("got %v", got)
		}
		if _, err := Read(bytes.NewReader(save(t, tagger))); err != nil {
			t.Error(err)
		}
	}
}

func TestTagKeepsToTheText(t *testing.T) {
	tagger := mustTrain(t, sentencesOf(t, 200, 1, false), 1)
	rapid.Check(t, func(t *rapid.T) {
		checkEntities(t, tagger, rapid.String().Draw(t, "text")+strings.Join(rapid.SliceOfN(rapid.SampledFrom(append(cities, songs...)), 0, 200).Draw(t, "names"), " "))
	})
}

type fataler interface {
	Fatalf(format string, args ...any)
}

func checkEntities(t fataler, tagger *Tagger, text string) {
	runes := []rune(text)
	at := 0
	for _, e := range tagger.Tag(text) {
		if e.Start < at || e.End <= e.Start || e.End > len(runes) || e.Value != string(runes[e.Start:e.End]) {
			t.Fatalf("%q: %+v", text, e)
		}
		at = e.End
	}
}

func FuzzTag(f *testing.F) {
	tagger := mustTrain(f, sentencesOf(f, 100, 1, false), 1)
	f.Add("i want to fly from paris to 周杰伦")
	f.Add("\xff\x00 '’ 7:30-8 ＡＢＣ")
	f.Fuzz(func(t *testing.T, text string) { checkEntities(t, tagger, text) })
}

func FuzzRead(f *testing.F) {
	file := save(f, mustTrain(f, sentencesOf(f, 30, 1, false), 1))
	f.Add(file[len(magic)+1+32:])
	f.Add([]byte{0, 0, 0, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, content []byte) {
		// The hash is put right, so that the content is looked at.
		tagger, err := decode(content)
		if err == nil {
			checkEntities(t, tagger, "fly from paris to new york 播放红豆")
			save(t, tagger)
		}
		if _, err := Read(bytes.NewReader(content)); err == nil {
			t.Fatal("content without head was read")
		}
	})
}
