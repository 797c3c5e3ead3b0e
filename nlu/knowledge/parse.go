package knowledge

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/dialwright/dialwright/nlu"
)

// Limits of what one file may hold.
const (
	MaxBytes   = 8 << 20
	maxEntries = 100_000
	maxText    = 2000 // characters of an answer: longer than anybody listens
)

// Problem is what is wrong with a knowledge file.
type Problem struct {
	File         string
	Line, Column int
	Message      string
}

// Error is file:line:column: message.
func (p *Problem) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Message)
}

// document is a knowledge file as it is written.
type document struct {
	Language  string                 `yaml:"language"`
	Questions []question             `yaml:"questions"`
	Things    map[string]thingSpec   `yaml:"things"`
	Relations map[string]relatedSpec `yaml:"relations"`
	Facts     [][]string             `yaml:"facts"`
}

type question struct {
	Ask    list   `yaml:"ask"`
	Answer string `yaml:"answer"`
	Source string `yaml:"source"`
}

type thingSpec struct {
	Name string `yaml:"name"`
	Also list   `yaml:"also"`
	Kind string `yaml:"kind"`
}

// said tells whether a thing is more than a name that facts in CSV mention.
func (t thingSpec) said() bool { return len(t.Also) > 0 || t.Kind != "" }

type relatedSpec struct {
	Ask list   `yaml:"ask"`
	Say string `yaml:"say"`
}

// list is one text or several.
type list []string

// UnmarshalYAML implements goccy's interface.
func (l *list) UnmarshalYAML(unmarshal func(any) error) error {
	var one string
	if unmarshal(&one) == nil {
		*l = list{one}
		return nil
	}
	var many []string
	if err := unmarshal(&many); err != nil {
		return err
	}
	*l = many
	return nil
}

// File is one file of a body of knowledge.
type File struct {
	Name   string // in problems, and in sources of entries that name none
	Source []byte
}

// Parse reads a body of knowledge out of one or more files: YAML, or CSV when
// the name ends in .csv, with the columns question and answer, or subject,
// relation and object, and perhaps source. language is for files that do not
// say theirs. The error is a *Problem.
func Parse(language string, files ...File) (*Base, error) {
	if len(files) == 0 {
		return nil, &Problem{"", 1, 1, "no file"}
	}
	all := &reader{at: map[string]place{}}
	whole := document{Language: language, Things: map[string]thingSpec{}, Relations: map[string]relatedSpec{}}
	size := 0
	for _, f := range files {
		if size += len(f.Source); size > MaxBytes {
			return nil, &Problem{f.Name, 1, 1, fmt.Sprintf("with this file it is more than %d bytes", MaxBytes)}
		}
		p := &reader{file: f.Name, at: map[string]place{}}
		read := p.yaml
		if strings.HasSuffix(strings.ToLower(f.Name), ".csv") {
			read = p.csv
		}
		doc, err := read(f.Source)
		if err == nil {
			err = all.join(&whole, p, doc)
		}
		if err != nil {
			return nil, err
		}
	}
	return all.build(whole)
}

// join adds a file's document to the whole.
func (p *reader) join(whole *document, one *reader, doc document) error {
	if p.file == "" {
		p.file = one.file
		if doc.Language != "" {
			whole.Language = doc.Language
		}
	}
	if doc.Language != "" && doc.Language != whole.Language {
		return one.errorf("", "its language is %q, that of the files before it %q", doc.Language, whole.Language)
	}
	for i, q := range doc.Questions {
		p.at[fmt.Sprintf("questions/%d", len(whole.Questions))] = one.at[fmt.Sprintf("questions/%d", i)]
		whole.Questions = append(whole.Questions, q)
	}
	for i, f := range doc.Facts {
		p.at[fmt.Sprintf("facts/%d", len(whole.Facts))] = one.at[fmt.Sprintf("facts/%d", i)]
		whole.Facts = append(whole.Facts, f)
	}
	for id, t := range doc.Things {
		if _, twice := whole.Things[id]; twice && t.said() {
			return one.errorf("things/"+id, "%s is described in another file already", id)
		} else if twice {
			continue
		}
		whole.Things[id], p.at["things/"+id] = t, one.at["things/"+id]
	}
	for id, r := range doc.Relations {
		if _, twice := whole.Relations[id]; twice && r.Say != "" {
			return one.errorf("relations/"+id, "%s is described in another file already", id)
		} else if twice {
			continue
		}
		whole.Relations[id], p.at["relations/"+id] = r, one.at["relations/"+id]
	}
	return nil
}

type place struct {
	file      string
	line, col int
}

// reader remembers where things stand in the file.
type reader struct {
	file string
	at   map[string]place // "questions/3" to where it stands
}

func (p *reader) errorf(key, format string, args ...any) error {
	at := p.at[key]
	if at.file == "" {
		at = place{p.file, 1, 1}
	}
	return &Problem{at.file, at.line, at.col, fmt.Sprintf(format, args...)}
}

func (p *reader) yaml(src []byte) (document, error) {
	var doc document
	tree, err := parser.ParseBytes(src, 0)
	if err == nil {
		err = refuseAliases(tree)
	}
	if err == nil {
		err = yaml.NewDecoder(bytes.NewReader(src), yaml.Strict(), yaml.DisallowUnknownField()).Decode(&doc)
	}
	switch {
	case errors.Is(err, io.EOF):
		return doc, &Problem{p.file, 1, 1, "the file is empty"}
	case err != nil:
		var at yaml.Error
		if errors.As(err, &at) && at.GetToken() != nil {
			return doc, &Problem{p.file, at.GetToken().Position.Line, at.GetToken().Position.Column, at.GetMessage()}
		}
		line, _, _ := strings.Cut(err.Error(), "\n")
		return doc, &Problem{p.file, 1, 1, line}
	}
	p.remember(tree)
	return doc, nil
}

