package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// travel writes examples of three intents with entities into train.jsonl and
// test.jsonl, and what means none of them into oos.jsonl.
func travel(d *desk) {
	var train, test, oos strings.Builder
	cities := []string{"Oslo", "Paris", "Rome", "Lima", "Cairo", "Quito", "Berne", "Delhi"}
	for i, city := range cities {
		out := &train
		if i >= 6 {
			out = &test
		}
		for _, form := range []string{"fly me to %s", "i want a ticket to %s please"} {
			text := fmt.Sprintf(form, city)
			at := strings.Index(text, city)
			fmt.Fprintf(out, `{"text":%q,"intent":"book","entities":[{"start":%d,"end":%d,"name":"city","value":%q}]}`+"\n", text, at, at+len(city), city)
		}
		fmt.Fprintf(out, "{\"text\":\"what will the weather be in %s\",\"intent\":\"weather\",\"entities\":[]}\n", city)
		fmt.Fprintf(out, "{\"text\":\"will it rain tomorrow %d\",\"intent\":\"weather\"}\n", i)
		fmt.Fprintf(out, "{\"text\":\"cancel my booking number %d\",\"intent\":\"cancel\"}\n\n", i)
	}
	for _, text := range []string{"how do i knit a sock", "the square root of nine", "who won the match"} {
		fmt.Fprintf(&oos, "{\"text\":%q,\"intent\":\"\"}\n", text)
	}
	d.write("train.jsonl", train.String())
	d.write("test.jsonl", test.String())
	d.write("oos.jsonl", oos.String())
}

func keysOf(t *testing.T, text string) []string {
	t.Helper()
	var got map[string]any
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return sortedKeys(got)
}

func TestNLUEval(t *testing.T) {
	d := newDesk(t)
	travel(d)
	figures := []string{"accuracy", "accuracy_std", "ece", "entity_f1", "macro_f1", "model_bytes", "parse_us_p50", "parse_us_p99", "train_s"}
	out := d.must("nlu", "eval", "--train", "train.jsonl", "--test", "test.jsonl", "--seeds", "2")
	if got := keysOf(t, out); !slices.Equal(got, figures) {
		t.Errorf("it prints %v", got)
	}
	var r struct {
		Accuracy float64
		EntityF1 *float64 `json:"entity_f1"`
		Bytes    int64    `json:"model_bytes"`
	}
	if err := json.Unmarshal([]byte(out), &r); err != nil || r.Accuracy < 0.9 || r.EntityF1 == nil || *r.EntityF1 < 0.5 || r.Bytes < 1000 {
		t.Errorf("%v %+v", err, r)
	}
	out = d.must("nlu", "eval", "--train", "train.jsonl", "--test", "test.jsonl", "--oos", "oos.jsonl", "--seeds", "1", "--json", "--risk")
	more := append([]string{"auroc", "in_scope_accuracy", "oos_recall", "risk_coverage"}, figures...)
	slices.Sort(more)
	if got := keysOf(t, out); !slices.Equal(got, more) {
		t.Errorf("it prints %v", got)
	}
	d.write("odd.jsonl", `{"text":"fly me to Oslo","intent":"travel"}`+"\n"+`{"text":"fly me to Rome","intent":"travel"}`+"\n")
	out, errOut, _ := d.run("nlu", "eval", "--train", "train.jsonl", "--test", "odd.jsonl", "--seeds", "1", "--per-intent", "--confusion", "--risk")
	for _, want := range []string{"PRECISION", "TAKEN FOR", "PROBABILITY AT LEAST", "\n{\"accuracy\":0,"} {
		if !strings.Contains(out, want) {
			t.Errorf("it does not print %q:\n%s", want, out)
		}
	}
	if want := `odd.jsonl:1 (and 1 more): no training example has the intent "travel": it counts as misunderstood`; !strings.Contains(errOut, want) {
		t.Errorf("it does not warn %q:\n%s", want, errOut)
	}
}

