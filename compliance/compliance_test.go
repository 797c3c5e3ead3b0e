package compliance_test

import (
	"context"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/compliance"
)

const number dialwright.Number = "+8613800138000"

// monday noon in Shanghai.
var noon = time.Date(2026, 3, 2, 4, 0, 0, 0, time.UTC)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := compliance.LoadZone(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func hours(t testing.TB, text string) compliance.Hours {
	t.Helper()
	h, err := compliance.ParseHours(text)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// ledger is one number's history.
type ledger struct {
	history compliance.History
	audit   []compliance.Decision
	err     error
}

func (l *ledger) History(context.Context, compliance.Request) (compliance.History, error) {
	return l.history, l.err
}

func (l *ledger) Reserve(_ context.Context, _ compliance.Request, decide func(compliance.History) compliance.Decision) (compliance.Decision, error) {
	if l.err != nil {
		return compliance.Decision{}, l.err
	}
	d := decide(l.history)
	l.audit = append(l.audit, d)
	return d, nil
}

type fixed time.Time

func (f fixed) Now() time.Time { return time.Time(f) }

func tries(ago ...time.Duration) []compliance.PastTry {
	var out []compliance.PastTry
	for i, a := range ago {
		out = append(out, compliance.PastTry{Call: dialwright.CallID(rune('a' + i)), At: noon.Add(-a)})
	}
	return out
}

func TestDecisions(t *testing.T) {
	shanghai := zone(t, "Asia/Shanghai")
	many := tries(2*time.Minute, 10*time.Minute, 20*time.Minute, 30*time.Minute, 50*time.Minute)
	night := noon.Add(10 * time.Hour)
	for _, c := range []struct {
		name    string
		history compliance.History
		change  func(*compliance.Request)
		rule    string
		retry   time.Time
	}{
		{"nothing against it", compliance.History{}, nil, compliance.RuleOK, time.Time{}},
		{"stopped", compliance.History{StopAll: true}, nil, compliance.RuleStopAll, time.Time{}},
		{"listed", compliance.History{DNC: true, DNCSince: noon, DNCWhy: "no"}, nil, compliance.RuleDNC, time.Time{}},
		{"listed, by hand", compliance.History{DNC: true}, func(r *compliance.Request) { r.Operator = "anna" }, compliance.RuleDNC, time.Time{}},
		{"listed, appointment", compliance.History{DNC: true}, func(r *compliance.Request) { r.Appointment = true }, compliance.RuleDNC, time.Time{}},
		{"not a number", compliance.History{}, func(r *compliance.Request) { r.Number = "110" }, compliance.RuleNumber, time.Time{}},
		{"not in E.164", compliance.History{}, func(r *compliance.Request) { r.Number = "+86 13800138000" }, compliance.RuleNumber, time.Time{}},
		{"night", compliance.History{}, func(r *compliance.Request) { r.At = night }, compliance.RuleLegalHours, noon.Add(20 * time.Hour)},
		{"night, appointment", compliance.History{}, func(r *compliance.Request) { r.At, r.Appointment = night, true }, compliance.RuleLegalHours, noon.Add(20 * time.Hour)},
		{"night, by hand", compliance.History{}, func(r *compliance.Request) { r.At, r.Operator = night, "anna" }, compliance.RuleOK, time.Time{}},
		{"no zone", compliance.History{}, func(r *compliance.Request) { r.Zone = nil }, compliance.RuleZone, time.Time{}},
		{"the campaign's zone", compliance.History{}, func(r *compliance.Request) { r.Zone, r.Rules.Zone = nil, shanghai }, compliance.RuleOK, time.Time{}},
		{"the contact's zone goes first", compliance.History{}, func(r *compliance.Request) { r.Zone, r.Rules.Zone = zone(t, "America/New_York"), shanghai }, compliance.RuleLegalHours, noon.Add(9 * time.Hour)},
		{"lunch", compliance.History{}, func(r *compliance.Request) { r.Rules.Hours = hours(t, "mon-fri 09:00-12:00 14:00-18:00") }, compliance.RuleHours, noon.Add(2 * time.Hour)},
		{"tried just now", compliance.History{Tries: tries(30 * time.Second)}, nil, compliance.RuleCap, noon.Add(30 * time.Second)},
		{"tried just now in this call", compliance.History{Tries: tries(30 * time.Second)}, func(r *compliance.Request) { r.Call = "a" }, compliance.RuleOK, time.Time{}},
		{"five in the hour", compliance.History{Tries: many}, nil, compliance.RuleCap, noon.Add(10 * time.Minute)},
		{"five in the hour in this call", compliance.History{Tries: many}, func(r *compliance.Request) { r.Call = "a" }, compliance.RuleCap, noon.Add(10 * time.Minute)},
		{"five in the hour, appointment", compliance.History{Tries: many}, func(r *compliance.Request) { r.Appointment = true }, compliance.RuleOK, time.Time{}},
		{"five in the hour, by hand", compliance.History{Tries: many}, func(r *compliance.Request) { r.Operator = "anna" }, compliance.RuleOK, time.Time{}},
		{"no caps", compliance.History{Tries: many}, func(r *compliance.Request) { r.Rules.Caps = []compliance.Cap{} }, compliance.RuleOK, time.Time{}},
		{"one leaves the hour now", compliance.History{Tries: tries(2*time.Minute, 10*time.Minute, 20*time.Minute, 30*time.Minute, time.Hour)}, nil, compliance.RuleOK, time.Time{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			req := compliance.Request{Campaign: "c", Contact: "k", Call: "now", Try: 1, Number: number, Zone: shanghai, At: noon}
			if c.change != nil {
				c.change(&req)
			}
			l := &ledger{history: c.history}
			gate := compliance.NewGate(l, fixed(noon))
			clearance, d, err := gate.Clear(t.Context(), req)
			if err != nil {
				t.Fatal(err)
			}
			if d.Rule != c.rule || d.Allowed != (c.rule == compliance.RuleOK) || !d.RetryAt.Equal(c.retry) || d.Why == "" {
				t.Errorf("decided %+v; want %s, again at %s", d, c.rule, c.retry)
			}
			if (clearance != nil) != d.Allowed || len(l.audit) != 1 {
				t.Errorf("clearance %v, audit %v", clearance, l.audit)
			}
			all, err := gate.Explain(t.Context(), req)
			if err != nil {
				t.Fatal(err)
			}
			refused := ""
			for _, e := range all {
				if !e.Allowed && refused == "" {
					refused = e.Rule
				}
			}
			if refused != "" && refused != c.rule || refused == "" && c.rule != compliance.RuleOK {
				t.Errorf("explained by %q, decided by %q", refused, c.rule)
			}
		})
	}
}

func TestClearErrors(t *testing.T) {
	good := compliance.Request{Call: "c", Try: 1, Number: number, Zone: time.UTC, At: noon.Add(6 * time.Hour)}
	down := errors.New("the database is away")
	if c, d, err := compliance.NewGate(&ledger{err: down}, fixed(noon)).Clear(t.Context(), good); c != nil || d.Allowed || !errors.Is(err, down) {
		t.Errorf("without a ledger: %v, %v, %v", c, d, err)
	}
	if _, err := compliance.NewGate(&ledger{err: down}, fixed(noon)).Explain(t.Context(), good); !errors.Is(err, down) {
		t.Errorf("explained without a ledger: %v", err)
	}
	for name, spoil := range map[string]func(*compliance.Request){
		"no call":     func(r *compliance.Request) { r.Call = "" },
		"no try":      func(r *compliance.Request) { r.Try = 0 },
		"no hours":    func(r *compliance.Request) { r.Rules.Hours = hours(t, "mon 22:00-23:00") },
		"empty legal": func(r *compliance.Request) { r.Rules.Legal = compliance.Window{From: 600, To: 500} },
		"zero cap":    func(r *compliance.Request) { r.Rules.Caps = []compliance.Cap{{Max: 0, Within: time.Hour}} },
	} {
		l := &ledger{}
		req := good
		spoil(&req)
		if c, d, err := compliance.NewGate(l, fixed(noon)).Clear(t.Context(), req); c != nil || d.Allowed || err == nil || len(l.audit) != 0 {
			t.Errorf("%s: %v, %v, %v", name, c, d, err)
		}
	}
}

func TestClearanceIsSpentOnce(t *testing.T) {
	give := func() *compliance.Clearance {
		c, _, err := compliance.NewGate(&ledger{}, fixed(noon)).Clear(t.Context(),
			compliance.Request{Call: "c", Try: 2, Number: number, Zone: zone(t, "Asia/Shanghai")})
		if err != nil || c == nil {
			t.Fatal(c, err)
		}
		return c
	}
	c := give()
	for _, other := range []error{c.Use("d", 2, number, noon), c.Use("c", 1, number, noon), c.Use("c", 2, number+"1", noon)} {
		if !errors.Is(other, compliance.ErrOther) {
			t.Errorf("on another leg: %v", other)
		}
	}
	if err := c.Use("c", 2, number, noon.Add(compliance.ClearanceLife)); err != nil {
		t.Errorf("at the last moment: %v", err)
	}
	if err := c.Use("c", 2, number, noon); !errors.Is(err, compliance.ErrUsed) {
		t.Errorf("again: %v", err)
	}
	if err := give().Use("c", 2, number, noon.Add(compliance.ClearanceLife+1)); !errors.Is(err, compliance.ErrExpired) {
		t.Errorf("too late: %v", err)
	}
	if err := (*compliance.Clearance)(nil).Use("c", 2, number, noon); !errors.Is(err, compliance.ErrNone) {
		t.Errorf("none: %v", err)
	}
}

// There is no way to a clearance but through the gate: its fields cannot be
// set from outside, the zero value is worthless, and inside the package one
// function makes it.
func TestOnlyTheGateMakesClearances(t *testing.T) {
	typ := reflect.TypeFor[compliance.Clearance]()
	for i := range typ.NumField() {
		if typ.Field(i).IsExported() {
			t.Errorf("field %s can be set from outside", typ.Field(i).Name)
		}
	}
	for i := range reflect.PointerTo(typ).NumMethod() {
		if name := reflect.PointerTo(typ).Method(i).Name; name != "Use" {
			t.Errorf("method %s may be a way around", name)
		}
	}
	if err := new(compliance.Clearance).Use("", 0, "", noon); !errors.Is(err, compliance.ErrNone) {
		t.Errorf("the zero clearance: %v", err)
	}
	var made []string
	for file, tree := range sources(t) {
		ast.Inspect(tree, func(n ast.Node) bool {
			if lit, ok := n.(*ast.CompositeLit); ok && named(lit.Type, "Clearance") {
				made = append(made, file)
			}
			if call, ok := n.(*ast.CallExpr); ok && named(call.Fun, "new") && len(call.Args) == 1 && named(call.Args[0], "Clearance") {
				made = append(made, file)
			}
			return true
		})
	}
	if !reflect.DeepEqual(made, []string{filepath.Join("compliance", "gate.go")}) {
		t.Errorf("clearances are made in %v", made)
	}
}

func named(e ast.Expr, want string) bool {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name == want
	case *ast.SelectorExpr:
		return e.Sel.Name == want
	}
	return false
}

// sources are the project's Go files without tests, by path.
func sources(t *testing.T) map[string]*ast.File {
	t.Helper()
	files := map[string]*ast.File{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && strings.HasPrefix(d.Name(), ".") && path != ".." {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		tree, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if tree == nil {
			return err
		}
		rel, err := filepath.Rel("..", path)
		files[rel] = tree
		return err
	})
	if err != nil || len(files) < 10 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	return files
}
