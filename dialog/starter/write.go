package starter

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
)

// Options of Write.
type Options struct {
	Name string // of the flow; empty: the template's
}

var (
	// ErrExists means that something is in the way, and nothing was written.
	ErrExists = errors.New("exists already")
	// ErrName means that a flow cannot have this name.
	ErrName = errors.New("a flow's name begins with a letter and goes on with up to 63 letters, digits, - and _")
)

var (
	flowName = regexp.MustCompile(`^\pL[\pL\pN_-]{0,63}$`)
	flowLine = regexp.MustCompile(`(?m)^flow:.*$`)
)

// Write makes a flow's directory from a template and tells the files it has
// written, relative to dir. dir must not exist, or be empty: ErrExists. When
// writing fails half way, what was written is taken away again.
func Write(name, language, dir string, o Options) (written []string, err error) {
	template, err := Files(name, language)
	if err != nil {
		return nil, err
	}
	if o.Name != "" && !flowName.MatchString(o.Name) {
		return nil, fmt.Errorf("%q: %w", o.Name, ErrName)
	}
	made, err := vacant(dir)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, clear(dir, made))
			written = nil
		}
	}()
	err = fs.WalkDir(template, ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil || file == "." {
			return err
		}
		target := filepath.Join(dir, filepath.FromSlash(file))
		if d.IsDir() {
			return os.Mkdir(target, 0o755)
		}
		src, err := fs.ReadFile(template, file)
		if err != nil {
			return err
		}
		if file == "flow.yaml" && o.Name != "" {
			src = flowLine.ReplaceAllLiteral(src, []byte("flow: "+o.Name))
		}
		written = append(written, file)
		return create(target, src)
	})
	if err != nil {
		return nil, fmt.Errorf("write the flow to %s: %w", dir, err)
	}
	return written, nil
}

// vacant makes sure that dir is there and empty; made tells whether it was
// not there before.
func vacant(dir string) (made bool, err error) {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return false, fmt.Errorf("make the directory of the flow: %w", err)
		}
		return true, nil
	case err != nil:
		return false, fmt.Errorf("look into the directory of the flow: %w", err)
	case len(entries) > 0:
		return false, fmt.Errorf("%s %w, and is not empty", dir, ErrExists)
	}
	return false, nil
}

// create writes a file that was not there.
func create(path string, src []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(src)
	return errors.Join(err, f.Close())
}

// clear takes away what was written into a directory that was empty.
func clear(dir string, made bool) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		err = errors.Join(err, os.RemoveAll(filepath.Join(dir, e.Name())))
	}
	if made {
		err = errors.Join(err, os.Remove(dir))
	}
	return err
}