func TestNLUBadInput(t *testing.T) {
	d := newDesk(t)
	travel(d)
	d.write("json.jsonl", "{\"text\":\"a b\",\"intent\":\"x\"}\n\n{\"text\":\n")
	d.write("out.jsonl", `{"text":"我要去北京","intent":"x","entities":[{"start":3,"end":6,"name":"city","value":"北京"}]}`+"\n")
	d.write("value.jsonl", `{"text":"go to Rome","intent":"x","entities":[{"start":0,"end":2,"name":"city","value":"Rome"}]}`+"\n")
	d.write("one.jsonl", "{\"text\":\"a\",\"intent\":\"x\"}\n{\"text\":\"b\",\"intent\":\"x\"}\n")
	d.write("none.jsonl", "{\"text\":\"a\",\"intent\":\"x\"}\n\n{\"text\":\"b\"}\n")
	d.write("empty.jsonl", "\n\n")
	for _, c := range []struct {
		code int
		want string
		args string
	}{
		{exitNotFound, "no such file", "eval --train absent.jsonl --test test.jsonl"},
		{exitNotFound, "no such file", "eval --train train.jsonl --test absent.jsonl"},
		{exitNotFound, "no such file", "parse absent.nlu hello"},
		{exitConfig, "json.jsonl:3: reading the example", "eval --train json.jsonl --test test.jsonl"},
		{exitConfig, `out.jsonl:1: entity 1 ("city"): characters 3 to 6 of a text of 5`, "eval --train out.jsonl --test test.jsonl"},
		{exitConfig, `value.jsonl:1: entity 1 ("city"): the value is "Rome", but`, "train --train value.jsonl --out m.nlu"},
		{exitConfig, `one.jsonl:1: all 2 examples mean "x"`, "eval --train one.jsonl --test test.jsonl"},
		{exitConfig, `none.jsonl:3: no "intent"`, "eval --train none.jsonl --test test.jsonl"},
		{exitConfig, `none.jsonl:3: no "intent"`, "eval --train train.jsonl --test none.jsonl"},
		{exitConfig, "empty.jsonl: there are no examples", "eval --train train.jsonl --test empty.jsonl"},
		{exitConfig, "empty.jsonl: there are no examples", "eval --train train.jsonl --test test.jsonl --oos empty.jsonl"},
		{exitConfig, "it looks like a file of examples", "parse train.jsonl hello"},
		{exitConfig, "is a directory", "parse flows hello"},
		{exitConfig, "there are no examples", "train --flow hello.yaml --out m.nlu"},
		{exitUsage, "--train is missing", "eval --test test.jsonl"},
		{exitUsage, "--seeds 0", "eval --train train.jsonl --test test.jsonl --seeds 0"},
		{exitUsage, "give --flow DIR or --train FILE", "train --out m.nlu"},
		{exitUsage, "not both", "train --out m.nlu --flow a --train b"},
		{exitUsage, "--out is missing", "train --train train.jsonl"},
		{exitUsage, "--cross-validate 1", "train --train train.jsonl --out m --cross-validate 1"},
		{exitUsage, "there are only 30 examples", "train --train train.jsonl --out m --cross-validate 31"},
		{exitUsage, "MODEL is missing (or --flow DIR)", "parse"},
		{exitUsage, "TEXT is missing", "explain m.nlu"},
		{exitUsage, `"b" is one argument too many`, "explain m.nlu a b"},
		{exitUsage, "--node needs --flow", "parse m.nlu --node a x"},
		{exitUsage, "--min-accuracy 101", "test m.nlu test.jsonl --min-accuracy 101"},
		{exitNotFound, "no such file", "parse --flow absent x"},
	} {
		out, errOut, code := d.run(append([]string{"nlu"}, strings.Fields(c.args)...)...)
		if code != c.code || !strings.Contains(out+errOut, c.want) {
			t.Errorf("dialwright nlu %s: exit code %d, want %d and %q:\n%s%s", c.args, code, c.code, c.want, out, errOut)
		}
	}
	if _, err := os.Stat("m.nlu"); err == nil {
		t.Error("a model was written from bad input")
	}
}

