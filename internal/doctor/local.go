package doctor

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/dialwright/dialwright/store"
)

// earliest is before any machine that runs this program could rightly be.
var earliest = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)

// clock looks at what calling hours are decided by.
func (v *visit) clock(context.Context) found {
	now := v.Clock.Now()
	if now.Before(earliest) {
		return bad("the clock says "+now.Format(time.RFC3339), "set the clock: calling hours and caps are decided by it (timedatectl set-ntp true)")
	}
	zone := v.Config.Compliance.Zone
	if zone == "" {
		if _, err := time.LoadLocation("Asia/Shanghai"); err != nil {
			return bad("no time zones: "+err.Error(), "install tzdata")
		}
		return odd("compliance.zone is not set: contacts without a zone of their own are not called, unless their campaign has one",
			"set compliance.zone, as in Asia/Shanghai")
	}
	loc, err := time.LoadLocation(zone)
	if err != nil {
		return bad(err.Error(), "install tzdata")
	}
	return good(now.In(loc).Format("Mon 15:04") + " in " + zone)
}

// directories looks at whether files can be written where they belong.
func (v *visit) directories(context.Context) found {
	var wrong []string
	for key, dir := range map[string]string{"media.recordings": string(v.Config.Media.Recordings), "tts.cache": string(v.Config.TTS.Cache)} {
		if dir == "" {
			continue
		}
		if err := writable(dir); err != nil {
			wrong = append(wrong, fmt.Sprintf("%s: %v", key, err))
		}
	}
	if len(wrong) > 0 {
		return bad(strings.Join(wrong, "; "), "create the directory, let this user write to it, or name another in dialwright.yaml")
	}
	if info, err := os.Stat(string(v.Config.Flows)); err != nil || !info.IsDir() {
		return odd(fmt.Sprintf("flows: there is no directory %s", v.Config.Flows), "create it and put the flow files there, or set flows in dialwright.yaml")
	}
	return good("recordings, prompts and flows have their places")
}

// writable tries to write; a directory that does not exist yet is tried where
// it would be made.
func writable(dir string) error {
	for {
		info, err := os.Stat(dir)
		if errors.Is(err, os.ErrNotExist) && filepath.Dir(dir) != dir {
			dir = filepath.Dir(dir)
			continue
		}
		if err != nil {
			return err
		}
		if !info.IsDir() {
			return fmt.Errorf("%s is not a directory", dir)
		}
		f, err := os.CreateTemp(dir, ".dialwright-doctor-*")
		if err != nil {
			return fmt.Errorf("cannot write to %s", dir)
		}
		return errors.Join(f.Close(), os.Remove(f.Name()))
	}
}

// database opens it and looks at its schema.
func (v *visit) database(ctx context.Context) found {
	dsn := v.Config.Database
	db, err := store.Open(ctx, string(dsn))
	if err != nil {
		return bad(err.Error(), databaseRemedy(string(dsn)))
	}
	have, want, err := db.Version(ctx)
	err = errors.Join(err, db.Close())
	switch {
	case err != nil:
		return bad(err.Error(), databaseRemedy(string(dsn)))
	case have == 0:
		return good(fmt.Sprintf("%s is empty; the first command fills it", dsn))
	case have < want:
		return bad(fmt.Sprintf("%s has schema version %d, this program needs %d", dsn, have, want), "back it up, then run: dialwright migrate")
	case have > want:
		return bad(fmt.Sprintf("%s has schema version %d, made by a newer program; this one knows %d", dsn, have, want), "run the newer dialwright")
	}
	return good(fmt.Sprintf("%s, schema version %d", dsn, have))
}

func databaseRemedy(dsn string) string {
	if strings.HasPrefix(dsn, "sqlite://") {
		return "see that the directory of the file exists and this user may write to it, or set database in dialwright.yaml"
	}
	return "see that PostgreSQL runs, that the database and the user exist, and that database in dialwright.yaml (or DIALWRIGHT_DATABASE) is right"
}
