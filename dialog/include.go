package dialog

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"github.com/dialwright/dialwright/nlu"
	"github.com/dialwright/dialwright/nlu/knowledge"
)

const (
	maxIncludes   = 64
	maxFlowBytes  = 16 << 20 // of all YAML files of a flow together
	maxAssets     = 1024     // recordings and knowledge files
	maxAssetBytes = 64 << 20 // each

	// fileShift puts the number of an included file above the line number, so
	// that a pos says where it is all by itself. A file has fewer lines than it
	// has bytes.
	fileShift = 23
)

// includable are the keys an included file may have.
var includable = []string{"slots", "entities", "intents", "global", "prompts", "nodes", "flows", "knowledge", "pronounce"}

// LoadOptions choose how a flow is loaded.
type LoadOptions struct {
	// Classifier is made of the flow's intents and understands for it. Nil: the
	// phrases are compared with what was heard.
	Classifier func([]nlu.Intent) nlu.Classifier
}

// Load reads a flow: a file, or a directory with a flow.yaml, and what it
// includes. When the flow must not run, the error is a Problems with
// everything that was found; warnings of a good flow are in Flow.Warnings.
func Load(path string) (*Flow, error) { return LoadWith(path, LoadOptions{}) }

// LoadWith is Load with options.
func LoadWith(path string, o LoadOptions) (*Flow, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("load flow: %w", err)
	}
	if info.IsDir() {
		path = filepath.Join(path, "flow.yaml")
	}
	src, err := readLimited(os.Open, path, maxFileBytes)
	if err != nil {
		return nil, fmt.Errorf("load flow: %w", err)
	}
	// What the flow names cannot lie outside its directory, not even by a link.
	root, err := os.OpenRoot(filepath.Dir(path))
	if err != nil {
		return nil, fmt.Errorf("load flow: %w", err)
	}
	flow, err := parse(path, src, root.FS(), ".", o)
	if closeErr := root.Close(); err == nil && closeErr != nil {
		return nil, fmt.Errorf("load flow: %w", closeErr)
	}
	if flow != nil {
		flow.Dir = filepath.Dir(path)
	}
	return flow, err
}

// readLimited reads a file, and one byte more than the limit at most, so that
// the caller can tell that it is too long.
func readLimited[F io.ReadCloser](open func(string) (F, error), name string, limit int64) ([]byte, error) {
	f, err := open(name)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	return data, errors.Join(err, f.Close())
}

// ParseFS is Load from a file system: name is a directory with a flow.yaml, or
// a file.
func ParseFS(fsys fs.FS, name string) (*Flow, error) { return ParseFSWith(fsys, name, LoadOptions{}) }

// ParseFSWith is ParseFS with options.
func ParseFSWith(fsys fs.FS, name string, o LoadOptions) (*Flow, error) {
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, fmt.Errorf("load flow: %w", err)
	}
	if info.IsDir() {
		name = path.Join(name, "flow.yaml")
	}
	src, err := readLimited(fsys.Open, name, maxFileBytes)
	if err != nil {
		return nil, fmt.Errorf("load flow: %w", err)
	}
	return parse(name, src, fsys, path.Dir(name), o)
}

// Parse is Load for a source in memory; file names it in problems. It has no
// directory: it cannot include anything, and recordings it names are not
// looked for.
func Parse(file string, src []byte) (*Flow, error) { return parse(file, src, nil, "", LoadOptions{}) }

func parse(file string, src []byte, fsys fs.FS, dir string, o LoadOptions) (*Flow, error) {
	l := &loader{files: []string{file}, fsys: fsys, dir: dir, size: len(src), options: o, assets: map[string][]byte{}, flow: &Flow{
		slots: map[string]*slot{}, contact: map[string]*slot{}, intents: map[string]*intent{}, nodes: map[string]*node{},
		subs: map[string]*subFlow{}, knowledge: map[string][]string{}, bases: map[string]*knowledge.Base{}, counted: map[string]bool{},
	}}
	l.sum = sha256.New()
	l.sum.Write(src) // never fails
	if root := l.parseYAML(src); root != nil {
		l.root(root)
	}
	for _, name := range slices.Sorted(maps.Keys(l.assets)) {
		l.hash(name, l.assets[name])
	}
	l.flow.files = l.files
	l.flow.Hash = hex.EncodeToString(l.sum.Sum(nil)[:8])
	problems := l.finish()
	if problems.Fatal() {
		return nil, problems
	}
	l.flow.Warnings = problems
	return l.flow, nil
}

func (l *loader) hash(name string, content []byte) {
	fmt.Fprintf(l.sum, "\x00%s\x00%d\x00", name, len(content)) // a hash never fails
	l.sum.Write(content)
}

// finish puts the problems into the order of the files and says which they are in.
func (l *loader) finish() Problems {
	ps := l.problems.sorted()
	for i := range ps {
		ps[i].File = l.files[ps[i].Line>>fileShift]
		ps[i].Line &= 1<<fileShift - 1
	}
	return ps
}

