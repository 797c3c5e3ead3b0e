// Package doctor checks everything Dialwright needs and names the remedy for
// what is missing.
package doctor

import (
	"context"
	"time"

	"github.com/rs/zerolog"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/internal/config"
)

// Status is how a check came out.
type Status string

// The ways a check comes out.
const (
	OK      Status = "ok"
	Warning Status = "warning" // works, but somebody should look at it
	Failed  Status = "failed"
	Untried Status = "untried" // something it needs has failed
)

// Check is one thing that was looked at.
type Check struct {
	Name   string `json:"name"`
	Status Status `json:"status"`
	Detail string `json:"detail"`           // what was found
	Remedy string `json:"remedy,omitempty"` // how to mend it
	TookMS int64  `json:"took_ms"`
}

// Options say what to look at.
type Options struct {
	Config *config.Config
	Clock  dialwright.Clock
	Logger zerolog.Logger
	// Voice opens the synthesiser as serve would.
	Voice func(*config.Config) (Voice, error)
	// Each, if not nil, is told of each check when it is done.
	Each func(Check)
}

// Voice speaks; the audio is mono, 16 bits.
type Voice interface {
	Speak(ctx context.Context, text, language, voice string) (pcm []int16, rate int, err error)
	Close() error
}

// checkLimit bounds one check, so that the doctor always answers.
const checkLimit = 30 * time.Second

// The checks' names, in the order they are made.
const (
	nameClock       = "clock"
	nameDirectories = "directories"
	nameDatabase    = "database"
	nameAsterisk    = "asterisk"
	nameVersion     = "version"
	nameRights      = "ari rights"
	nameModules     = "modules"
	nameMedia       = "media path"
	nameTrunks      = "trunks"
	nameVoice       = "synthesiser"
	nameRecogniser  = "recogniser"
)

// found is a check's result while it is being made.
type found struct {
	status         Status
	detail, remedy string
}

func good(detail string) found { return found{status: OK, detail: detail} }

func bad(detail, remedy string) found { return found{Failed, detail, remedy} }

func odd(detail, remedy string) found { return found{Warning, detail, remedy} }

// visit is one round of the doctor.
type visit struct {
	Options
	checks []Check
}

// look makes one check.
func (v *visit) look(ctx context.Context, name string, fn func(context.Context) found) Status {
	ctx, cancel := context.WithTimeout(ctx, checkLimit)
	defer cancel()
	start := time.Now()
	f := fn(ctx)
	v.note(Check{Name: name, Status: f.status, Detail: f.detail, Remedy: f.remedy, TookMS: time.Since(start).Milliseconds()})
	return f.status
}

func (v *visit) note(c Check) {
	v.checks = append(v.checks, c)
	if v.Each != nil {
		v.Each(c)
	}
}

// Run makes all checks and returns them in their order. It leaves nothing
// behind: no channel, no bridge, no application.
func Run(ctx context.Context, o Options) []Check {
	v := &visit{Options: o}
	v.look(ctx, nameClock, v.clock)
	v.look(ctx, nameDirectories, v.directories)
	v.look(ctx, nameDatabase, v.database)
	v.asterisk(ctx)
	v.speech(ctx)
	return v.checks
}

// Healthy reports whether no check has failed.
func Healthy(checks []Check) bool {
	for _, c := range checks {
		if c.Status == Failed || c.Status == Untried {
			return false
		}
	}
	return true
}
