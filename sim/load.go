package sim

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/dialwright/dialwright"
	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// LoadFile reads a persona file; see Load.
func LoadFile(path string) (*Script, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read personas: %w", err)
	}
	return Load(path, content)
}

// Load reads personas. Every mistake is a *Problem with file, line and column;
// errors.Join joins them. The name stands for the file in messages.
func Load(name string, content []byte) (*Script, error) {
	r := &reader{file: name}
	f, err := parser.ParseBytes(content, 0)
	if err != nil {
		return nil, syntaxProblem(name, err)
	}
	s := &Script{}
	if len(f.Docs) != 1 || f.Docs[0].Body == nil {
		return nil, &Problem{File: name, Line: 1, Column: 1, Message: "the file must hold one YAML document", Hint: "with customers and agents"}
	}
	r.fields(f.Docs[0].Body, "the file", map[string]func(ast.Node){
		"customers": func(n ast.Node) {
			r.list(n, "customers", func(n ast.Node) { s.Customers = append(s.Customers, r.persona(n, "customer")) })
		},
		"agents": func(n ast.Node) {
			r.list(n, "agents", func(n ast.Node) { s.Agents = append(s.Agents, r.persona(n, "agent")) })
		},
	})
	r.unique(f.Docs[0].Body, s)
	if err := r.err(); err != nil {
		return nil, err
	}
	return s, nil
}

func syntaxProblem(name string, err error) error {
	p := &Problem{File: name, Line: 1, Column: 1, Message: err.Error()}
	var y yaml.Error
	if errors.As(err, &y) {
		p.Message = y.GetMessage()
		if t := y.GetToken(); t != nil && t.Position != nil {
			p.Line, p.Column = t.Position.Line, t.Position.Column
		}
	}
	return p
}

// unique refuses two personas under one name or number.
func (r *reader) unique(at ast.Node, s *Script) {
	names, numbers := map[string]int{}, map[string]int{}
	for _, p := range append(append([]Persona(nil), s.Customers...), s.Agents...) {
		r.taken(names, p.Name, p.Line)
		r.taken(numbers, digits(p.Number), p.Line)
	}
	if len(s.Customers)+len(s.Agents) == 0 {
		r.fail(at, "with customers and agents", "nobody is in this file")
	}
}

func (r *reader) taken(by map[string]int, what string, line int) {
	if first, taken := by[what]; taken && what != "" {
		r.errs = append(r.errs, &Problem{File: r.file, Line: line, Column: 1, Message: fmt.Sprintf("%q is taken by the persona on line %d", what, first)})
	}
	by[what] = line
}

func (r *reader) persona(n ast.Node, role string) Persona {
	p := Persona{Language: "en", Trunk: "voice", Line: lineOf(n), Expect: Expect{Attempts: 1}}
	customer := role == "customer"
	known := map[string]func(ast.Node){
		"name":     func(n ast.Node) { p.Name = r.name(n) },
		"language": func(n ast.Node) { p.Language = r.oneOf(n, "language", "en", "zh") },
		"calls": func(n ast.Node) {
			r.list(n, "calls", func(n ast.Node) { p.Calls = append(p.Calls, r.steps(n)) })
		},
	}
	if customer {
		known["number"] = func(n ast.Node) { p.Number = r.number(n) }
		known["trunk"] = func(n ast.Node) { p.Trunk = r.oneOf(n, "trunk", "voice", "keys") }
		known["congested"] = func(n ast.Node) {
			r.list(n, "congested", func(n ast.Node) {
				p.Congested = append(p.Congested, r.oneOf(n, "congested trunk", TrunkA, TrunkB, TrunkKeys))
			})
		}
		known["contact"] = func(n ast.Node) { p.Contact = r.contact(n) }
		known["expect"] = func(n ast.Node) { r.expect(n, &p.Expect) }
	}
	if !r.fields(n, role, known) {
		return p
	}
	r.complete(n, p, role)
	return p
}

