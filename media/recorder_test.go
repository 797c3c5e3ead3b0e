package media

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

func openRecorder(t *testing.T, rate int, start time.Time) (*Recorder, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "call.wav")
	r, err := OpenRecorder(path, rate, start)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r, path
}

// closed is what the file holds in the end.
func closed(t *testing.T, r *Recorder, path string) Audio {
	t.Helper()
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	a, err := ReadWAV(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Channels) != 2 || len(a.Channels[0]) != len(a.Channels[1]) {
		t.Fatalf("%d channels", len(a.Channels))
	}
	return a
}

// settle waits until the recorder has taken what it was given.
func settle(r *Recorder) {
	for {
		r.mu.Lock()
		n := r.n
		r.mu.Unlock()
		if n == 0 {
			return
		}
		<-time.After(time.Millisecond)
	}
}

// frames cuts audio into frames of 20 ms that begin at a time.
func frames(pcm []int16, rate int, seq uint64, at time.Time) (out []Frame) {
	n := rate / 50
	for i := 0; i+n <= len(pcm); i += n {
		out = append(out, Frame{PCM: pcm[i : i+n], Rate: rate, Seq: seq, At: at})
		seq++
		at = at.Add(FrameDuration)
	}
	return out
}

// loudFrom is the first sample that is not next to silence.
func loudFrom(pcm []int16) int {
	return slices.IndexFunc(pcm, func(s int16) bool { return s > 500 || s < -500 })
}

func TestRecorderPlacesByTime(t *testing.T) {
	start := time.Now()
	r, path := openRecorder(t, 8000, start)
	tone := sine(8000, 1000, 8000, 8000)
	left := frames(tone, 8000, 0, start.Add(500*time.Millisecond))
	right := frames(sine(8000, 450, 8000, 16000), 8000, 0, start.Add(3*time.Second))
	for _, f := range left {
		r.WriteLeft(f)
		settle(r)
	}
	for _, f := range right {
		r.WriteRight(f)
		settle(r)
	}
	a := closed(t, r, path)
	if len(a.Channels[0]) != 5*8000 || a.Rate != 8000 {
		t.Fatalf("%d samples at %d Hz", len(a.Channels[0]), a.Rate)
	}
	if !slices.Equal(a.Channels[0][4000:12000], tone) || rms(a.Channels[0][12000:]) != 0 || rms(a.Channels[0][:4000]) != 0 {
		t.Error("the left channel is not what was said, where it was said")
	}
	if !slices.Equal(a.Channels[1][24000:], sine(8000, 450, 8000, 16000)) || rms(a.Channels[1][:24000]) != 0 {
		t.Error("the right channel is not what was said, where it was said")
	}
	if s := r.Stats(); s.Frames != 150 || s.Dropped != 0 || s.Late != 0 || s.Written != 5*time.Second {
		t.Errorf("stats %+v", s)
	}
}

func TestRecorderMixesRightSide(t *testing.T) {
	start := time.Now()
	r, path := openRecorder(t, 16000, start)
	bot := frames(level(200, 16000), 16000, 0, start)
	human := frames(level(150, 16000), 16000, 900, start.Add(500*time.Millisecond))
	for i := range 75 {
		if i < len(bot) {
			r.WriteRight(bot[i])
		}
		if i >= 25 {
			r.WriteAgent(human[i-25])
		}
		settle(r)
	}
	a := closed(t, r, path)
	for at, want := range map[int]int16{4000: 20000, 12000: 32767, 20000: 15000} {
		if got := a.Channels[1][at]; got != want {
			t.Errorf("sample %d is %d, want %d", at, got, want)
		}
	}
	if rms(a.Channels[0]) != 0 {
		t.Error("the left channel is not silent")
	}
}

func TestRecorderResamples(t *testing.T) {
	start := time.Now()
	for _, rate := range []int{8000, 16000} {
		r, path := openRecorder(t, rate, start)
		left := frames(sine(16000, 1000, 8000, 16000), 16000, 0, start.Add(200*time.Millisecond))
		right := frames(sine(8000, 700, 8000, 8000), 8000, 0, start.Add(200*time.Millisecond))
		for i := range left {
			r.WriteLeft(left[i])
			r.WriteRight(right[i])
			settle(r)
		}
		a := closed(t, r, path)
		for c, hz := range []float64{1000, 700} {
			pcm := a.Channels[c]
			if _, snr := residual(pcm[rate*4/10:rate], rate, hz); snr < 50 {
				t.Errorf("%d Hz, channel %d: SNR %.1f dB", rate, c, snr)
			}
			if d := time.Duration(loudFrom(pcm))*time.Second/time.Duration(rate) - 200*time.Millisecond; d.Abs() > 20*time.Millisecond {
				t.Errorf("%d Hz, channel %d: off by %v", rate, c, d)
			}
		}
	}
}