// refuseAliases keeps a file of a few lines from growing to gigabytes.
func refuseAliases(tree *ast.File) error {
	for _, d := range tree.Docs {
		if d.Body == nil {
			continue
		}
		if len(ast.Filter(ast.AliasType, d.Body)) > 0 {
			return errors.New("aliases are not part of a knowledge file: write it out")
		}
	}
	return nil
}

// remember notes the lines of the top level's entries.
func (p *reader) remember(tree *ast.File) {
	for _, d := range tree.Docs {
		m, ok := d.Body.(*ast.MappingNode)
		if !ok {
			continue
		}
		for _, v := range m.Values {
			section := v.Key.GetToken().Value
			switch body := v.Value.(type) {
			case *ast.SequenceNode:
				for i, item := range body.Values {
					p.at[fmt.Sprintf("%s/%d", section, i)] = p.place(item)
				}
			case *ast.MappingNode:
				for _, e := range body.Values {
					p.at[section+"/"+e.Key.GetToken().Value] = p.place(e.Key)
				}
			}
		}
	}
}

// place is where a node begins; the token of a mapping is its first colon.
func (p *reader) place(n ast.Node) place {
	switch v := n.(type) {
	case *ast.MappingNode:
		if len(v.Values) > 0 && !v.IsFlowStyle {
			return p.place(v.Values[0].Key)
		}
	case *ast.MappingValueNode:
		return p.place(v.Key)
	}
	at := n.GetToken().Position
	return place{p.file, at.Line, at.Column}
}

func (p *reader) csv(src []byte) (document, error) {
	var doc document
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(src, []byte("\xef\xbb\xbf"))))
	head, err := r.Read()
	if err != nil {
		return doc, &Problem{p.file, 1, 1, "the first line must name the columns: question,answer,source or subject,relation,object,source"}
	}
	col := map[string]int{"source": -1}
	for i, h := range head {
		col[strings.ToLower(strings.TrimSpace(h))] = i
	}
	has := func(names ...string) bool {
		return !slices.ContainsFunc(names, func(n string) bool { _, ok := col[n]; return !ok })
	}
	asked, graph := has("question", "answer"), has("subject", "relation", "object")
	if asked == graph {
		return doc, &Problem{p.file, 1, 1, "the columns must be question,answer,source or subject,relation,object,source"}
	}
	if graph {
		doc.Things, doc.Relations = map[string]thingSpec{}, map[string]relatedSpec{}
	}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return doc, nil
		}
		var bad *csv.ParseError
		if errors.As(err, &bad) {
			return doc, &Problem{p.file, bad.Line, bad.Column, bad.Err.Error()}
		}
		line, _ := r.FieldPos(0)
		source := ""
		if c := col["source"]; c >= 0 {
			source = row[c]
		}
		if asked {
			p.at[fmt.Sprintf("questions/%d", len(doc.Questions))] = place{p.file, line, 1}
			doc.Questions = append(doc.Questions, question{list{row[col["question"]]}, row[col["answer"]], source})
			continue
		}
		p.at[fmt.Sprintf("facts/%d", len(doc.Facts))] = place{p.file, line, 1}
		s, rel := row[col["subject"]], row[col["relation"]]
		doc.Things[s], doc.Relations[rel] = thingSpec{Name: s}, relatedSpec{Ask: list{rel}}
		doc.Facts = append(doc.Facts, []string{s, rel, row[col["object"]], source})
	}
}

func (p *reader) build(doc document) (*Base, error) {
	b := &Base{Name: p.file, Language: doc.Language, things: map[string]*thing{}, relation: map[string]*relation{}, facts: map[factKey][]fact{}}
	if doc.Language != "en" && doc.Language != "zh" {
		return nil, p.errorf("", "language must be en or zh, not %q", doc.Language)
	}
	if n := len(doc.Questions) + len(doc.Facts); n == 0 || n > maxEntries {
		return nil, p.errorf("", "it has %d questions and facts; it needs at least one, and at most %d", n, maxEntries)
	}
	var texts []string
	for i, q := range doc.Questions {
		key := fmt.Sprintf("questions/%d", i)
		if len(q.Ask) == 0 || strings.TrimSpace(q.Answer) == "" {
			return nil, p.errorf(key, "a question needs ask and answer")
		}
		if len([]rune(q.Answer)) > maxText {
			return nil, p.errorf(key, "the answer has more than %d characters: nobody listens to that on a telephone", maxText)
		}
		for _, a := range q.Ask {
			if len(nlu.Tokens(a)) == 0 {
				return nil, p.errorf(key, "the question %q has no words", a)
			}
			texts, b.asked = append(texts, a), append(b.asked, len(b.passages))
		}
		b.passages = append(b.passages, passage{q.Ask[0], strings.TrimSpace(q.Answer), p.source(q.Source, key)})
	}
	b.index = newIndex(texts)
	return b, p.graph(b, doc)
}

// source of an entry: its own, or the place where it is written.
func (p *reader) source(own, key string) string {
	if own = strings.TrimSpace(own); own != "" {
		return own
	}
	return fmt.Sprintf("%s:%d", p.at[key].file, p.at[key].line)
}
