package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/dialwright/dialwright"

// file is one Go file of the project, whatever its build tags.
type file struct {
	path string // from the root, with slashes
	dir  string // "." for the root
	test bool
	ast  *ast.File
	set  *token.FileSet
	text string
}

// imports are the project's own packages that a file imports, as directories.
func (f file) imports() []string {
	var out []string
	for _, s := range f.ast.Imports {
		p := strings.Trim(s.Path.Value, `"`)
		if p == module {
			out = append(out, ".")
		} else if rest, ok := strings.CutPrefix(p, module+"/"); ok {
			out = append(out, rest)
		}
	}
	return out
}

func (f file) line(n ast.Node) int { return f.set.Position(n.Pos()).Line }

func (f file) lines(n ast.Node) int { return f.set.Position(n.End()).Line - f.line(n) + 1 }

func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "go.mod")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// walk visits the project's own files: neither what was built nor what was
// downloaded, nor other modules.
func walk(t *testing.T, visit func(rel string, data []byte)) {
	t.Helper()
	base := root(t)
	err := filepath.WalkDir(base, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(base, p)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if d.IsDir() {
			if rel != "." && (slices.Contains([]string{".git", "bin", "out", "node_modules", ".cache"}, d.Name()) || otherModule(p)) {
				return filepath.SkipDir
			}
			return nil
		}
		if !d.Type().IsRegular() || !ours(rel) {
			return nil
		}
		data, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		visit(rel, data)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func otherModule(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil
}

// ours tells texts that people write from data.
func ours(rel string) bool {
	if path.Base(rel) == "Makefile" || strings.HasPrefix(rel, ".ci/") {
		return true
	}
	return slices.Contains([]string{".go", ".md", ".yaml", ".yml", ".sh", ".sql", ".tmpl", ".mod"}, path.Ext(rel))
}

// tree parses every Go file outside of testdata.
func tree(t *testing.T) []file {
	t.Helper()
	var files []file
	walk(t, func(rel string, data []byte) {
		if path.Ext(rel) != ".go" || strings.Contains("/"+rel, "/testdata/") {
			return
		}
		set := token.NewFileSet()
		parsed, err := parser.ParseFile(set, rel, data, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file{path: rel, dir: path.Dir(rel), test: strings.HasSuffix(rel, "_test.go"), ast: parsed, set: set, text: string(data)})
	})
	if len(files) < 50 {
		t.Fatalf("only %d Go files were found", len(files))
	}
	return files
}
