package media

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"time"
)

const (
	// recorderQueue is how many frames wait for the disk: more than a second of
	// both sides. What comes beyond is dropped and counted.
	recorderQueue = 128
	recorderFrame = 320 // samples of a queued piece; longer frames are cut
	headerEvery   = time.Second
)

// Recorder writes a call as a stereo 16-bit WAV file: left the customer, right
// Dialwright and, after a transfer, the human agent, mixed where they overlap. Frames
// lie where their time says (±20 ms), gaps are silence.
//
// The file is valid at any moment, also after kill -9: samples are written before the
// header that counts them, and the header once a second. RepairWAV recovers what
// lies behind the last header.
//
// WriteLeft, WriteRight and WriteAgent never block and allocate nothing; a goroutine
// of the recorder's own does the writing.
type Recorder struct {
	path string
	rate int

	mu      sync.Mutex
	queue   [recorderQueue]recorded // a ring
	head, n int
	closed  bool
	err     error // of writing; ends the recording
	stats   RecorderStats

	wake chan struct{}
	done chan struct{}
}

// RecorderStats are a recorder's counts.
type RecorderStats struct {
	Frames  uint64        // taken
	Dropped uint64        // not recorded: queue full, disk failed, closed, or time absurd
	Late    uint64        // not or not wholly recorded, since that time was written already
	Written time.Duration // length of the file so far
}

// recorded is a queued frame.
type recorded struct {
	source source
	seq    uint64
	part   int // of a frame that was cut
	at     time.Time
	rate   int
	n      int
	pcm    [recorderFrame]int16
}

// source is who is heard.
type source uint8

const (
	customer source = iota
	dialwright
	agent
	sources
)

// OpenRecorder creates the file, which must not exist yet, and starts the writer. rate is
// that of the file, 8000 or 16000 in samples per second; frames of other rates are
// resampled. start is the time of the first sample.
func OpenRecorder(path string, rate int, start time.Time) (*Recorder, error) {
	if rate != 8000 && rate != 16000 {
		return nil, fmt.Errorf("media: recording %s: a rate of %d Hz is not supported (8000, 16000)", path, rate)
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600) // personal data
	if err != nil {
		return nil, fmt.Errorf("media: recording: %w", err)
	}
	var head [wavHeaderSize]byte
	putWAVHeader(head[:], rate, 2, 0)
	if _, err := file.Write(head[:]); err != nil {
		return nil, fmt.Errorf("media: recording: %w", errors.Join(err, file.Close()))
	}
	r := &Recorder{path: path, rate: rate, wake: make(chan struct{}, 1), done: make(chan struct{})}
	go r.run(newStereo(file, rate, start))
	return r, nil
}

// WriteLeft records what the customer says: a leg's Sink passes its frames here.
func (r *Recorder) WriteLeft(f Frame) { r.put(customer, f) }

// WriteRight records what Dialwright says: it does as OpenOptions.OutTap.
func (r *Recorder) WriteRight(f Frame) { r.put(dialwright, f) }

// WriteAgent records what the human agent says, on the right as well.
func (r *Recorder) WriteAgent(f Frame) { r.put(agent, f) }

// Stats are the counts so far.
func (r *Recorder) Stats() RecorderStats {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stats
}

// Close writes what is queued and the final header, and returns when the file is
// closed, with the first error of writing it. A second Close returns the same.
func (r *Recorder) Close() error {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	r.signal()
	<-r.done
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err != nil {
		return fmt.Errorf("media: recording %s: %w", r.path, r.err)
	}
	return nil
}

func (r *Recorder) put(from source, f Frame) {
	if f.Rate <= 0 || len(f.PCM) == 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stats.Frames++
	pieces := (len(f.PCM) + recorderFrame - 1) / recorderFrame
	if r.closed || r.err != nil || r.n+pieces > len(r.queue) {
		r.stats.Dropped++
		return
	}
	for part := range pieces {
		slot := &r.queue[(r.head+r.n)%len(r.queue)]
		slot.source, slot.seq, slot.part, slot.rate = from, f.Seq, part, f.Rate
		slot.at = f.At
		slot.n = copy(slot.pcm[:], f.PCM[part*recorderFrame:])
		r.n++
	}
	r.signal()
}

func (r *Recorder) signal() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// run is the writer.
func (r *Recorder) run(s *stereo) {
	defer close(r.done)
	ticker := time.NewTicker(headerEvery)
	defer ticker.Stop()
	for {
		var err error
		select {
		case <-r.wake:
			err = s.spill()
		case <-ticker.C:
			err = errors.Join(s.rest(), s.header())
		}
		ended := r.take(s)
		r.note(s, err)
		if ended {
			r.note(s, s.close())
			return
		}
	}
}

// take places all that is queued and tells whether the recorder has been closed.
func (r *Recorder) take(s *stereo) (closed bool) {
	var f recorded
	for {
		r.mu.Lock()
		if r.n == 0 {
			closed = r.closed
			r.mu.Unlock()
			return closed
		}
		f = r.queue[r.head]
		r.head = (r.head + 1) % len(r.queue)
		r.n--
		r.mu.Unlock()
		r.note(s, s.place(&f))
	}
}

// note keeps the first error and the counts.
func (r *Recorder) note(s *stereo, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err == nil {
		r.err = err
	}
	r.stats.Dropped += s.absurd
	r.stats.Late += s.late
	s.absurd, s.late = 0, 0
	r.stats.Written = time.Duration(s.written) * time.Second / time.Duration(r.rate)
}
