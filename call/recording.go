package call

import (
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/dialwright/dialwright/media"
	"github.com/dialwright/dialwright/report"
)

// recording is a call's stereo file: left the customer, right we or the
// agent. Until start, and where none is wanted, it takes frames and keeps
// nothing.
type recording struct {
	dir  string
	name string
	rate int
	rec  atomic.Pointer[media.Recorder]
	hold atomic.Bool // hold music plays: what comes in is the music, not the customer
}

func newRecording(dir string, order Order, format media.Format) *recording {
	return &recording{dir: dir, rate: format.In.Rate(),
		name: filepath.Join(string(order.Campaign), string(order.Call)+".wav")}
}

// start opens the file. A call goes on without a recording that cannot be
// made, and its record says so.
func (r *recording) start(a *attempt, at time.Time) {
	if r.dir == "" {
		return
	}
	path := filepath.Join(r.dir, r.name)
	rec, err := openRecorder(path, r.rate, at)
	if err != nil {
		a.log.Error().Err(err).Msg("the call is not recorded")
		a.rec.event("not_recorded", "%v", err)
		return
	}
	r.rec.Store(rec)
	a.rec.change(func(c *report.Call) { c.Recording = path })
}

func openRecorder(path string, rate int, at time.Time) (*media.Recorder, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("making the directory of a recording: %w", err)
	}
	return media.OpenRecorder(path, rate, at)
}

func (r *recording) customer(f media.Frame) {
	if rec := r.rec.Load(); rec != nil && !r.hold.Load() {
		rec.WriteLeft(f)
	}
}

func (r *recording) ours(f media.Frame) {
	if rec := r.rec.Load(); rec != nil {
		rec.WriteRight(f)
	}
}

func (r *recording) agent(f media.Frame) {
	if rec := r.rec.Load(); rec != nil {
		rec.WriteAgent(f)
	}
}

// close finishes the file. The legs must have been closed before.
func (r *recording) close(a *attempt) {
	rec := r.rec.Swap(nil)
	if rec == nil {
		return
	}
	if err := rec.Close(); err != nil {
		a.log.Error().Err(err).Msg("finishing the recording")
		a.rec.event("recording_failed", "%v", err)
	}
	if s := rec.Stats(); s.Dropped > 0 {
		a.rec.event("recording_gaps", "%d of %d frames were not recorded", s.Dropped, s.Frames)
	}
}