// place is a position as people read it.
func (l *loader) where(p pos) string {
	return fmt.Sprintf("%s:%d:%d", l.files[p.line>>fileShift], p.line&(1<<fileShift-1), p.col)
}

// include merges the files that flow.yaml names into it.
func (l *loader) include(o *object) {
	f, ok := o.get("include")
	if !ok {
		return
	}
	seen := map[string]bool{"flow.yaml": true}
	names, _ := l.list(f.value, "include")
	if len(names) > maxIncludes {
		l.holes = true
		l.errorf(f.key, "", "include names %d files, more than %d", len(names), maxIncludes)
		return
	}
	for _, item := range names {
		name, ok := l.word(item, "an entry of include")
		if !ok {
			l.holes = true
			continue
		}
		if seen[path.Clean(name)] {
			l.errorf(at(item), "", "%s is included twice", name)
			continue
		}
		seen[path.Clean(name)] = true
		if src, ok := l.read(name, at(item), maxFileBytes); ok {
			l.merge(o, name, src, at(item))
		} else {
			l.holes = true
		}
	}
}

// read gives the content of a file of the flow's directory.
func (l *loader) read(name string, p pos, limit int64) ([]byte, bool) {
	switch {
	case l.fsys == nil:
		l.errorf(p, "load it from a directory", "%s cannot be read: the flow has no directory", name)
		return nil, false
	case !fs.ValidPath(name) || strings.ContainsAny(name, `\:*?`):
		l.errorf(p, "a path inside the flow's directory, without .. and *", "%q is no file of the flow", name)
		return nil, false
	}
	data, err := readLimited(l.fsys.Open, path.Join(l.dir, name), limit)
	var where *fs.PathError
	switch {
	case errors.As(err, &where):
		l.errorf(p, "", "%s cannot be read: %s", name, where.Err)
	case err != nil:
		l.errorf(p, "", "%s cannot be read: %s", name, err)
	case int64(len(data)) > limit:
		l.errorf(p, "", "%s is longer than %d bytes", name, limit)
	default:
		return data, true
	}
	return nil, false
}

// merge adds the entries of an included file to those of the flow.
func (l *loader) merge(o *object, name string, src []byte, p pos) {
	if l.size += len(src); l.size > maxFlowBytes {
		l.holes = true
		l.errorf(p, "", "the files of the flow have more than %d bytes together", maxFlowBytes)
		return
	}
	l.hash(name, src)
	l.files = append(l.files, path.Join(path.Dir(filepath.ToSlash(l.files[0])), name))
	file := len(l.files) - 1
	before := len(l.problems)
	root := l.parseYAML(src)
	for i := before; i < len(l.problems); i++ {
		l.problems[i].Line += file << fileShift
	}
	if root == nil {
		l.holes = true
		return
	}
	seen := map[*token.Position]bool{}
	ast.Walk(shiftLines(func(n ast.Node) {
		if t := n.GetToken(); t != nil && t.Position != nil && !seen[t.Position] {
			seen[t.Position] = true
			t.Position.Line += file << fileShift
		}
	}), root)
	included, ok := l.object(root, "an included file", includable...)
	if !ok {
		return
	}
	for _, f := range included.fields {
		if slices.Contains(includable, f.name) {
			l.mergeField(o, f)
		}
	}
}

type shiftLines func(ast.Node)

// Visit implements ast.Visitor.
func (v shiftLines) Visit(n ast.Node) ast.Visitor { v(n); return v }

func (l *loader) mergeField(o *object, f field) {
	more, ok := l.open(f.value, f.name)
	if !ok {
		return
	}
	i := slices.IndexFunc(o.fields, func(have field) bool { return have.name == f.name })
	if i < 0 {
		o.fields = append(o.fields, f)
		return
	}
	have, ok := l.open(o.fields[i].value, f.name)
	if !ok {
		return
	}
	merged := &ast.MappingNode{BaseNode: &ast.BaseNode{}, Start: o.fields[i].value.GetToken()}
	merged.Values = slices.Clone(values(o.fields[i].value))
	for j, v := range values(f.value) {
		if j < len(more.fields) {
			if first, twice := have.get(more.fields[j].name); twice {
				l.errorf(more.fields[j].key, "", "%q is already in %s, at %s", first.name, f.name, l.where(first.key))
				continue
			}
		}
		merged.Values = append(merged.Values, v)
	}
	o.fields[i].value = merged
}

func values(n ast.Node) []*ast.MappingValueNode {
	switch v := n.(type) {
	case *ast.MappingNode:
		return v.Values
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{v}
	}
	return nil
}

// asset reads a file that the flow names, a recording or knowledge, so that
// its content counts for the flow's hash. A flow without a directory is
// believed.
func (l *loader) asset(name string, p pos) bool {
	if _, known := l.assets[name]; known || l.fsys == nil {
		return true
	}
	if len(l.assets) >= maxAssets {
		l.errorf(p, "", "the flow names more than %d files", maxAssets)
		return false
	}
	data, ok := l.read(name, p, maxAssetBytes)
	if !ok {
		return false
	}
	sum := sha256.Sum256(data)
	l.assets[name] = sum[:]
	return true
}
