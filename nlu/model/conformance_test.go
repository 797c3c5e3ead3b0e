package model_test

import (
	"context"
	"testing"

	"github.com/dialwright/dialwright/nlu"
	"github.com/dialwright/dialwright/nlu/model"
	"github.com/dialwright/dialwright/nlu/nlutest"
)

func intents() []nlu.Intent {
	return []nlu.Intent{
		{Name: "promise", Phrases: []string{"I will pay tomorrow", "I can pay on Friday", "yes I will transfer it", "我明天还", "周五我会还款"}},
		{Name: "refuse", Phrases: []string{"forget it, you get nothing", "I have no intention of paying", "我不还", "一分钱都不给"}},
		{Name: "call_me", Phrases: []string{"call me later", "ring me back this evening", "晚点再打给我", "回头打给我"}},
		{Name: "human", Phrases: []string{"I want to talk to a human", "give me an agent", "转人工", "我要人工客服"}},
	}
}

func names() []string { return []string{"promise", "refuse", "call_me", "human"} }

func cases() []nlutest.Case {
	return []nlutest.Case{{Text: "I will pay tomorrow", Intent: "promise"}, {Text: "could I talk to a human please", Intent: "human"}, {Text: "我明天还", Intent: "promise"}, {Text: "请转人工", Intent: "human"},
		{Text: "please ring me back in the evening", Intent: "call_me"}}
}

func TestModelKeepsTheContract(t *testing.T) {
	nlutest.Run(t, func(t *testing.T) nlutest.Setup {
		var list []model.Example
		for _, in := range intents() {
			for _, p := range in.Phrases {
				list = append(list, model.Example{Text: p, Intent: in.Name})
			}
		}
		m, err := model.Train(context.Background(), list, model.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return nlutest.Setup{Classifier: m, Intents: names(), Cases: cases()}
	})
}

func TestHybridKeepsTheContract(t *testing.T) {
	nlutest.Run(t, func(t *testing.T) nlutest.Setup {
		return nlutest.Setup{Classifier: hybrid(t), Intents: names(), Cases: cases()}
	})
}

func TestPhrasesKeepTheContract(t *testing.T) {
	nlutest.Run(t, func(*testing.T) nlutest.Setup {
		return nlutest.Setup{Classifier: nlu.NewPhrases(intents()), Intents: names(), Cases: cases()}
	})
}

func hybrid(t testing.TB) *model.Hybrid {
	h, err := model.NewHybrid(context.Background(), intents(), model.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestHybridKeepsWhatPhrasesDecide(t *testing.T) {
	h := hybrid(t)
	for _, in := range intents() {
		for _, p := range in.Phrases {
			got, ok := nlu.Decide(h.Classify(nlu.Query{Text: p, Among: names()}), 0.5, 0.05)
			if !ok || got.Intent != in.Name {
				t.Errorf("%q, word for word an example of %s: %v", p, in.Name, got)
			}
		}
	}
	for _, text := range []string{"do not call me later", "please don't ring me back this evening", "I will not pay tomorrow", "别晚点再打给我"} {
		got, ok := nlu.Decide(h.Classify(nlu.Query{Text: text, Among: names()}), 0.5, 0.05)
		if ok && (got.Intent == "call_me" || got.Intent == "promise") {
			t.Errorf("%q: the negation was lost: %v", text, got)
		}
	}
}

func TestHybridWithoutPhrasesUnderstandsNothing(t *testing.T) {
	h, err := model.NewHybrid(context.Background(), nil, model.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := h.Classify(nlu.Query{Text: "hello", Among: []string{"a"}}); len(got) != 0 || h.Model() != nil {
		t.Errorf("got %v", got)
	}
}