// contact reads fields of a customer's own. Name and number are the persona's.
func (r *reader) contact(n ast.Node) map[string]string {
	m, ok := n.(*ast.MappingNode)
	if !ok {
		r.fail(n, "contact: {balance: 1200}", "contact must be a mapping, not %s", kindOf(n))
		return nil
	}
	out := map[string]string{}
	for _, v := range m.Values {
		key := v.Key.GetToken().Value
		if _, twice := out[key]; twice || key == "name" || key == "number" || key == "zone" || key == "" {
			r.fail(v.Key, "", "contact cannot have the key %q here", key)
			continue
		}
		out[key] = r.text(v.Value, "contact."+key)
	}
	return out
}

// complete reports what a persona lacks.
func (r *reader) complete(n ast.Node, p Persona, role string) {
	who := role + " " + p.Name
	if p.Name == "" {
		who = "this " + role
		r.fail(n, "", "%s has no name", who)
	}
	if role == "customer" && p.Number == "" {
		r.fail(n, "", "%s has no number", who)
	}
	if role == "customer" && p.Expect.Disposition == "" {
		r.fail(n, "expect: {disposition: answered}", "%s does not say what to expect", who)
	}
	if len(p.Calls) == 0 {
		r.fail(n, "calls: [[ring: 1s, answer, …]]", "%s does nothing when called", who)
	}
	if p.Trunk == "keys" && len(p.Sentences()) > 0 {
		r.fail(n, "let them press keys, or use trunk: voice", "%s speaks, but the keys trunk is too narrow for speech", who)
	}
}

func (r *reader) name(n ast.Node) string {
	s := r.text(n, "name")
	if s == "" || strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		r.fail(n, "", "name %q must be of small letters, digits and dashes", s)
	}
	return s
}

func (r *reader) number(n ast.Node) string {
	s := r.text(n, "number")
	if d := digits(s); len(d) < 7 || len(d) > 15 || strings.TrimPrefix(s, "+") != d { // E.164: 15 at most
		r.fail(n, `as in "+8613800000001", in quotes`, "number %q is not a telephone number", s)
	}
	return s
}

func digits(s string) string {
	return strings.Map(func(c rune) rune {
		if c < '0' || c > '9' {
			return -1
		}
		return c
	}, s)
}

func (r *reader) oneOf(n ast.Node, what string, words ...string) string {
	s := r.text(n, what)
	for _, w := range words {
		if s == w {
			return s
		}
	}
	r.fail(n, "one of "+strings.Join(words, ", "), "%s cannot be %q", what, s)
	return s
}

func words(all []dialwright.Disposition) []string {
	var w []string
	for _, d := range all {
		w = append(w, string(d))
	}
	return w
}

func (r *reader) expect(n ast.Node, e *Expect) {
	r.fields(n, "expect", map[string]func(ast.Node){
		"attempts": func(n ast.Node) { e.Attempts = r.integer(n, "attempts") },
		"disposition": func(n ast.Node) {
			e.Disposition = dialwright.Disposition(r.text(n, "disposition"))
			if !e.Disposition.Valid() {
				r.fail(n, "one of "+strings.Join(words(dialwright.Dispositions()), ", "), "there is no disposition %q", e.Disposition)
			}
		},
		"outcome":  func(n ast.Node) { e.Outcome = r.text(n, "outcome") },
		"transfer": func(n ast.Node) { e.Transfer = r.text(n, "transfer") },
		"dnc":      func(n ast.Node) { e.DNC = r.boolean(n, "dnc") },
		"callback": func(n ast.Node) { e.Callback = r.boolean(n, "callback") },
		"slots": func(n ast.Node) {
			m, ok := n.(*ast.MappingNode)
			if !ok {
				r.fail(n, "", "slots must be a mapping, not %s", kindOf(n))
				return
			}
			e.Slots = map[string]string{}
			for _, v := range m.Values {
				e.Slots[v.Key.GetToken().Value] = r.text(v.Value, "a slot's value")
			}
		},
	})
}
