package voskwire

import (
	"reflect"
	"slices"
	"testing"
)

// FuzzParseClient: whatever is taken must be usable and survive being said again.
func FuzzParseClient(f *testing.F) {
	for _, s := range []string{
		EOF, Reset, `{"config":{"sample_rate":8000.0,"words":true,"phrase_list":["a","b"],"grammar":"g"}}`,
		`{"config":{"words":1}}`, `{"config":{"max_alternatives":4}}`, `{"config":{"max_alternatives":-1}}`, `{"config":null}`, `{"config":{"sample_rate":-1}}`, `{"eof":1,"reset":1}`, `{`, "\xff", `{"config":{"sample_rate":1e308}}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		kind, c, err := ParseClient(text)
		if err != nil || kind != KindConfig {
			return
		}
		if rate := int(c.SampleRate); rate < 0 || float64(rate) != c.SampleRate {
			t.Fatalf("rate %g", c.SampleRate)
		}
		again, err := c.Encode()
		if err != nil {
			t.Fatal(err)
		}
		kind, back, err := ParseClient(again)
		if len(c.PhraseList) == 0 {
			c.PhraseList = nil // an empty list is not sent
		}
		if err != nil || kind != KindConfig || !reflect.DeepEqual(back, c) {
			t.Fatalf("%s came back as %+v, %v; want %+v", again, back, err, c)
		}
	})
}

// FuzzParseReply: a reply that is taken has sane words.
func FuzzParseReply(f *testing.F) {
	for _, s := range []string{
		`{"partial":"x"}`, `{"text":""}`, `{"text":"a","result":[{"conf":1.1,"start":0,"end":0.5,"word":"a"}]}`,
		`{"text":"a","result":[{"start":-1}]}`, `{"text":null,"partial":null}`, `[]`, `{"text":"a","result":[{"end":1e300}]}`,
		`{"alternatives":[]}`, `{"alternatives":[{"confidence":1.0,"text":""}]}`, `{"alternatives":[{"confidence":"x"}]}`, `{"alternatives":[null]}`,
		`{"alternatives":[{"confidence":213.6,"text":" a","result":[{"start":0,"end":1,"word":"a"}]},{"conf":-0.3,"confidence":0.3,"text":"b"}]}`,
		`{"alternatives":[{"text":"a"}],"partial":"a"}`, `{"alternatives":[{"text":"a","result":[{"start":2,"end":1}]}]}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := ParseReply(text)
		if err != nil {
			return
		}
		for _, w := range r.Words {
			if w.Conf < 0 || w.Conf > 1 || w.Start < 0 || w.End < w.Start || w.End > maxSeconds {
				t.Fatalf("word %+v", w)
			}
		}
		for _, a := range append(r.Alternatives, Alternative{Conf: r.Conf}) {
			if a.Conf < 0 || a.Conf > 1 {
				t.Fatalf("alternative %+v", a)
			}
		}
		again, err := r.Encode()
		if err != nil {
			t.Fatal(err)
		}
		back, err := ParseReply(again)
		if err != nil || back.Final != r.Final || len(back.Words) != len(r.Words) || back.NBest != r.NBest || back.Conf != r.Conf ||
			!slices.Equal(back.Alternatives, r.Alternatives) {
			t.Fatalf("%s came back as %+v, %v", again, back, err)
		}
	})
}
