package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"

	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/dialog/library"
	"github.com/dialwright/dialwright/dialog/lint"
	"github.com/dialwright/dialwright/dialog/sarif"
	"github.com/dialwright/dialwright/internal/config"
	"github.com/dialwright/dialwright/internal/worker"
	"github.com/dialwright/dialwright/tts"
)

// lintFlags are what flow check looks at besides what keeps a flow from running.
type lintFlags struct {
	strict bool
	voices bool
	sarif  string
}

func (l *lintFlags) add(f *pflag.FlagSet) {
	f.BoolVar(&l.strict, "strict", false, "warn of what is often meant so, too: intents with few examples, prompts nearly the same")
	f.BoolVar(&l.voices, "voices", false, "warn of prompts that are not yet synthesised with the configured voices")
	f.StringVar(&l.sarif, "sarif", "", "write what was found to this `file` as SARIF, for editors and code review")
}

// lint warns of what will disappoint somebody, in a flow that loads. Strictly
// it is judged as it will run: with the classifier that is learnt from it.
func (l *lintFlags) lint(c *config.Config, path string, flow *dialog.Flow) (problems dialog.Problems, err error) {
	o := lint.Options{Strict: l.strict, EachVoice: true}
	if l.strict {
		if flow, err = library.Load(path); err != nil {
			return nil, err
		}
	}
	if l.voices {
		voice, err := worker.OpenVoice(c)
		if err != nil {
			return nil, err
		}
		o.Cached = func(s dialog.Say) bool {
			return voice.Has(tts.Request{Text: s.Text, Language: s.Language, Voice: s.Voice, Rate: s.Rate})
		}
		defer func() {
			if cerr := voice.Close(); err == nil && cerr != nil {
				problems, err = nil, cerr
			}
		}()
	}
	return lint.Check(flow, o), nil
}

// report writes the SARIF file that was asked for.
func (l *lintFlags) report(results []flowResult) error {
	if l.sarif == "" {
		return nil
	}
	var all dialog.Problems
	for _, r := range results {
		for _, p := range r.Problems {
			p.File = fromHere(p.File)
			all = append(all, p)
		}
	}
	data, err := sarif.SARIF(all)
	if err != nil {
		return err
	}
	if err := os.WriteFile(l.sarif, data, 0o644); err != nil {
		return fmt.Errorf("write %s: %w", l.sarif, strippedPath(err))
	}
	return nil
}

// fromHere is a path relative to where we are, when it lies there: what reads
// SARIF knows the files of a repository so.
func fromHere(path string) string {
	here, err := os.Getwd()
	if err != nil || !filepath.IsAbs(path) {
		return path
	}
	if rel, err := filepath.Rel(here, path); err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return rel
	}
	return path
}
