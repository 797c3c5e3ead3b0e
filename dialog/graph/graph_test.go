package graph_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/dialog/graph"
)

// hostile is what must come out of a picture as text and nothing else.
const hostile = `</script><script>alert(1)</script><img src=x onerror=alert(2)>"]; end [x="&amp;<!-- \" \N ]] --> %% ` + "`code`" + ` #quot; {{not a place`

func load(t *testing.T, dir string) *dialog.Flow {
	t.Helper()
	f, err := dialog.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func parse(t *testing.T, src string) *dialog.Flow {
	t.Helper()
	f, err := dialog.Parse("flow.yaml", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func draw(t *testing.T, f *dialog.Flow, c *graph.Coverage, format graph.Format) string {
	t.Helper()
	out, err := graph.Draw(f, c, format)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func hostileFlow(t *testing.T) *dialog.Flow {
	text, _ := json.Marshal(strings.ReplaceAll(strings.ReplaceAll(hostile, "{{", "{ {"), "<", "‹‹"))
	name, _ := json.Marshal(`a</script><script>"];`)
	// Markup is refused in prompts, so it comes in names, phrases, outcomes.
	phrase, _ := json.Marshal(hostile)
	return parse(t, fmt.Sprintf(`flow: %[3]s
intents: {"x</script><b>": [%[1]s]}
defaults:
  no_input: [{end: none}]
  no_match: [{end: %[1]s}]
on_hangup: {outcome: gone}
opt_out: true
nodes:
  "n<script>alert(1)</script>":
    say: %[2]s
    listen: {intents: {"x</script><b>": "m\"]-->"}}
  "m\"]-->": {say: %[2]s, end: %[1]s}
`, phrase, text, name))
}

func TestFormatsOfTheFlowsThereAre(t *testing.T) {
	for _, name := range []string{"renewal", "renewal-zh"} {
		f := load(t, "../../testdata/flows/"+name)
		for _, format := range graph.Formats() {
			out := draw(t, f, nil, format)
			for _, n := range f.Nodes() {
				if format != graph.FormatMermaid && !strings.Contains(out, n) {
					t.Errorf("%s as %s: %s is missing", name, format, n)
				}
			}
		}
	}
	if _, err := graph.Draw(load(t, "../../testdata/flows/renewal"), nil, "png"); err == nil {
		t.Error("an unknown format is drawn")
	}
}

// What is heard everywhere is one line, not one from each node.
func TestEverywhereIsOnePill(t *testing.T) {
	out := draw(t, load(t, "../../testdata/flows/renewal"), nil, graph.FormatMermaid)
	if n := strings.Count(out, `(["human"])`); n != 1 {
		t.Errorf("human is drawn %d times\n%s", n, out)
	}
	if n := strings.Count(out, "no#95;input 3"); n != 1 {
		t.Errorf("the flow's ladder is drawn %d times", n)
	}
	if !strings.Contains(out, "-.->|\"no#95;match 3\"|") {
		t.Error("a node's own ladder is missing")
	}
}

var mermaidLine = regexp.MustCompile(`^ *(flowchart TD|[np]\d+(\[/|\(\[|\[\[|\[|\{)"[^"\[\]{}()<>|]*(<b>[^"\[\]{}()<>|]*</b>(<br/>[^"\[\]{}()<>|]*)?)?"(/\]|\]\)|\]\]|\]|\})|[np]\d+ (-->|-\.->)(\|"[^"\[\]{}()<>|]*"\|)? n\d+|classDef \w+ [\w#:,. -]+|class [np]\d+ \w+|subgraph g\d+\["[^"]*"\]|end)$`)

// Whatever a flow says, each line of the output is one of the few forms that
// are written, and text holds nothing that could end its quotes.
func TestMermaidHoldsHostileText(t *testing.T) {
	for _, f := range []*dialog.Flow{hostileFlow(t), load(t, "../../testdata/flows/renewal-zh")} {
		for _, line := range strings.Split(strings.TrimSpace(draw(t, f, &graph.Coverage{}, graph.FormatMermaid)), "\n") {
			if !mermaidLine.MatchString(line) {
				t.Errorf("no line of ours: %s", line)
			}
		}
	}
}

// tokensOfDOT reads DOT as its grammar has it: words, quoted strings, marks.
func tokensOfDOT(t *testing.T, s string) []string {
	t.Helper()
	token := regexp.MustCompile(`^(?:\s+|"(?:[^"\\]|\\.)*"|->|[\[\]{};,=]|[A-Za-z_][A-Za-z0-9_]*|-?[0-9.]+)`)
	var out []string
	for s != "" {
		m := token.FindString(s)
		if m == "" {
			t.Fatalf("no token of DOT: %.60s", s)
		}
		if w := strings.TrimSpace(m); w != "" {
			out = append(out, w)
		}
		s = s[len(m):]
	}
	return out
}

func TestDOTHoldsHostileText(t *testing.T) {
	for _, f := range []*dialog.Flow{hostileFlow(t), load(t, "../../testdata/flows/renewal")} {
		tokens := tokensOfDOT(t, draw(t, f, &graph.Coverage{}, graph.FormatDOT))
		if tokens[0] != "digraph" || tokens[2] != "{" || tokens[len(tokens)-1] != "}" {
			t.Fatalf("%v", tokens[:5])
		}
		depth, edges := 0, 0
		for i, tok := range tokens {
			switch tok {
			case "{", "[":
				depth++
			case "}", "]":
				depth--
			case "->":
				edges++
				if !strings.HasPrefix(tokens[i+1], "n") {
					t.Errorf("a line to %s", tokens[i+1])
				}
			case "script", "alert", "img":
				t.Errorf("%s stands outside quotes", tok)
			}
			if depth < 0 {
				t.Fatal("a bracket too many is closed")
			}
		}
		if depth != 0 || edges == 0 {
			t.Errorf("%d brackets open, %d edges", depth, edges)
		}
	}
}

// elements counts what a browser would make of a page.
func elements(t *testing.T, page string) (count map[string]int, data string) {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	count = map[string]int{}
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.ElementNode {
			count[n.Data]++
			for _, a := range n.Attr {
				if strings.HasPrefix(strings.ToLower(a.Key), "on") {
					t.Errorf("an attribute %s", a.Key)
				}
				if (a.Key == "src" || a.Key == "href") && a.Val != "" {
					t.Errorf("the page loads %s", a.Val)
				}
				if a.Key == "id" && a.Val == "data" {
					data = n.FirstChild.Data
				}
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(doc)
	return count, data
}

func TestPageHoldsHostileText(t *testing.T) {
	plain, _ := elements(t, draw(t, load(t, "../../testdata/flows/renewal"), nil, graph.FormatHTML))
	page := draw(t, hostileFlow(t), nil, graph.FormatHTML)
	count, data := elements(t, page)
	for name := range count {
		if plain[name] == 0 {
			t.Errorf("a %s got into the page", name)
		}
	}
	if count["script"] != 2 || count["img"] != 0 || count["b"] != 0 {
		t.Errorf("%v", count)
	}
	var m graph.Model
	if err := json.Unmarshal([]byte(data), &m); err != nil || m.Intents[0].Phrases[0] != hostile {
		t.Errorf("what the script knows: %v, %v", err, m.Intents)
	}
	if !strings.Contains(page, "default-src 'none'") || strings.Contains(page, "http-equiv=\"refresh\"") || regexp.MustCompile(`(?:src|href)="?https?:`).MatchString(page) {
		t.Error("the page is not closed")
	}
}

func TestCoverageIsShown(t *testing.T) {
	f := load(t, "../../testdata/flows/renewal")
	c := &graph.Coverage{Tests: 3, Visits: map[string]int{"greet": 9, "offer": 1}, Walks: []graph.Walk{{From: "greet", To: "offer", Count: 1}}}
	page := draw(t, f, c, graph.FormatHTML)
	for _, want := range []string{`class="node k-listen cov3 start" id="n1"`, `class="node k-listen cov1" id="n2"`, `class="node k-transfer cov0"`, `class="line main cov1" data-from="n1" data-to="n2"`, `×9`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if out := draw(t, f, c, graph.FormatDOT); strings.Count(out, "#ffebe9") != 12 {
		t.Errorf("%d nodes are marked as untested", strings.Count(out, "#ffebe9"))
	}
	if out := draw(t, f, c, graph.FormatMermaid); strings.Count(out, " untested\n") != 12 {
		t.Errorf("Mermaid marks %d nodes", strings.Count(out, " untested\n"))
	}
	var m graph.Model
	if err := json.Unmarshal([]byte(draw(t, f, c, graph.FormatJSON)), &m); err != nil || m.Coverage.Visits["greet"] != 9 || len(m.Nodes) != 14 || m.Details["greet"].Keys[1].To != "offer" {
		t.Errorf("%v %+v", err, m.Coverage)
	}
}

func TestSubFlowIsAPictureOfItsOwn(t *testing.T) {
	f := parse(t, `flow: f
slots: {day: date}
defaults: {no_input: [{end: silent}], no_match: [{end: lost}]}
on_hangup: {outcome: gone}
flows:
  pay:
    slots: {when: date}
    result: [when]
    nodes:
      q: {say: When?, ask: {slot: when, goto: done}}
      done: {end: ok}
nodes:
  a: {run: {flow: pay, into: {day: when}, goto: b}}
  b: {end: fine}
`)
	out := draw(t, f, nil, graph.FormatMermaid)
	if !strings.Contains(out, `subgraph g1["pay"]`) || strings.Count(out, " n1 -") != 1 {
		t.Errorf("%s", out)
	}
	if page := draw(t, f, nil, graph.FormatHTML); !strings.Contains(page, `data-flow="pay"`) || !strings.Contains(page, `data-node="pay/q"`) {
		t.Error("the page has no frame for the sub-flow")
	}
}
