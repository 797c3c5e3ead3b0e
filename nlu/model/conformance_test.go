package model_test

import (
	"context"
	"sync"
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
	m := hybrid(t).Model()
	nlutest.Run(t, func(*testing.T) nlutest.Setup {
		return nlutest.Setup{Classifier: m, Intents: names(), Cases: cases()}
	})
}

func TestHybridKeepsTheContract(t *testing.T) {
	h := hybrid(t)
	nlutest.Run(t, func(*testing.T) nlutest.Setup {
		return nlutest.Setup{Classifier: h, Intents: names(), Cases: cases()}
	})
}

func TestPhrasesKeepTheContract(t *testing.T) {
	nlutest.Run(t, func(*testing.T) nlutest.Setup {
		return nlutest.Setup{Classifier: nlu.NewPhrases(intents()), Intents: names(), Cases: cases()}
	})
}

// trainedHybrid is trained once for all tests: it does not change.
var trainedHybrid = sync.OnceValues(func() (*model.Hybrid, error) {
	return model.NewHybrid(context.Background(), intents(), model.Options{})
})

func hybrid(t testing.TB) *model.Hybrid {
	t.Helper()
	h, err := trainedHybrid()
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

// What customers say who have not read the examples.
func heldOut() map[string][]string {
	return map[string][]string{
		"promise": {"I can transfer the money tomorrow", "on Friday I will pay it", "okay I'll pay you on Friday", "我周五还款", "明天我会还的"},
		"refuse":  {"you will get nothing from me", "I won't give you anything, forget it", "我一分钱都不会给"},
		"call_me": {"could you ring me this evening", "please call back later", "你晚点打给我吧", "回头再打"},
		"human":   {"let me talk to an agent", "I would like a human please", "帮我转人工客服", "我要找人工"},
	}
}

func TestHybridIsNoWorseThanItsPhrases(t *testing.T) {
	phrases, h := nlu.NewPhrases(intents()), hybrid(t)
	right := func(c nlu.Classifier) (n int) {
		for want, texts := range heldOut() {
			for _, text := range texts {
				if got, ok := nlu.Decide(c.Classify(nlu.Query{Text: text, Among: names()}), 0.5, 0.1); ok && got.Intent == want {
					n++
				}
			}
		}
		return n
	}
	was, is := right(phrases), right(h)
	t.Logf("phrases alone decide %d rightly, together with the model %d", was, is)
	if is < was || is < 12 {
		t.Errorf("phrases alone decide %d rightly, together with the model %d of 16", was, is)
	}
	for _, text := range []string{"the weather is fine over the mountains", "penguins eat fish", "番茄炒鸡蛋很香"} {
		if got, ok := nlu.Decide(h.Classify(nlu.Query{Text: text, Among: names()}), 0.5, 0.1); ok {
			t.Errorf("%q means none of them, got %v", text, got)
		}
	}
}
