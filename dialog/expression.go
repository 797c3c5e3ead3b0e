package dialog

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/expr-lang/expr"
	exprast "github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/types"
	"github.com/expr-lang/expr/vm"
	"github.com/goccy/go-yaml/ast"
)

// expression is a compiled expression of a flow. The language is expr's
// without the functions that loop, read the clock or convert encodings: what
// is left always ends, and means the same whenever it is run.
type expression struct {
	source  string
	program *vm.Program
	names   []string // it uses
	reads   []string // of these, slots whose value it wants, not only whether they have one
	at      pos
}

var allowedFunctions = []string{"abs", "ceil", "floor", "round", "int", "float", "string", "trim", "upper", "lower", "len", "min", "max",
	"split", "replace", "indexOf", "hasPrefix", "hasSuffix", "duration"}

const maxExpressionNodes = 300

// reserved are the names an expression knows besides the slots.
func reserved() []string {
	return []string{"contact", "outcome", "transfer", "now", "ended", "intent", "text", "filled", "variant"}
}

// scope is the types of all names an expression may use.
func (f *Flow) scope() types.Map {
	m := types.Map{
		"outcome":  types.String,
		"now":      types.TypeOf(time.Time{}),
		"ended":    types.Bool,
		"intent":   types.String,
		"text":     types.String,
		"filled":   types.TypeOf(func(string) bool { return false }),
		"variant":  types.TypeOf(func(string) string { return "" }),
		"transfer": types.Map{"status": types.String, "agent": types.String, "waited": types.Float64, "talked": types.Float64},
	}
	contact := types.Map{}
	for name, s := range f.contact {
		contact[name] = typeOf(s.zero())
	}
	m["contact"] = contact
	for name, t := range softNames() {
		m[name] = t
	}
	memory := types.Map{}
	for name, s := range f.slots {
		m[name] = typeOf(s.zero())
		memory[name] = m[name]
	}
	if f.slots["memory"] == nil {
		m["memory"] = memory
	}
	return m
}

// typeOf is the type of a value in expressions. A consent is a mapping there:
// given the struct, expr (v1.17.8) fails to compile its fields.
func typeOf(zero any) types.Type {
	if _, ok := zero.(Consent); ok {
		return types.Map{"given": types.Bool, "at": types.TypeOf(time.Time{}), "position": types.TypeOf(time.Duration(0)), "words": types.String}
	}
	return types.TypeOf(zero)
}

// shown is a value as expressions see it.
func shown(v any) any {
	if c, ok := v.(Consent); ok {
		return map[string]any{"given": c.Given, "at": c.At, "position": c.Position, "words": c.Words}
	}
	return v
}

// softNames are words of expressions that a slot of the same name hides.
func softNames() types.Map {
	return types.Map{
		"variant":    types.TypeOf(func(string) string { return "" }),
		"attempts":   types.TypeOf(func(string) int { return 0 }),
		"asked":      types.TypeOf(func(string) int { return 0 }),
		"weekday":    types.TypeOf(func(time.Time) string { return "" }),
		"hour":       types.TypeOf(func(time.Time) int { return 0 }),
		"days_until": types.TypeOf(func(time.Time) int { return 0 }),
	}
}

// compile checks and compiles source; p is where it begins in the file.
func (l *loader) compile(source string, p pos, want expr.Option) *expression {
	options := []expr.Option{expr.Env(l.scope), expr.DisableAllBuiltins(), expr.MaxNodes(maxExpressionNodes)}
	for _, name := range allowedFunctions {
		options = append(options, expr.EnableBuiltin(name))
	}
	if want != nil {
		options = append(options, want)
	}
	program, err := expr.Compile(source, options...)
	if err != nil {
		l.expressionError(err, p)
		return nil
	}
	e := &expression{source: source, program: program, at: p}
	if !l.inspect(e, p) {
		return nil
	}
	return e
}

// inspect finds the names an expression uses, and checks those in quotes.
func (l *loader) inspect(e *expression, p pos) bool {
	ok := true
	node := e.program.Node()
	exprast.Walk(&node, visitFunc(func(n exprast.Node) { // children come first
		switch n := n.(type) {
		case *exprast.IdentifierNode:
			if !slices.Contains(e.names, n.Value) {
				e.names = append(e.names, n.Value)
			}
			if l.flow.slots[n.Value] != nil && !slices.Contains(e.reads, n.Value) {
				e.reads = append(e.reads, n.Value)
			}
		case *exprast.CallNode:
			if callee, isName := n.Callee.(*exprast.IdentifierNode); isName && len(n.Arguments) == 1 {
				ok = l.quotedName(callee.Value, n, p) && ok
			}
		}
	}))
	return ok
}

// quotedName checks the argument of filled("slot") and its like.
func (l *loader) quotedName(function string, call *exprast.CallNode, p pos) bool {
	var known []string
	what := "slot"
	switch {
	case function != "filled" && l.flow.slots[function] != nil:
		return true
	case function == "filled" || function == "asked":
		known = l.slotNames()
	case function == "attempts":
		what = "node" // checked with the other pointers to nodes
	case function == "variant":
		what, known = "experiment", slices.Collect(maps.Keys(l.flow.experiments))
	default:
		return true
	}
	at := pos{p.line, p.col + call.Location().From}
	name, isText := call.Arguments[0].(*exprast.StringNode)
	if !isText {
		hint := map[string]string{"filled": `for example filled("callback_at")`}[function]
		l.errorf(at, hint, "%s wants a %s's name in quotes", function, what)
		return false
	}
	switch {
	case what == "node":
		l.refs = append(l.refs, namedRef{ref{l.qualified(name.Value), at}, "attempts", name.Value})
		l.flow.counted["node "+l.qualified(name.Value)] = true
	case !slices.Contains(known, name.Value):
		l.errorf(at, hintAmong(name.Value, known), "%s names an unknown %s %q", function, what, name.Value)
		return false
	case function == "variant":
		l.flow.experiments[name.Value].used = true
	case function == "asked":
		l.flow.counted["slot "+name.Value] = true
	}
	return true
}

