package library

import (
	"testing"

	"github.com/dialwright/dialwright/nlu"
)

// However few intents a flow has, not everything means one of them.
func TestFewIntents(t *testing.T) {
	optOut := nlu.Intent{Name: "opt_out", Phrases: []string{"do not call me again", "stop calling me", "take me off your list", "remove my number", "never call me again"}}
	repeat := nlu.Intent{Name: "repeat", Phrases: []string{"say that again", "repeat that please", "pardon", "what did you say"}}
	zh := nlu.Intent{Name: "opt_out", Phrases: []string{"不要再打了", "别再给我打电话", "以后不要打给我", "把我的号码删掉"}}
	for name, c := range map[string]struct {
		intents []nlu.Intent
		none    []string
		meant   map[string]string
	}{
		"one": {[]nlu.Intent{optOut}, []string{"purple elephants sing", "the weather is nice", "yesterday at half past five", "what is this about", "yes", "tomorrow"}, map[string]string{"please just stop calling me all the time": "opt_out"}},
		"two": {[]nlu.Intent{optOut, repeat}, []string{"last tuesday at four", "green apples are sweet", "five hundred dollars", "yes of course"}, map[string]string{"could you repeat that for me please": "repeat"}},
		"中文":  {[]nlu.Intent{zh}, []string{"昨天下午五点", "今天下雨了", "好的", "五百块"}, map[string]string{"求你们不要再打给我了": "opt_out"}},
	} {
		classifier := Learn(c.intents)
		var among []string
		for _, in := range c.intents {
			among = append(among, in.Name)
		}
		for _, text := range c.none {
			if best, ok := nlu.Decide(classifier.Classify(nlu.Query{Text: text, Among: among}), 0.5, 0.03); ok {
				t.Errorf("%s: %q is taken for %s with %.2f", name, text, best.Intent, best.Score)
			}
		}
		for text, want := range c.meant {
			if best, ok := nlu.Decide(classifier.Classify(nlu.Query{Text: text, Among: among}), 0.5, 0.03); !ok || best.Intent != want {
				t.Errorf("%s: %q: %v %+v", name, text, ok, classifier.Classify(nlu.Query{Text: text, Among: among}))
			}
		}
	}
}
