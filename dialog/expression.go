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
		contact[name] = types.TypeOf(s.zero())
	}
	m["contact"] = contact
	for name, s := range f.slots {
		m[name] = types.TypeOf(s.zero())
	}
	return m
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
	ok := true
	node := program.Node()
	exprast.Walk(&node, visitFunc(func(n exprast.Node) {
		call, isCall := n.(*exprast.CallNode)
		if !isCall {
			return
		}
		callee, isName := call.Callee.(*exprast.IdentifierNode)
		if !isName || callee.Value != "filled" || len(call.Arguments) != 1 {
			return
		}
		name, isText := call.Arguments[0].(*exprast.StringNode)
		if isText && l.flow.slots[name.Value] != nil {
			return
		}
		ok = false
		at := pos{p.line, p.col + call.Location().From}
		if !isText {
			l.errorf(at, `for example filled("callback_at")`, "filled wants a slot's name in quotes")
			return
		}
		l.errorf(at, hintAmong(name.Value, l.slotNames()), "filled names an unknown slot %q", name.Value)
	}))
	if !ok {
		return nil
	}
	return &expression{source: source, program: program}
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
	l.errorf(pos{p.line, col}, hint, "the expression is wrong: %s", where.Message)
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
func (s *Session) eval(e *expression) (any, error) {
	v, err := expr.Run(e.program, s.env())
	if err != nil {
		var where *file.Error
		if errors.As(err, &where) {
			err = errors.New(where.Message)
		}
		return nil, fmt.Errorf("evaluate %q: %w", e.source, err)
	}
	return v, nil
}

func (s *Session) env() map[string]any {
	env := map[string]any{
		"outcome": s.st.Outcome, "now": s.now, "ended": s.st.Ended, "intent": s.st.Intent, "text": s.st.Text,
		"filled":  func(name string) bool { return s.st.Slots[name] != nil },
		"variant": s.variant,
		"transfer": map[string]any{
			"status": s.st.Transfer.Status, "agent": s.st.Transfer.Agent,
			"waited": s.st.Transfer.Waited.Seconds(), "talked": s.st.Transfer.Talked.Seconds(),
		},
	}
	fill := func(into map[string]any, slots map[string]*slot, values map[string]any) {
		for name, sl := range slots {
			if v := values[name]; v != nil {
				into[name] = v
			} else {
				into[name] = sl.zero()
			}
		}
	}
	fill(env, s.flow.slots, s.st.Slots)
	contact := make(map[string]any, len(s.flow.contact))
	fill(contact, s.flow.contact, s.st.Contact)
	env["contact"] = contact
	return env
}
