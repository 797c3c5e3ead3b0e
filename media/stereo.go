package media

import (
	"encoding/binary"
	"errors"
	"io"
	"math"
	"time"
)

const (
	// mixWindow is how much is kept in memory to be mixed into; mixDelay of it is kept
	// back for sources that come late.
	mixWindow = 2 * time.Second
	mixDelay  = 400 * time.Millisecond
	// longestGap guards against a clock gone mad filling the disk with silence.
	longestGap = 4 * time.Hour
)

// recordingFile is the part of an *os.File that a recording needs.
type recordingFile interface {
	io.Writer
	io.WriterAt
	io.Closer
}

// stereo mixes frames into two channels by their time, and writes what is old enough.
// Positions are in samples since the start.
type stereo struct {
	file  recordingFile
	rate  int
	start time.Time

	tracks  [sources]track
	window  [2][]int16 // of the samples from written on; a ring, zero where nothing is
	written int64
	end     int64 // end of the latest frame
	failed  bool
	active  bool // something was placed since the last rest

	bytes  []byte
	absurd uint64
	late   uint64
}

func newStereo(file recordingFile, rate int, start time.Time) *stereo {
	n := int(mixWindow * time.Duration(rate) / time.Second)
	s := &stereo{file: file, rate: rate, start: start, bytes: make([]byte, 0, 4*n)}
	s.window[0], s.window[1] = make([]int16, n), make([]int16, n)
	return s
}

func (s *stereo) samples(d time.Duration) int64 {
	return int64(math.Round(d.Seconds() * float64(s.rate)))
}

// place mixes a frame in.
func (s *stereo) place(f *recorded) error {
	t := &s.tracks[f.source]
	pcm := t.convert(f, s.rate)
	ideal := s.samples(f.at.Sub(s.start))
	if ideal-s.end > s.samples(longestGap) {
		s.absurd++
		return nil
	}
	at, ok := t.position(f, ideal, int64(len(pcm)), s.rate)
	if !ok {
		return nil
	}
	if at < s.written {
		s.late++
		gone := min(s.written-at, int64(len(pcm)))
		pcm = pcm[gone:]
		at += gone
	}
	s.active = true
	s.end = max(s.end, at+int64(len(pcm)))
	size := int64(len(s.window[0]))
	if err := s.flush(at + int64(len(pcm)) - size); err != nil {
		return err
	}
	channel := s.window[min(int(f.source), 1)]
	for i, v := range pcm {
		k := (at + int64(i)) % size
		channel[k] = saturate(int32(channel[k]) + int32(v))
	}
	return nil
}

// spill writes what no frame is expected for any more.
func (s *stereo) spill() error { return s.flush(s.end - s.samples(mixDelay)) }

// rest writes what is kept back once nothing has come for a second.
func (s *stereo) rest() error {
	if s.active {
		s.active = false
		return nil
	}
	return s.flush(s.end)
}

// flush writes all before position to.
func (s *stereo) flush(to int64) error {
	size := int64(len(s.window[0]))
	for s.written < to {
		n := min(to-s.written, size)
		if 4*(s.written+n) > maxWAVData {
			return errors.New("the recording is longer than a WAV file can hold")
		}
		s.bytes = s.bytes[:0]
		for i := range n {
			k := (s.written + i) % size
			s.bytes = binary.LittleEndian.AppendUint16(s.bytes, uint16(s.window[0][k]))
			s.bytes = binary.LittleEndian.AppendUint16(s.bytes, uint16(s.window[1][k]))
			s.window[0][k], s.window[1][k] = 0, 0
		}
		if s.failed {
			return nil // the place of later samples would be wrong
		}
		if _, err := s.file.Write(s.bytes); err != nil {
			s.failed = true
			return err
		}
		s.written += n
	}
	return nil
}

// header makes the file's header count what has been written.
func (s *stereo) header() error {
	var head [wavHeaderSize]byte
	putWAVHeader(head[:], s.rate, 2, int(4*s.written))
	_, err := s.file.WriteAt(head[:], 0)
	return err
}

func (s *stereo) close() error {
	return errors.Join(s.flush(s.end), s.header(), s.file.Close())
}

func saturate(v int32) int16 {
	return int16(max(math.MinInt16, min(math.MaxInt16, v)))
}

const (
	driftWindow = 50 // frames over which a track is compared with the clock: 1 s
	driftLimit  = 20 * time.Millisecond
	jumpLimit   = time.Second
)

// track places the frames of one source. Frames in sequence are put one behind the other
// whatever the jitter of their arrival; only when a whole second of them disagrees
// with the clock does the track move, so that it stays within ±20 ms without clicks.
type track struct {
	resampler *Resampler
	rate      int
	buf       []int16

	begun       bool
	seq         uint64
	next        int64 // where the frame in sequence goes
	least, most int64 // of the deviations of the last frames
	n           int
}

// convert gives the frame at the recording's rate.
func (t *track) convert(f *recorded, rate int) []int16 {
	pcm := f.pcm[:f.n]
	if f.rate == rate {
		return pcm
	}
	if t.rate != f.rate {
		r, err := NewResampler(f.rate, rate)
		if err != nil { // not a rate of ours; silence of the right length keeps the time
			return make([]int16, f.n*rate/f.rate)
		}
		t.resampler, t.rate = r, f.rate
	}
	t.buf = t.resampler.Process(t.buf[:0], pcm)
	return t.buf
}

// position tells where a frame of n samples goes, whose time says ideal; not ok means
// that it is left out, because the source runs ahead of the clock.
func (t *track) position(f *recorded, ideal, n int64, rate int) (at int64, ok bool) {
	limit := int64(driftLimit) * int64(rate) / int64(time.Second)
	jump := int64(jumpLimit) * int64(rate) / int64(time.Second)
	deviation := ideal - t.next
	inSequence := t.begun && (f.seq == t.seq+1 || f.seq == t.seq && f.part > 0)
	t.begun, t.seq = true, f.seq
	if f.part > 0 {
		at = t.next
		t.next += n
		return at, true
	}
	if !inSequence || deviation > jump || deviation < -jump {
		if deviation < 0 && deviation >= -10*limit {
			ideal = t.next // never over its own last frame
		}
		t.n = 0
		t.next = ideal + n
		return ideal, true
	}
	if t.n == 0 {
		t.least, t.most = deviation, deviation
	}
	t.least, t.most = min(t.least, deviation), max(t.most, deviation)
	if t.n++; t.n == driftWindow {
		t.n = 0
		switch {
		case t.least > limit:
			t.next += t.least
		case t.most < -limit:
			return 0, false
		}
	}
	at = t.next
	t.next += n
	return at, true
}