// TestRecorderIsNotMovedByJitter: frames in sequence lie gaplessly although they arrive
// unevenly, and even after a burst.
func TestRecorderIsNotMovedByJitter(t *testing.T) {
	start := time.Now()
	r, path := openRecorder(t, 8000, start)
	tone := sine(8000, 1000, 8000, 8*8000)
	for i, f := range frames(tone, 8000, 0, start) {
		late := time.Duration(i*7919%15) * time.Millisecond
		if k := i % 100; k >= 50 && k < 65 {
			late = time.Duration(65-k) * FrameDuration // 300 ms of silence, then all at once
		}
		f.At = f.At.Add(late)
		r.WriteLeft(f)
		settle(r)
	}
	a := closed(t, r, path)
	if !slices.Equal(a.Channels[0], tone) {
		t.Errorf("the recording of %d samples differs from the %d received", len(a.Channels[0]), len(tone))
	}
}

// TestRecorderFollowsTheClock: a source whose clock is 1 % off stays within 40 ms (the
// limit, and what a second adds to it before it is seen).
func TestRecorderFollowsTheClock(t *testing.T) {
	for _, speed := range []float64{0.99, 1.01} {
		start := time.Now()
		r, path := openRecorder(t, 8000, start)
		for i := range 1500 {
			pcm := make([]int16, 160)
			at := time.Duration(float64(i) * speed * float64(FrameDuration))
			if i%100 == 99 {
				pcm[0] = 20000
			}
			r.WriteLeft(Frame{PCM: pcm, Rate: 8000, Seq: uint64(i), At: start.Add(at)})
			settle(r)
		}
		a := closed(t, r, path)
		n := 0
		for i, s := range a.Channels[0] {
			if s == 20000 {
				n++
				want := time.Duration(float64(100*n-1) * speed * float64(FrameDuration))
				if got := time.Duration(i) * time.Second / 8000; near(got, want) > 40*time.Millisecond {
					t.Errorf("speed %v: mark %d is at %v, want %v", speed, n, got, want)
				}
			}
		}
		if n < 13 {
			t.Errorf("speed %v: %d marks", speed, n)
		}
	}
}

func TestRecorderCountsWhatItLeavesOut(t *testing.T) {
	start := time.Now()
	r, path := openRecorder(t, 8000, start)
	pcm := level(50, 160)
	r.WriteLeft(Frame{PCM: pcm, Rate: 8000, Seq: 0, At: start.Add(5 * time.Second)})
	settle(r)
	r.WriteRight(Frame{PCM: pcm, Rate: 8000, Seq: 0, At: start.Add(time.Second)})            // written long ago
	r.WriteRight(Frame{PCM: pcm, Rate: 8000, Seq: 9, At: start.Add(300 * time.Hour)})        // absurd
	r.WriteAgent(Frame{PCM: pcm, Rate: 8000, Seq: 0, At: start.Add(-10 * time.Millisecond)}) // before the beginning
	r.WriteLeft(Frame{})
	settle(r)
	a := closed(t, r, path)
	r.WriteLeft(Frame{PCM: pcm, Rate: 8000})
	if s := r.Stats(); s.Late != 2 || s.Dropped != 2 || s.Frames != 5 {
		t.Errorf("stats %+v", s)
	}
	if len(a.Channels[0]) != 5*8000+160 {
		t.Errorf("%d samples", len(a.Channels[0]))
	}
}

func TestRecorderDropsRatherThanBlocks(t *testing.T) {
	r := &Recorder{rate: 8000, wake: make(chan struct{}, 1)} // whose writer hangs
	pcm := make([]int16, 160)
	for i := range recorderQueue + 10 {
		r.WriteLeft(Frame{PCM: pcm, Rate: 8000, Seq: uint64(i)})
	}
	if s := r.Stats(); s.Dropped != 10 || s.Frames != recorderQueue+10 {
		t.Errorf("stats %+v", s)
	}
}

// fullDisk takes a little and then nothing.
type fullDisk struct {
	room   int
	closed bool
}

var errFull = errors.New("no space left on device")

func (d *fullDisk) Write(b []byte) (int, error) {
	if d.room -= len(b); d.room < 0 {
		return 0, errFull
	}
	return len(b), nil
}
func (d *fullDisk) WriteAt(b []byte, _ int64) (int, error) { return len(b), nil }
func (d *fullDisk) Close() error                           { d.closed = true; return nil }

