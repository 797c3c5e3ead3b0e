package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/parser"
)

// DefaultPath is the file that is read when none is named.
const DefaultPath = "dialwright.yaml"

// maxFile is the most a configuration file may hold, in bytes; a larger one
// is some other file, named by mistake.
const maxFile = 4 << 20

// Options say where the configuration comes from.
type Options struct {
	Path  string            // the file; empty: dialwright.yaml if there is one
	Env   []string          // as os.Environ gives them; nil: none
	Flags map[string]string // key path to value, as from --set; they win
}

// Load reads the configuration. Its error is an Errors that holds all that is
// wrong, or tells why the file cannot be read.
func Load(o Options) (*Config, error) {
	l := &loader{file: o.Path, places: map[string]place{}}
	data, err := readFile(o.Path)
	if err != nil {
		return nil, err
	}
	if l.file == "" {
		l.file = DefaultPath
	}
	l.dir = filepath.Dir(l.file)
	return l.load(data, o)
}

// Parse reads the configuration from data, which stands for a file of the
// given name, without environment and flags.
func Parse(name string, data []byte) (*Config, error) {
	l := &loader{file: name, dir: filepath.Dir(name), places: map[string]place{}}
	return l.load(data, Options{})
}

func (l *loader) load(data []byte, o Options) (*Config, error) {
	c := Default()
	if !l.parse(data, c) {
		return nil, l.problems.sorted()
	}
	l.environment(o.Env, c)
	l.flags(o.Flags, c)
	l.validate(c)
	if len(l.problems) > 0 {
		return nil, l.problems.sorted()
	}
	c.origins = map[string]string{}
	for _, leaf := range leaves(reflect.ValueOf(c).Elem(), "") {
		if at, ok := l.places[leaf.key]; ok {
			c.origins[leaf.key] = at.origin()
		}
	}
	return c, nil
}

func readFile(path string) ([]byte, error) {
	named := path != ""
	if !named {
		path = DefaultPath
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) && !named {
		return nil, nil
	}
	if err != nil {
		return nil, Errors{{File: path, Message: "cannot be read: " + cause(err),
			Hint: "name the file with --config or DIALWRIGHT_CONFIG"}}
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err == nil && info.Size() > maxFile {
		return nil, Errors{{File: path, Message: fmt.Sprintf("is %d bytes long, at most %d are read", info.Size(), maxFile)}}
	}
	if err == nil && info.IsDir() {
		return nil, Errors{{File: path, Message: "is a directory, not a file"}}
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, Errors{{File: path, Message: "cannot be read: " + cause(err)}}
	}
	return data, nil
}

// cause is the reason without the path, which the caller names already.
func cause(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err.Error()
	}
	return err.Error()
}

// parse reads the file; false means that its YAML cannot be understood at all.
func (l *loader) parse(data []byte, c *Config) bool {
	file, err := parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		at, message := place{file: l.file}, err.Error()
		var se *yaml.SyntaxError
		if errors.As(err, &se) {
			message = se.Message
			if se.Token != nil && se.Token.Position != nil {
				at.line, at.column = se.Token.Position.Line, se.Token.Position.Column
			}
		}
		l.problem(at, "", "", "not valid YAML: %s", message)
		return false
	}
	if len(file.Docs) > 1 {
		at := place{file: l.file} // of the --- line: what follows it may be empty
		if start := file.Docs[1].Start; start != nil && start.Position != nil {
			at.line, at.column = start.Position.Line, start.Position.Column
		}
		l.problem(at, "", "remove the --- line", "the file holds %d documents, one is read", len(file.Docs))
		return false
	}
	if len(file.Docs) == 1 && file.Docs[0].Body != nil {
		l.node(file.Docs[0].Body, reflect.ValueOf(c).Elem(), "")
	}
	return true
}

// EnvPrefix begins every variable that overrides a key.
const EnvPrefix = "DIALWRIGHT_"

// EnvName is the variable that overrides a key path.
func EnvName(key string) string {
	return EnvPrefix + strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		}
		return '_'
	}, key)
}

// foreignEnv are variables with our prefix that are not keys: those of the
// command line, of scripts and tests, and those Kubernetes sets for a service
// named dialwright.
func foreignEnv(name string) bool {
	rest := strings.TrimPrefix(name, EnvPrefix)
	for _, p := range []string{"TEST_", "SERVICE_", "PORT_"} {
		if strings.HasPrefix(rest, p) {
			return true
		}
	}
	return slices.Contains([]string{"CONFIG", "MIRROR", "PORT"}, rest)
}

func (l *loader) environment(env []string, c *Config) {
	byName := map[string]leaf{}
	var known []string
	for _, leaf := range leaves(reflect.ValueOf(c).Elem(), "") {
		name := EnvName(leaf.key)
		byName[name] = leaf
		known = append(known, name)
	}
	env = slices.Sorted(slices.Values(env))
	for _, entry := range env {
		name, value, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, EnvPrefix) || foreignEnv(name) {
			continue
		}
		at := place{file: "environment", variable: name}
		if leaf, ok := byName[name]; ok {
			l.override(at, leaf, name, value)
			continue
		}
		if base, ok := strings.CutSuffix(name, "_FILE"); ok {
			if leaf, known := byName[base]; known && isSecret(leaf.value) {
				l.places[leaf.key] = at
				l.readSecret(at, leaf.value, name, value)
				continue
			}
		}
		l.problem(at, name, didYouMean(name, known), "%s sets no known key", name)
	}
}

func (l *loader) flags(flags map[string]string, c *Config) {
	all := leaves(reflect.ValueOf(c).Elem(), "")
	keys := make([]string, len(all))
	for i := range all {
		keys[i] = all[i].key
	}
	for _, key := range slices.Sorted(mapKeys(flags)) {
		at := place{file: "flags", variable: "--set " + key}
		if i := slices.Index(keys, key); i >= 0 {
			l.override(at, all[i], key, flags[key])
			continue
		}
		l.problem(at, key, didYouMean(key, keys), "unknown key %q", key)
	}
}

func (l *loader) override(at place, to leaf, name, value string) {
	l.places[to.key] = at
	if err := setFlat(to.value, value); err != nil {
		l.problem(at, to.key, "", "%s: %v", name, err)
	}
}

// readSecret reads a secret from a file, without the line end that editors add.
func (l *loader) readSecret(at place, v reflect.Value, key, path string) {
	info, err := os.Stat(path)
	if err == nil && info.Size() > 64<<10 {
		l.problem(at, key, "", "%s: %s holds more than 64 kB, which is no secret", key, path)
		return
	}
	data, err := os.ReadFile(path)
	if err != nil {
		l.problem(at, key, "", "%s: %s cannot be read: %s", key, path, cause(err))
		return
	}
	secret := strings.TrimRight(string(data), "\r\n")
	if secret == "" {
		l.problem(at, key, "", "%s: %s is empty", key, path)
		return
	}
	v.SetString(secret)
}
