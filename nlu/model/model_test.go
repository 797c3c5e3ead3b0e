package model

import (
	"bytes"
	"context"
	"sync"
	"testing"

	"github.com/dialwright/dialwright/nlu"
)

// small examples of five intents of a debt reminder, in two languages.
func small() []Example {
	var out []Example
	for intent, texts := range map[string][]string{
		"pay": {"I will pay tomorrow", "I can pay on Friday", "yes I will transfer the money", "我明天还", "周五我会还款", "我马上转账"},
		"no":  {"I will not pay", "no I am not paying anything", "forget it", "我不还", "我没钱还", "不会还的"},
		"who": {"who are you", "who is calling please", "which company is this", "你是谁", "你们是哪家公司", "请问哪里打来的"},
		"how": {"how much is it", "how much do I owe you", "what is the amount", "我欠多少钱", "金额是多少", "要还多少"},
		"man": {"I want to talk to a human", "give me an agent please", "can I speak to a person", "转人工", "我要人工客服", "找个真人跟我说"},
	} {
		for _, t := range texts {
			out = append(out, Example{Text: t, Intent: intent})
		}
	}
	return sorted(out)
}

func sorted(ex []Example) []Example {
	for i := range ex { // maps have no order, training examples do
		for j := i; j > 0 && ex[j].Text < ex[j-1].Text; j-- {
			ex[j], ex[j-1] = ex[j-1], ex[j]
		}
	}
	return ex
}

// smallModel is trained once for all tests that need no other: it does not change.
var smallModel = sync.OnceValues(func() (*Model, error) {
	return Train(context.Background(), small(), Options{})
})

func trainSmall(t testing.TB, opt Options) *Model {
	t.Helper()
	m, err := smallModel()
	if opt != (Options{}) {
		m, err = Train(context.Background(), small(), opt)
	}
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestModelUnderstandsWhatItWasNotTaught(t *testing.T) {
	m := trainSmall(t, Options{})
	for text, want := range map[string]string{
		"tomorrow I will pay": "pay", "who is this calling": "who", "how much money do I owe": "how", "我要转人工": "man",
		"请问你是谁": "who", "我明天转账": "pay", "欠了多少": "how", "I am not paying": "no",
	} {
		res := m.Parse(text)
		if res.Intent != want {
			t.Errorf("%q: %s (%.2f), want %s", text, res.Intent, res.Score, want)
		}
	}
}

func TestSameSeedSameBytesOnAnyNumberOfWorkers(t *testing.T) {
	var first []byte
	for _, workers := range []int{1, 2, 7} {
		var b bytes.Buffer
		if _, err := trainSmall(t, Options{Seed: 5, Workers: workers}).WriteTo(&b); err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = b.Bytes()
		} else if !bytes.Equal(first, b.Bytes()) {
			t.Errorf("%d workers trained another model", workers)
		}
	}
	var b bytes.Buffer
	if _, err := trainSmall(t, Options{Seed: 6}).WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(first, b.Bytes()) {
		t.Error("another seed trained the same model")
	}
}

func TestFileKeepsEverything(t *testing.T) {
	m := trainSmall(t, Options{})
	var b bytes.Buffer
	if _, err := m.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	back, err := Read(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if back.Hash() != m.Hash() {
		t.Error("another hash after reading")
	}
	for _, ex := range small() {
		a, b := m.Parse(ex.Text), back.Parse(ex.Text)
		if a.Intent != b.Intent || a.Score != b.Score || a.InScope != b.InScope {
			t.Errorf("%q: %v before, %v after", ex.Text, a, b)
		}
	}
}

func TestAmongRestricts(t *testing.T) {
	m := trainSmall(t, Options{})
	got := m.Classify(nlu.Query{Text: "how much do I owe you", Among: []string{"pay", "how", "unknown"}})
	if len(got) == 0 || got[0].Intent != "how" || got[0].Score < 0.5 {
		t.Errorf("expected intents: %v", got)
	}
	for _, c := range m.Classify(nlu.Query{Text: "how much do I owe you", Among: []string{"pay", "no"}}) {
		if c.Score > 0.6 {
			t.Errorf("pressed into what is expected: %v", c)
		}
	}
}