func TestNLUTrain(t *testing.T) {
	d := newDesk(t)
	travel(d)
	twice := `{"text":"Fly me to Oslo!","intent":"cancel"}` + "\n" + `{"text":"stop","intent":"cancel"}` + "\n" + `{"text":"stop","intent":"cancel"}` + "\n"
	d.write("twice.jsonl", twice)
	d.says(exitOK, []string{"m.nlu: 3 intents and 1 kinds of entities from 33 examples", "sha256 ", "several intents have", "[book cancel]",
		"more than once", "twice.jsonl:2", "Cross-validated in 3 parts", "PRECISION", "weather"},
		"nlu", "train", "--train", "train.jsonl", "--train", "twice.jsonl", "--out", "m.nlu", "--cross-validate", "3", "--confusion", "--risk")
	var first, again struct {
		Hash  string
		Bytes int64
	}
	for i, into := range []any{&first, &again} {
		out := d.must("nlu", "train", "--train", "train.jsonl", "--out", fmt.Sprintf("m%d.nlu", i), "--seed", "3", "--json")
		if err := json.Unmarshal([]byte(out), into); err != nil {
			t.Fatal(err)
		}
	}
	a, errA := os.ReadFile("m0.nlu")
	b, errB := os.ReadFile("m1.nlu")
	if errA != nil || errB != nil || !bytes.Equal(a, b) || first != again || int64(len(a)) != first.Bytes {
		t.Errorf("the same seed gives other files: %v %v, %d and %d bytes, %+v", errA, errB, len(a), len(b), first)
	}
	d.says(exitOK, []string{"text         fly me to Lima", "book", "city: Lima (10 to 14)", "sentiment    neutral"}, "nlu", "parse", "m0.nlu", "fly me to Lima")
	d.says(exitOK, []string{"WEIGHT", "rain", "for weather, against", "ALIKE", "will it rain tomorrow", "no example has: ", "crocodile"},
		"nlu", "explain", "m0.nlu", "will it rain on the crocodile")
	d.says(exitOK, []string{"10 sentences: ", "entities F1", "PRECISION"}, "nlu", "test", "m0.nlu", "test.jsonl", "--per-intent", "--min-accuracy", "50")
	d.write("odd.jsonl", `{"text":"fly me to Oslo","intent":"cancel"}`+"\n")
	d.says(exitTests, []string{"SENTENCE", "fly me to Oslo", "0.0 % are right, not 10"}, "nlu", "test", "m0.nlu", "odd.jsonl", "--min-accuracy", "10")
	var m struct {
		Wrong []struct {
			File string
			Line int
			Got  string
		}
	}
	out := d.must("nlu", "test", "m0.nlu", "odd.jsonl", "--json")
	if err := json.Unmarshal([]byte(out), &m); err != nil || len(m.Wrong) != 1 || m.Wrong[0].Got != "book" || m.Wrong[0].Line != 1 || m.Wrong[0].File != "odd.jsonl" {
		t.Errorf("%v %s", err, out)
	}
	if err := os.WriteFile("m0.nlu", append(a, 'x'), 0o600); err != nil {
		t.Fatal(err)
	}
	d.says(exitConfig, []string{"m0.nlu"}, "nlu", "parse", "m0.nlu", "hello")
}

func TestNLUOfAFlow(t *testing.T) {
	d := withShop(t)
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	d.says(exitOK, []string{"pay", "sentiment    negative"}, "nlu", "parse", "--flow", "shop", "i will pay", "this is terrible")
	d.says(exitNotFound, []string{`no node "bye" listens`}, "nlu", "parse", "--flow", "shop", "--node", "bye", "i will pay")
	d.says(exitOK, []string{"shop.nlu: 3 intents", "Within what a node expects", "greet", "all "},
		"nlu", "train", "--flow", "shop", "--out", "shop.nlu", "--cross-validate", "2")
	d.says(exitOK, []string{"speak to a person", "ALIKE"}, "nlu", "explain", "--flow", "shop", "could i speak to a person")
	d.write("said.jsonl", `{"text":"i will pay","intent":"pay"}`+"\n"+`{"text":"do not call me again","intent":"stop"}`+"\n")
	d.says(exitOK, []string{"2 sentences: 100.0 % right"}, "nlu", "test", "--flow", "shop", "said.jsonl", "--min-accuracy", "100")

	var out, errOut bytes.Buffer
	a := &app{in: strings.NewReader("i will pay\n\n不要再打了\n"), out: &out, err: &errOut, env: d.env, clock: fixed{}}
	if code := run(context.Background(), a, []string{"nlu", "parse", "--flow", "shop", "--node", "greet", "--json"}); code != exitOK {
		t.Fatalf("exit code %d: %s", code, errOut.String())
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 3 {
		t.Fatalf("%d answers to 3 lines:\n%s", len(lines), out.String())
	}
	var p struct {
		Text, Intent string
		Refused      bool
		Ranked       []struct{ Intent string }
		Entities     []any
	}
	if err := json.Unmarshal([]byte(lines[0]), &p); err != nil || p.Intent != "pay" || p.Refused || p.Entities == nil {
		t.Errorf("%v %s", err, lines[0])
	}
	if err := json.Unmarshal([]byte(lines[1]), &p); err != nil || p.Intent != "" || !p.Refused {
		t.Errorf("an empty line: %v %s", err, lines[1])
	}
}

// TestWaiting tells what goes on only when it takes long.
func TestWaiting(t *testing.T) {
	var out bytes.Buffer
	w := (&app{err: &out}).wait()
	w.say("quick")
	w.end()
	w.end()
	if out.Len() > 0 {
		t.Errorf("what was quick is told: %s", out.String())
	}
}

// TestNLUInterrupted ends soon when its owner wants it to end.
func TestNLUInterrupted(t *testing.T) {
	d := newDesk(t)
	travel(d)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	var out bytes.Buffer
	a := &app{in: strings.NewReader(""), out: &out, err: &out, env: d.env, clock: fixed{}}
	if code := run(ctx, a, []string{"nlu", "eval", "--train", "train.jsonl", "--test", "test.jsonl", "--seeds", "1000"}); code != exitFailure {
		t.Errorf("exit code %d: %s", code, out.String())
	}
}
