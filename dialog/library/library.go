// Package library keeps flows ready to run: checked, having learnt from their
// own examples, and read again when their files change.
package library

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/nlu"
	"github.com/dialwright/dialwright/nlu/model"
)

// seed of all that is learnt: the same flow always understands the same.
const seed = 1

// learnt are the classifiers of this process by the hash of their examples:
// learning takes a second, and many sessions, tests and reloads share one.
var learnt sync.Map

// Learn makes a flow's classifier: its phrases, and a model trained from them.
// The same intents give the same classifier.
func Learn(intents []nlu.Intent) nlu.Classifier {
	key := sha256.New()
	for _, in := range intents {
		fmt.Fprintf(key, "%d %s %d\n", len(in.Name), in.Name, len(in.Phrases))
		for _, p := range in.Phrases {
			fmt.Fprintf(key, "%d %s\n", len(p), p)
		}
	}
	once, _ := learnt.LoadOrStore([sha256.Size]byte(key.Sum(nil)), sync.OnceValue(func() nlu.Classifier {
		h, err := model.NewHybrid(context.Background(), intents, model.Options{Seed: seed})
		if err != nil { // more than a model takes: the phrases are there to be compared
			return nlu.NewPhrases(intents)
		}
		return h
	}))
	return once.(func() nlu.Classifier)()
}

// Load loads a flow that understands by what it has learnt from its examples;
// see dialog.Load.
func Load(path string) (*dialog.Flow, error) {
	return dialog.LoadWith(path, dialog.LoadOptions{Classifier: Learn})
}

// LoadFS is Load for a directory of a file system.
func LoadFS(fsys fs.FS, dir string) (*dialog.Flow, error) {
	return dialog.ParseFSWith(fsys, dir, dialog.LoadOptions{Classifier: Learn})
}

// Library gives the newest good version of each flow. It is safe for many
// goroutines.
type Library struct {
	prepare func(context.Context, *dialog.Flow) error
	refused func(path string, err error)

	mu    sync.Mutex
	flows map[string]*shelf
}

// shelf is one flow. Its lock is held while the flow is read, so that others
// wait for it and flows beside it do not.
type shelf struct {
	mu      sync.Mutex
	flow    *dialog.Flow
	stamp   [sha256.Size]byte // of the files flow was read from
	refused [sha256.Size]byte // of files that were no good
}

// New makes a library. prepare makes a new version ready, as by synthesising
// its prompts, before anybody gets it; refused is told of a new version that
// is no good, once, while the version before it stays in use. Both may be nil.
func New(prepare func(context.Context, *dialog.Flow) error, refused func(path string, err error)) *Library {
	if prepare == nil {
		prepare = func(context.Context, *dialog.Flow) error { return nil }
	}
	if refused == nil {
		refused = func(string, error) {}
	}
	return &Library{prepare: prepare, refused: refused, flows: map[string]*shelf{}}
}

// Get gives the flow at a path, read again if any of its files has changed. A
// new version that does not load is refused: the one before it goes on being
// used. The error is for a flow of which there is no good version.
func (l *Library) Get(ctx context.Context, path string) (*dialog.Flow, error) {
	l.mu.Lock()
	s := l.flows[path]
	if s == nil {
		s = &shelf{}
		l.flows[path] = s
	}
	l.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.flow == nil {
		return s.flow, s.read(ctx, l, path)
	}
	now, err := stamp(path, s.flow)
	switch {
	case err == nil && (now == s.stamp || now == s.refused):
		return s.flow, nil
	case err == nil:
		err = s.read(ctx, l, path)
	}
	if err != nil && ctx.Err() == nil {
		s.refused = now
		l.refused(path, err)
	}
	return s.flow, nil
}

// read takes a new version if it is good.
func (s *shelf) read(ctx context.Context, l *Library, path string) error {
	flow, err := Load(path)
	if err != nil {
		return err
	}
	// Taken before the flow is prepared: a change during that is seen next time.
	at, err := stamp(path, flow)
	if err != nil {
		return err
	}
	if err := l.prepare(ctx, flow); err != nil {
		return err
	}
	s.flow, s.stamp = flow, at
	return nil
}

// stamp changes when a file of the flow does.
func stamp(path string, flow *dialog.Flow) ([sha256.Size]byte, error) {
	var names []string
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, "flow.yaml")
	}
	dir := filepath.Dir(path)
	names = append(names, path)
	names = append(names, flow.Files()...)
	for _, files := range flow.Knowledge() {
		for _, f := range files {
			names = append(names, filepath.Join(dir, filepath.FromSlash(f)))
		}
	}
	for f := range flow.Recordings() {
		names = append(names, filepath.Join(dir, filepath.FromSlash(f)))
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Compare(filepath.Clean(a), filepath.Clean(b)) })
	h := sha256.New()
	for _, name := range slices.Compact(names) {
		info, err := os.Stat(name)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return [sha256.Size]byte{}, fmt.Errorf("look at the flow's files: %w", err)
		}
		fmt.Fprintln(h, strings.ToValidUTF8(name, "?"), err == nil)
		if err == nil {
			_ = binary.Write(h, binary.LittleEndian, [2]int64{info.ModTime().UnixNano(), info.Size()}) // a hash takes everything
		}
	}
	return [sha256.Size]byte(h.Sum(nil)), nil
}