type visitFunc func(exprast.Node)

// Visit implements expr's visitor.
func (v visitFunc) Visit(n *exprast.Node) { v(*n) }

func (l *loader) expressionError(err error, p pos) {
	var where *file.Error
	if !errors.As(err, &where) {
		l.errorf(p, "", "the expression is wrong: %s", firstLine(err.Error()))
		return
	}
	col := p.col + where.Column
	if where.Line > 1 {
		col = p.col
	}
	hint := ""
	if name, ok := strings.CutPrefix(where.Message, "unknown name "); ok {
		hint = hintAmong(name, append(l.slotNames(), append(reserved(), allowedFunctions...)...))
	} else if name, ok := strings.CutPrefix(where.Message, "unknown field "); ok {
		hint = orElse(didYouMean(name, slices.Collect(maps.Keys(l.flow.contact))), "declare it under contact:")
	}
	l.errorf(pos{p.line, col}, hint, "the expression is wrong: %s", strings.TrimSpace(where.Message))
}

// scalarAt is where the text of a scalar begins: behind its opening quote.
func scalarAt(n ast.Node) pos {
	p := at(n)
	if v, ok := n.(*ast.StringNode); ok {
		if origin := strings.TrimLeft(v.GetToken().Origin, " \n\t"); strings.HasPrefix(origin, `"`) || strings.HasPrefix(origin, "'") {
			p.col++
		}
	}
	return p
}

// condition compiles an expression that must be true or false.
func (l *loader) condition(n ast.Node) *expression {
	if b, ok := n.(*ast.BoolNode); ok {
		return l.compile(fmt.Sprint(b.Value), at(n), expr.AsBool())
	}
	source, ok := l.word(n, "if")
	if !ok {
		return nil
	}
	return l.compile(source, scalarAt(n), expr.AsBool())
}

// eval runs an expression on a session.
func (s *Session) eval(e *expression) (any, error) { return s.evalWith(e, nil) }

// evalWith is eval with a result of work at hand.
func (s *Session) evalWith(e *expression, result any) (any, error) {
	v, err := expr.Run(e.program, s.env(e, result))
	if err != nil {
		var where *file.Error
		if errors.As(err, &where) {
			err = errors.New(where.Message)
		}
		return nil, fmt.Errorf("evaluate %q: %w", e.source, err)
	}
	return v, nil
}

// env is what an expression can see, as far as it looks.
func (s *Session) env(e *expression, result any) map[string]any {
	env := make(map[string]any, len(e.names))
	for _, name := range e.names {
		env[name] = s.nameValue(name, result)
	}
	return env
}

func (s *Session) nameValue(name string, result any) any {
	if sl := s.slotNamed(name); sl != nil {
		if v := s.value(name); v != nil {
			return shown(v)
		}
		return shown(sl.zero())
	}
	switch name {
	case "outcome":
		return s.st.Outcome
	case "now":
		return s.now
	case "ended":
		return s.st.Ended
	case "intent":
		return s.st.Intent
	case "text":
		return s.st.Text
	case "filled":
		return func(name string) bool { return s.value(name) != nil }
	case "transfer":
		return map[string]any{
			"status": s.st.Transfer.Status, "agent": s.st.Transfer.Agent,
			"waited": s.st.Transfer.Waited.Seconds(), "talked": s.st.Transfer.Talked.Seconds(),
		}
	case "contact":
		return orZero(s.flow.contact, s.st.Contact)
	case "memory":
		return orZero(s.flow.slots, s.st.Memory)
	case "result":
		return result
	}
	return s.softName(name)
}

// orZero are values by name, zero where there is none.
func orZero(slots map[string]*slot, values map[string]any) map[string]any {
	out := make(map[string]any, len(slots))
	for name, sl := range slots {
		if v := values[name]; v != nil {
			out[name] = shown(v)
		} else {
			out[name] = shown(sl.zero())
		}
	}
	return out
}

func (s *Session) softName(name string) any {
	switch name {
	case "variant":
		return s.variant
	case "attempts":
		return func(node string) int { return s.st.Counts["node "+s.qualified(node)] }
	case "asked":
		return func(slot string) int { return s.st.Counts["slot "+slot] }
	case "weekday":
		return func(t time.Time) string { return strings.ToLower(t.Weekday().String()) }
	case "hour":
		return func(t time.Time) int { return t.Hour() }
	case "days_until":
		return func(t time.Time) int { return daysBetween(s.now, t.In(s.zone)) }
	}
	return nil
}

// slotNamed is a slot of the sub-flow that runs, or of the flow.
func (s *Session) slotNamed(name string) *slot {
	if sub := s.sub(); sub != nil {
		if sl := sub.slots[name]; sl != nil {
			return sl
		}
	}
	return s.flow.slots[name]
}

// value of a slot of the sub-flow that runs, or of the flow; nil for none.
func (s *Session) value(name string) any {
	if sub := s.sub(); sub != nil && sub.slots[name] == nil {
		return s.st.Scopes[0].Slots[name]
	}
	return s.st.Slots[name]
}
