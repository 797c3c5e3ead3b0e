package starter

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/dialog/library"
	"github.com/dialwright/dialwright/nlu"
)

// heldOut is a sentence that is in no example, what it means, and the node
// where it is said.
type heldOut struct {
	Text   string `json:"text"`
	Intent string `json:"intent"`
	Node   string `json:"node"`
}

// leastRight is the percentage of held-out sentences that must be understood
// among the intents their node expects, with what the flow's own examples
// teach: 95 where nothing is said.
var leastRight = map[string]float64{"zh/marketing": 90}

// What people say in other words than the examples is understood. Where the
// files lie, at least leastHeldOut sentences are wanted.
func TestHeldOutSentences(t *testing.T) {
	const leastHeldOut = 150
	for _, tm := range all(t) {
		file := filepath.Join(dirOf(tm), "testdata", "nlu-holdout.jsonl")
		if _, err := os.Stat(file); err != nil {
			if tm.Name == "collections" || tm.Name == "marketing" {
				t.Errorf("%s/%s: %v", tm.Language, tm.Name, err)
			}
			continue
		}
		t.Run(tm.Language+"/"+tm.Name, func(t *testing.T) {
			flow, err := library.Load(dirOf(tm))
			if err != nil {
				t.Fatal(err)
			}
			sentences := readHeldOut(t, file, flow)
			if len(sentences) < leastHeldOut {
				t.Errorf("%d sentences, fewer than %d", len(sentences), leastHeldOut)
			}
			exact, led, wrong := understood(flow, flow.Classifier(), sentences)
			_, bare, _ := understood(flow, nlu.NewPhrases(flow.Examples()), sentences)
			percent := func(n int) float64 { return 100 * float64(n) / float64(len(sentences)) }
			t.Logf("%d sentences: %.1f %% lead where they should (%.1f %% by the very intent; %.1f %% by comparing phrases alone)",
				len(sentences), percent(led), percent(exact), percent(bare))
			for _, w := range wrong {
				t.Log(w)
			}
			least, own := leastRight[tm.Language+"/"+tm.Name]
			if !own {
				least = 95
			}
			if percent(led) < least {
				t.Errorf("%.1f %% of the sentences lead where they should, fewer than %.0f", percent(led), least)
			}
		})
	}
}

// readHeldOut makes sure that no sentence is an example, and that each is
// expected where it is said.
func readHeldOut(t *testing.T, file string, flow *dialog.Flow) []heldOut {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	examples := map[string]bool{}
	for _, in := range flow.Examples() {
		for _, ph := range in.Phrases {
			examples[strings.Join(nlu.Tokens(ph), " ")] = true
		}
	}
	var out []heldOut
	scan := bufio.NewScanner(f)
	for scan.Scan() {
		var h heldOut
		if err := json.Unmarshal(scan.Bytes(), &h); err != nil {
			t.Fatalf("%s: %q: %v", file, scan.Text(), err)
		}
		if examples[strings.Join(nlu.Tokens(h.Text), " ")] {
			t.Errorf("%s: %q is an example of the flow", file, h.Text)
		}
		if !slices.Contains(flow.IntentsAt(h.Node), h.Intent) {
			t.Errorf("%s: node %s does not expect %s", file, h.Node, h.Intent)
		}
		out = append(out, h)
	}
	if err := scan.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// understood counts the sentences whose best intent, among those the node
// expects, is the right one, and those that lead where the right one leads:
// at a node where "no" and "no need" have one way on they are one answer.
func understood(flow *dialog.Flow, c nlu.Classifier, sentences []heldOut) (exact, led int, wrong []string) {
	ways := map[[2]string]string{}
	for _, e := range flow.Graph().Edges {
		if e.Kind == dialog.EdgeIntent {
			ways[[2]string{e.From, e.Label}] = e.To
		}
	}
	for _, h := range sentences {
		got, score := "nothing", 0.0
		if ranked := c.Classify(nlu.Query{Text: h.Text, Among: flow.IntentsAt(h.Node)}); len(ranked) > 0 {
			got, score = ranked[0].Intent, ranked[0].Score
		}
		to := ways[[2]string{h.Node, got}]
		switch {
		case got == h.Intent:
			exact++
			led++
		case to != "" && to == ways[[2]string{h.Node, h.Intent}]:
			led++
		default:
			wrong = append(wrong, fmt.Sprintf("%s at %s: %s %.2f, not %s", h.Text, h.Node, got, score, h.Intent))
		}
	}
	return exact, led, wrong
}
