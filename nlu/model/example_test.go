package model

import (
	"context"
	"errors"
	"strings"
	"testing"
)

func TestReadJSONLines(t *testing.T) {
	list, err := ReadJSONLines(strings.NewReader("\ufeff"+`{"text":"来张信哲的歌","intent":"play","entities":[{"start":1,"end":4,"name":"singer","value":"张信哲"}]}

{"text":"nothing meant"}
`), "a.jsonl")
	if err != nil || len(list) != 2 || list[0].Entities[0].Value != "张信哲" || list[1].Intent != "" {
		t.Fatalf("%v, %v", list, err)
	}
	for text, want := range map[string]string{
		`{"text":"a","intent":"b"}` + "\n{": "f:2: reading the example",
		`{"intent":"b"}`:                    `f:1: no "text"`,
		`{"text":"a","label":"b"}`:          `f:1: reading the example: json: unknown field "label"`,
		`{"text":"a"}{"text":"b"}`:          "f:1: something follows",
		"\n\n\"a\"":                         "f:3: reading the example",
		"{\"text\":\"\xff\"}":               "f:1: not valid UTF-8",
		`{"text":"ab","entities":[{"start":1,"end":3,"name":"x"}]}`:                                 `f:1: entity 1 ("x"): characters 1 to 3 of a text of 2`,
		`{"text":"ab","entities":[{"start":1,"end":1,"name":"x"}]}`:                                 "characters 1 to 1",
		`{"text":"ab","entities":[{"start":0,"end":1}]}`:                                            "a name of 1 to 256 bytes",
		`{"text":"你好","entities":[{"start":0,"end":1,"name":"x","value":"好"}]}`:                     `the value is "好", but characters 0 to 1 are "你"`,
		`{"text":"abc","entities":[{"start":0,"end":2,"name":"x"},{"start":1,"end":3,"name":"y"}]}`: `entity 2 ("y") overlaps "x"`,
		`{"text":"` + strings.Repeat("a", maxText+1) + `"}`:                                         `"text" of 65537 bytes, at most 65536`,
		strings.Repeat("x", maxLine+1):                                                              "f:1: longer than 1048576 bytes",
	} {
		_, err := ReadJSONLines(strings.NewReader(text), "f")
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: %v, want %q", text, err, want)
		}
	}
}

func TestTrainTellsWhatIsWrong(t *testing.T) {
	for want, list := range map[string][]Example{
		"no examples":              nil,
		`example 2 ("b") has no`:   {{Text: "a", Intent: "x"}, {Text: "b"}},
		`example 1: no "text"`:     {{Intent: "x"}},
		"example 1: entity 1":      {{Text: "a", Intent: "x", Entities: []Entity{{Start: 0, End: 9, Name: "n"}}}},
		"\"intent\" of 300 bytes,": {{Text: "a", Intent: strings.Repeat("x", 300)}},
	} {
		if _, err := Train(context.Background(), list, Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Train(ctx, small(), Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestDegenerateSetsTrain(t *testing.T) {
	for name, list := range map[string][]Example{
		"one example":              {{Text: "hello", Intent: "x"}},
		"one intent":               {{Text: "hello", Intent: "x"}, {Text: "good day", Intent: "x"}, {Text: "hi", Intent: "x"}},
		"one each":                 {{Text: "hello", Intent: "x"}, {Text: "bye", Intent: "y"}},
		"two each":                 {{Text: "hello", Intent: "x"}, {Text: "bye", Intent: "y"}, {Text: "hello there", Intent: "x"}, {Text: "bye now", Intent: "y"}},
		"all the same":             {{Text: "a", Intent: "x"}, {Text: "a", Intent: "y"}, {Text: "a", Intent: "z"}},
		"no words":                 {{Text: "...", Intent: "x"}, {Text: "!", Intent: "y"}},
		"only blanks in a text":    {{Text: " ", Intent: "x"}, {Text: "yes", Intent: "y"}},
		"names that say nothing":   {{Text: "yes", Intent: "_"}, {Text: "no", Intent: "-/."}},
		"intents of unequal sizes": append(small(), Example{Text: "one alone", Intent: "alone"}),
	} {
		m, err := Train(context.Background(), list, Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, text := range []string{"hello", "...", "没有"} {
			checkResult(t, m, text)
		}
		m.Explain("hello there")
	}
}

func TestSpokenName(t *testing.T) {
	for name, want := range map[string]string{"card_arrival": "card arrival", "PlayMusic": "play music", "ask-name": "ask name", "转人工": "转人工", "a.b/c": "a b c"} {
		if got := spokenName(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