func TestRecorderTellsThatTheDiskIsFull(t *testing.T) {
	start := time.Now()
	disk := &fullDisk{room: 20000}
	r := &Recorder{path: "call.wav", rate: 8000, wake: make(chan struct{}, 1), done: make(chan struct{})}
	go r.run(newStereo(disk, 8000, start))
	for i, f := range frames(make([]int16, 5*8000), 8000, 0, start) {
		r.WriteLeft(f)
		if i%10 == 0 {
			settle(r)
		}
	}
	for range 2 {
		if err := r.Close(); !errors.Is(err, errFull) || !strings.Contains(err.Error(), "call.wav") {
			t.Fatalf("closing gives %v", err)
		}
	}
	if s := r.Stats(); s.Dropped == 0 || !disk.closed {
		t.Errorf("stats %+v, closed %v", s, disk.closed)
	}
}

func TestRecorderRefuses(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "there.wav")
	if err := os.WriteFile(path, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenRecorder(path, 8000, time.Now()); !errors.Is(err, os.ErrExist) {
		t.Errorf("a file that exists: %v", err)
	}
	if _, err := OpenRecorder(filepath.Join(dir, "none", "a.wav"), 8000, time.Now()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a directory that does not exist: %v", err)
	}
	if _, err := OpenRecorder(filepath.Join(dir, "a.wav"), 44100, time.Now()); err == nil {
		t.Error("44.1 kHz was accepted")
	}
}

func TestRecordingAllocatesNothing(t *testing.T) {
	start := time.Now()
	r, _ := openRecorder(t, 16000, start)
	pcm, seq := make([]int16, 160), uint64(0)
	if n := testing.AllocsPerRun(200, func() {
		r.WriteRight(Frame{PCM: pcm, Rate: 8000, Seq: seq, At: start.Add(time.Duration(seq) * FrameDuration)})
		seq++
	}); n > 1 { // the writer's buffers grow at first, and count here
		t.Errorf("%v allocations per frame", n)
	}
}

// recordUntilKilled is what the child process of the next test does.
func recordUntilKilled(path string) {
	start := time.Now()
	r, err := OpenRecorder(path, 8000, start)
	if err != nil {
		panic(err)
	}
	left, right := sine(8000, 400, 8000, 8000), sine(8000, 800, 8000, 8000)
	ticker := time.NewTicker(FrameDuration)
	for i := 0; ; i++ {
		at := start.Add(time.Duration(i) * FrameDuration)
		k := i % 50 * 160
		r.WriteLeft(Frame{PCM: left[k : k+160], Rate: 8000, Seq: uint64(i), At: at})
		r.WriteRight(Frame{PCM: right[k : k+160], Rate: 8000, Seq: uint64(i), At: at})
		<-ticker.C
	}
}

func TestRecordingSurvivesKill(t *testing.T) {
	soxi := tool(t, "soxi", "sox")
	sox := tool(t, "sox", "sox")
	for _, length := range []time.Duration{1500 * time.Millisecond, 2650 * time.Millisecond} {
		path := filepath.Join(t.TempDir(), "killed.wav")
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), "MEDIA_TEST_RECORD_UNTIL_KILLED="+path)
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		<-time.After(length)
		if err := child.Process.Kill(); err != nil { // SIGKILL
			t.Fatal(err)
		}
		_ = child.Wait() // ends by the signal
		check := func(what string) time.Duration {
			a, err := ReadWAV(path)
			if err != nil {
				t.Fatalf("%s: %v", what, err)
			}
			n := len(a.Channels[0])
			for c, hz := range []float64{400, 800} {
				if _, share := TonePower(a.Channels[c], 8000, hz); share < 0.99 {
					t.Errorf("%s: channel %d has %.3f of its power at %v Hz", what, c, share, hz)
				}
			}
			out, err := exec.Command(soxi, "-s", path).Output()
			if err != nil {
				t.Fatalf("%s: soxi: %v", what, err)
			}
			if got := strings.TrimSpace(string(out)); got != strconv.Itoa(n) {
				t.Errorf("%s: soxi finds %s samples, we find %d", what, got, n)
			}
			msg, err := exec.Command(sox, path, "-n", "stat").CombinedOutput()
			if err != nil || strings.Contains(string(msg), "WARN") {
				t.Errorf("%s: sox: %v: %s", what, err, msg)
			}
			return time.Duration(n) * time.Second / 8000
		}
		killed := check("after kill")
		if _, err := RepairWAV(path); err != nil {
			t.Fatal(err)
		}
		repaired := check("after repair")
		if repaired < killed || killed < length-1500*time.Millisecond || repaired < length-time.Second {
			t.Errorf("of %v, %v were there at once and %v after the repair", length, killed, repaired)
		}
	}
}
