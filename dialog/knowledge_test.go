package dialog

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"
)

// What is wrong with knowledge is told when the flow is loaded, at its place.
func TestKnowledgeOfAFlow(t *testing.T) {
	flow := `flow: f
knowledge: {faq: [faq.yaml, prices.csv]}
intents: {question: [i have a question]}
opt_out: true
nodes:
  ask:
    say: Yes?
    listen: {intents: {question: told}, no_input: [{end: x}], no_match: [{goto: told}]}
  told: {answer: {knowledge: faq, goto: ask, unknown: ask, failed: ask}}
on_hangup: {outcome: hung_up}
`
	files := fstest.MapFS{
		"d/flow.yaml":  {Data: []byte(flow)},
		"d/faq.yaml":   {Data: []byte("questions:\n- {ask: when do you open, answer: At nine.}\n")},
		"d/prices.csv": {Data: []byte("subject,relation,object\nGold Loan,fee,one percent\n")},
	}
	f, err := ParseFS(files, "d")
	if err != nil {
		t.Fatal(err)
	}
	for question, want := range map[string]string{"when do you open": "At nine.", "the fee of the gold loan": "The fee of Gold Loan is one percent."} {
		if a, _ := f.Bases()["faq"].Ask(question); a.Text != want {
			t.Errorf("%q: %+v", question, a)
		}
	}
	files["d/faq.yaml"].Data = []byte("questions:\n- {ask: when do you open}\n")
	var problems Problems
	if _, err = ParseFS(files, "d"); !errors.As(err, &problems) || !strings.HasPrefix(problems.Error(), "d/faq.yaml:2:3: a question needs ask and answer") {
		t.Errorf("a question without an answer: %v", err)
	}
}
