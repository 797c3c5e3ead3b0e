package flowtest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/dialog/library"
)

// Suite is a flow with its tests.
type Suite struct {
	Path  string // of the flow, as Load took it
	Flow  *dialog.Flow
	Files []*File
}

// ErrNoTests means that there is nothing to run.
var ErrNoTests = errors.New("there are no tests")

// Open loads what a path names: a flow's directory with its tests/*.yaml, or a
// single file of tests, whose flow is what its key flow says, else the
// directory above. A flow or a file that is not right is a dialog.Problems.
func Open(path string) (*Suite, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("open tests: %w", err)
	}
	if !info.IsDir() {
		return openFile(path)
	}
	names, err := Dir(path)
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("%w: no %s", ErrNoTests, filepath.Join(path, "tests", "*.yaml"))
	}
	s := &Suite{Path: path}
	var problems dialog.Problems
	for _, name := range names {
		f, err := Load(name)
		var wrong dialog.Problems
		switch {
		case errors.As(err, &wrong):
			problems = append(problems, wrong...)
		case err != nil:
			return nil, err
		default:
			s.Files = append(s.Files, f)
		}
	}
	if problems != nil {
		return nil, problems
	}
	s.Flow, err = library.Load(path)
	return s, err
}

func openFile(path string) (*Suite, error) {
	f, err := Load(path)
	if err != nil {
		return nil, err
	}
	flow := filepath.Join(filepath.Dir(path), filepath.FromSlash(f.Flow))
	if f.Flow == "" {
		flow = filepath.Dir(filepath.Dir(path))
		if _, err := os.Stat(filepath.Join(flow, "flow.yaml")); errors.Is(err, fs.ErrNotExist) {
			return nil, dialog.Problems{{File: path, Line: 1, Column: 1, Severity: dialog.SevError,
				Message: "the tests belong to no flow: there is no flow.yaml in the directory above", Hint: "flow: PATH, relative to this file"}}
		}
	}
	s := &Suite{Path: flow, Files: []*File{f}}
	s.Flow, err = library.Load(flow)
	return s, err
}

// Options of a run.
type Options struct {
	Run     *regexp.Regexp // of the names of tests; nil: all
	Workers int            // 0: as many as there are processors
}

// Report is what came of a suite.
type Report struct {
	Path     string
	Flow     string
	Results  []Result // in the order of the files
	Coverage Coverage
	Took     time.Duration
}

// Failed counts the tests that failed.
func (r *Report) Failed() int {
	n := 0
	for i := range r.Results {
		if r.Results[i].Failure != nil {
			n++
		}
	}
	return n
}

// Run holds all conversations, some at a time. Results do not depend on how
// many. When the context ends, the rest fails.
func (s *Suite) Run(ctx context.Context, o Options) Report {
	began := time.Now()
	r := Report{Path: s.Path, Flow: s.Flow.Name}
	for _, f := range s.Files {
		for _, t := range f.Tests {
			if o.Run == nil || o.Run.MatchString(t.Name) {
				r.Results = append(r.Results, Result{Test: t})
			}
		}
	}
	workers := o.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	var next atomic.Int64
	var running sync.WaitGroup
	for range min(workers, len(r.Results)) {
		running.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(r.Results)); i = next.Add(1) - 1 {
				t := r.Results[i].Test
				if err := context.Cause(ctx); err != nil {
					r.Results[i].Failure = &Failure{Test: t.Name, File: t.File, At: t.At, Message: "not run: " + err.Error()}
					continue
				}
				r.Results[i] = Play(ctx, s.Flow, t)
			}
		})
	}
	running.Wait()
	r.Coverage = cover(s.Flow, r.Results)
	r.Took = time.Since(began)
	return r
}
