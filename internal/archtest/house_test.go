package archtest

import (
	"go/ast"
	"path"
	"regexp"
	"strings"
	"testing"
)

const (
	maxFile         = 600 // lines
	maxFunction     = 60
	maxTestFunction = 100
)

func TestFilesAndFunctionsAreShort(t *testing.T) {
	for _, f := range tree(t) {
		if n := strings.Count(f.text, "\n"); n > maxFile {
			t.Errorf("%s has %d lines, at most %d are allowed", f.path, n, maxFile)
		}
		most := maxFunction
		if f.test || inTestPackage(f.dir) {
			most = maxTestFunction
		}
		for _, d := range f.ast.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if ok && f.lines(fn) > most {
				t.Errorf("%s:%d: %s has %d lines, at most %d are allowed", f.path, f.line(fn), fn.Name.Name, f.lines(fn), most)
			}
		}
	}
}

// inTestPackage tells packages of fakes and conformance suites.
func inTestPackage(dir string) bool { return strings.HasSuffix(path.Base(dir), "test") }

// calls visits every call of pkg.name, or of any method called name when pkg
// is empty.
func calls(f file, visit func(call *ast.CallExpr, pkg, name string)) {
	ast.Inspect(f.ast, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if sel, ok := call.Fun.(*ast.SelectorExpr); ok {
			pkg := ""
			if id, ok := sel.X.(*ast.Ident); ok {
				pkg = id.Name
			}
			visit(call, pkg, sel.Sel.Name)
		}
		return true
	})
}

// A missing tool fails a test, with the remedy; and time in tests is passed
// in, or waited for by an event, never slept through.
func TestTestsNeitherSkipNorSleep(t *testing.T) {
	for _, f := range tree(t) {
		if !f.test && !inTestPackage(f.dir) {
			continue
		}
		calls(f, func(call *ast.CallExpr, pkg, name string) {
			switch {
			case name == "Skip" || name == "Skipf" || name == "SkipNow":
				if pkg == "t" || pkg == "b" || pkg == "f" || pkg == "tb" {
					t.Errorf("%s:%d: %s.%s", f.path, f.line(call), pkg, name)
				}
			case pkg == "testing" && name == "Short":
				t.Errorf("%s:%d: testing.Short", f.path, f.line(call))
			case pkg == "time" && name == "Sleep" && !inBubble(f):
				t.Errorf("%s:%d: time.Sleep in a test", f.path, f.line(call))
			}
		})
	}
}

// inBubble tells files whose tests run in testing/synctest, where time is
// simulated and a sleep takes none.
func inBubble(f file) bool { return strings.Contains(f.text, `"testing/synctest"`) }

// Who starts a goroutine has tests that fail when one is left over.
func TestGoroutinesAreChecked(t *testing.T) {
	starts, checked := map[string]string{}, map[string]bool{}
	for _, f := range tree(t) {
		if f.test {
			checked[f.dir] = checked[f.dir] || strings.Contains(f.text, "goleak.")
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			if _, ok := n.(*ast.GoStmt); ok {
				starts[f.dir] = f.path
			}
			return true
		})
		calls(f, func(_ *ast.CallExpr, _, name string) {
			if name == "Go" {
				starts[f.dir] = f.path
			}
		})
	}
	for dir, file := range starts {
		if !checked[dir] && !inTestPackage(dir) {
			t.Errorf("%s starts a goroutine, but no test in %s uses goleak", file, dir)
		}
	}
}

func TestNoInit(t *testing.T) {
	for _, f := range tree(t) {
		for _, d := range f.ast.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				t.Errorf("%s:%d: func init: set things up where they are used", f.path, f.line(fn))
			}
		}
	}
}

// forbidden are words that have no place in the repository. They are put
// together here so that this file does not hold them.
func forbidden() []*regexp.Regexp {
	var out []*regexp.Regexp
	for _, parts := range [][]string{
		{`\bTO`, `DO\b`}, {`\bFIX`, `ME\b`}, {`\bXX`, `X\b`}, {`\bHA`, `CK\b`},
		{`/wo`, `rk/`}, {`/ro`, `ot/`}, {`/ho`, `me/[a-z]+/`}, {`\.\./sha`, `red`}, {`FIELD`, `-NOTES`}, {`DESI`, `GN( §|\.md)`},
		{`(?i)\biss`, `ue #?[0-9]`}, {`(?i)\bcla`, `ude\b`}, {`(?i)\banthr`, `opic`}, {`(?i)\bchat`, `gpt`}, {`(?i)\bcopi`, `lot\b`},
		{`(?i)language mo`, `del session`}, {`panic\("not imple`, `mented`},
	} {
		out = append(out, regexp.MustCompile(strings.Join(parts, "")))
	}
	return out
}

func TestForbiddenWords(t *testing.T) {
	words := forbidden()
	walk(t, func(rel string, data []byte) {
		for i, line := range strings.Split(string(data), "\n") {
			for _, w := range words {
				if w.MatchString(line) {
					t.Errorf("%s:%d: %q does not belong here: %s", rel, i+1, w.FindString(line), strings.TrimSpace(line))
				}
			}
		}
	})
}
