package dialog_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/nlu/knowledge"
)

// docPage is a language's page of the reference.
type docPage struct {
	file, language string
	base           []docSection // what an example leaves out is taken from here
	intents        string       // under the examples' own
	start, goodbye string       // the nodes an example begins and ends with
}

type docSection struct{ key, text string }

func docPages() []docPage {
	return []docPage{
		{"../docs/flow.md", "en", []docSection{
			{"flow", "flow: example\n"},
			{"intents", "intents: {\"yes\": [yes], \"no\": [no]}\n"},
			{"defaults", "defaults: {no_input: [{end: no_input}], no_match: [{end: no_match}]}\n"},
			{"on_hangup", "on_hangup: {outcome: hung_up}\n"},
		}, "  \"yes\": [yes]\n  \"no\": [no]\n", "greet", "  goodbye: {end: done}\n"},
		{"../docs/flow.zh-CN.md", "zh", []docSection{
			{"flow", "flow: 例子\n"},
			{"language", "language: zh\n"},
			{"intents", "intents: {是: [是的], 否: [不是]}\n"},
			{"defaults", "defaults: {no_input: [{end: 无应答}], no_match: [{end: 未听懂}]}\n"},
			{"on_hangup", "on_hangup: {outcome: 挂断}\n"},
		}, "  是: [是的]\n  否: [不是]\n", "开场", "  再见: {end: 完成}\n"},
	}
}

var (
	fence    = regexp.MustCompile("(?ms)^```([^\n]*)\n(.*?)^```$")
	topKey   = regexp.MustCompile(`(?m)^([a-z_]+):`)
	nodesKey = regexp.MustCompile(`(?m)^nodes:\n`)
)

// complete makes a flow of a fragment: sections that are missing, intents that
// mean yes and no, and a node to end with.
func (p docPage) complete(example string) string {
	has := map[string]bool{}
	for _, m := range topKey.FindAllStringSubmatch(example, -1) {
		has[m[1]] = true
	}
	if has["flow"] {
		return example
	}
	if has["intents"] {
		example = strings.Replace(example, "intents:\n", "intents:\n"+p.intents, 1)
	}
	if !has["nodes"] {
		example += "nodes:\n  " + p.start + ": {say: \"1\", end: done}\n"
	}
	end, _, _ := strings.Cut(strings.TrimSpace(p.goodbye), ":")
	if strings.Contains(example, end) && !strings.Contains(example, "  "+end+":") {
		example = nodesKey.ReplaceAllString(example, "nodes:\n"+p.goodbye)
		if !has["start"] && !has["on_answer"] {
			example = "start: " + p.start + "\n" + example
		}
	}
	var head strings.Builder
	for _, s := range p.base {
		if !has[s.key] {
			head.WriteString(s.text)
		}
	}
	return head.String() + example
}

// files are the files a page shows ("yaml file NAME"), and recordings of a
// tenth of a second for those it only names.
func (p docPage) files(blocks [][]string) fstest.MapFS {
	out := fstest.MapFS{}
	for _, b := range blocks {
		if _, name, ok := strings.Cut(b[1], " file "); ok {
			out[name] = &fstest.MapFile{Data: []byte(b[2])}
		}
		for _, wav := range regexp.MustCompile(`[\pL0-9_/]+\.wav`).FindAllString(b[2], -1) {
			out[wav] = &fstest.MapFile{Data: silentWAV()}
		}
	}
	return out
}

// silentWAV is 100 ms of silence at 8 kHz, 16 bits, mono.
func silentWAV() []byte {
	const data = 1600
	var b bytes.Buffer
	b.WriteString("RIFF")
	for _, v := range []any{uint32(36 + data), []byte("WAVEfmt "), uint32(16), uint16(1), uint16(1), uint32(8000), uint32(16000), uint16(2), uint16(16), []byte("data"), uint32(data), make([]byte, data)} {
		if err := binary.Write(&b, binary.LittleEndian, v); err != nil {
			panic(err) // a bytes.Buffer takes everything
		}
	}
	return b.Bytes()
}

// load loads an example as flow.yaml beside the files of its page.
func (p docPage) load(files fstest.MapFS, src string) (*dialog.Flow, error) {
	dir := fstest.MapFS{}
	for name, f := range files {
		dir["d/"+name] = f
	}
	dir["d/flow.yaml"] = &fstest.MapFile{Data: []byte(src)}
	return dialog.ParseFS(dir, "d")
}

// harmless are warnings an example may have: it shows one thing, not a whole flow.
var harmless = []string{"never listened for", "not to be called again"}

// TestDocs loads every example of the language reference, in both languages,
// and compares the mistakes it shows with what the loader says.
func TestDocs(t *testing.T) {
	counts := map[string]int{}
	for _, p := range docPages() {
		text, err := os.ReadFile(p.file)
		if err != nil {
			t.Fatal(err)
		}
		blocks := fence.FindAllStringSubmatch(string(text), -1)
		files := p.files(blocks)
		for i, b := range blocks {
			kind, name, _ := strings.Cut(b[1], " file ")
			switch kind {
			case "yaml":
				if name == "" || name == "flow.yaml" {
					p.checkExample(t, i, files, b[2])
				}
			case "yaml knowledge", "csv knowledge":
				if _, err := knowledge.Parse(p.language, knowledge.File{Name: name, Source: []byte(b[2])}); err != nil {
					t.Errorf("%s, block %d: %v", p.file, i+1, err)
				}
			case "yaml bad":
				_, err := dialog.Parse("flow.yaml", []byte(b[2]))
				var problems dialog.Problems
				if !errors.As(err, &problems) || i+1 >= len(blocks) || blocks[i+1][1] != "text" || strings.TrimSpace(blocks[i+1][2]) != err.Error() {
					t.Errorf("%s, block %d says\n%v", p.file, i+1, err)
				}
			case "text", "sh":
				continue
			default:
				t.Errorf("%s: a block of kind %q is not checked", p.file, b[1])
			}
			counts[p.language]++
		}
	}
	if counts["en"] < 35 || counts["zh"] != counts["en"] {
		t.Errorf("the pages have %v examples; they should show the same", counts)
	}
}

func (p docPage) checkExample(t *testing.T, i int, files fstest.MapFS, example string) {
	t.Helper()
	src := p.complete(example)
	f, err := p.load(files, src)
	if err != nil {
		t.Errorf("%s, block %d:\n%v\n%s", p.file, i+1, err, src)
		return
	}
	for _, w := range f.Warnings {
		if !slices.ContainsFunc(harmless, func(h string) bool { return strings.Contains(w.Message, h) }) {
			t.Errorf("%s, block %d: %v\n%s", p.file, i+1, w, src)
		}
	}
}
