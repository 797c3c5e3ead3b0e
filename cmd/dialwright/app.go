package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/rs/zerolog"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/internal/config"
)

// app is what every command gets: the terminal, the clock, the environment
// and the flags of the root command. Tests fill it with their own.
type app struct {
	in       io.Reader
	out, err io.Writer
	clock    dialwright.Clock
	env      []string // as os.Environ gives it

	// Flags of the root command.
	configPath string
	database   string
	set        []string
	json       bool
	logLevel   string
}

// config loads the configuration with the environment and the flags in force.
func (a *app) config() (*config.Config, error) {
	flags := map[string]string{}
	for _, s := range a.set {
		key, value, ok := strings.Cut(s, "=")
		if !ok {
			return nil, usagef("--set %s: write --set key=value", s)
		}
		flags[key] = value
	}
	if a.database != "" {
		flags["database"] = a.database
	}
	if a.logLevel != "" {
		flags["log.level"] = a.logLevel
	}
	path := a.configPath
	if path == "" {
		path = a.getenv("DIALWRIGHT_CONFIG")
	}
	return config.Load(config.Options{Path: path, Env: a.env, Flags: flags})
}

func (a *app) getenv(name string) string {
	for _, e := range a.env {
		if v, ok := strings.CutPrefix(e, name+"="); ok {
			return v
		}
	}
	return ""
}

// logger writes to standard error, so that tables and JSON stay clean.
func (a *app) logger(c *config.Config) zerolog.Logger {
	w := a.err
	if c.Log.Format == "console" {
		w = zerolog.ConsoleWriter{Out: a.err, TimeFormat: time.TimeOnly, NoColor: !a.colour()}
	}
	level, err := zerolog.ParseLevel(c.Log.Level)
	if err != nil {
		level = zerolog.InfoLevel // config has checked it
	}
	return zerolog.New(w).Level(level).With().Timestamp().Logger()
}

// terminal tells whether people watch standard error, where progress goes.
func (a *app) terminal() bool { return isTerminal(a.err) }

func (a *app) colour() bool { return a.terminal() && a.getenv("NO_COLOR") == "" }

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && (isatty.IsTerminal(f.Fd()) || isatty.IsCygwinTerminal(f.Fd()))
}

// printf writes to standard output. A closed pipe (| head) is no error.
func (a *app) printf(format string, args ...any) {
	_, _ = fmt.Fprintf(a.out, format, args...)
}

// The exit codes, as `dialwright help exit-codes` and docs/cli.md list them.
const (
	exitOK       = 0
	exitFailure  = 1 // something failed
	exitUsage    = 2 // the command line is wrong
	exitConfig   = 3 // the configuration or a flow is wrong
	exitNotFound = 4 // no such campaign, contact, call, agent or number
	exitRefused  = 5 // a rule stands against it: compliance, or a campaign's state
	exitTests    = 6 // tests of a flow failed, or reach too little of it
)

// exitError gives an error its exit code.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

func usagef(format string, args ...any) error {
	return &exitError{exitUsage, fmt.Errorf(format, args...)}
}

func notFoundf(format string, args ...any) error {
	return &exitError{exitNotFound, fmt.Errorf(format, args...)}
}

func refusedf(format string, args ...any) error {
	return &exitError{exitRefused, fmt.Errorf(format, args...)}
}

// errSilent fails a command that has said all there is to say.
var errSilent = errors.New("")
