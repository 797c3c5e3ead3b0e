package media

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// speak synthesises a sentence with flite or espeak-ng.
func speak(t *testing.T, engine, text string, rate int) []int16 {
	t.Helper()
	path := filepath.Join(t.TempDir(), "speech.wav")
	args := map[string][]string{
		"flite":     {"-voice", "slt", "-t", text, "-o", path},
		"espeak-ng": {"-w", path, text},
	}[engine]
	if out, err := exec.Command(tool(t, engine, engine), args...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v: %s", engine, err, out)
	}
	a, err := ReadWAV(path)
	if err != nil {
		t.Fatal(err)
	}
	return Resample(a.Channels[0], a.Rate, rate)
}

// truth is where speech begins and ends: the first and last 10 ms that are over a
// fortieth of the loudest.
func truth(pcm []int16, rate int) (start, end time.Duration) {
	step := rate / 100
	var loudest float64
	for i := 0; i+step <= len(pcm); i += step {
		loudest = max(loudest, rms(pcm[i:i+step]))
	}
	start = -1
	for i := 0; i+step <= len(pcm); i += step {
		if rms(pcm[i:i+step]) > loudest/40 {
			if start < 0 {
				start = time.Duration(i/step) * vadStep
			}
			end = time.Duration(i/step+1) * vadStep
		}
	}
	return start, end
}

func scale(pcm []int16, factor float64) []int16 {
	out := make([]int16, len(pcm))
	for i, s := range pcm {
		out[i] = clip(float32(float64(s) * factor))
	}
	return out
}

func silence(rate int, d time.Duration) []int16 {
	return make([]int16, int(d*time.Duration(rate)/time.Second))
}

func join(parts ...[]int16) (out []int16) {
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

// listen feeds frames of 20 ms and checks that events alternate.
func listen(t *testing.T, o VADOptions, pcm []int16) []VADEvent {
	t.Helper()
	v := NewVAD(o)
	n := o.Rate / 50
	var events []VADEvent
	for i := 0; i+n <= len(pcm); i += n {
		e, ok := v.Feed(pcm[i : i+n])
		if !ok {
			continue
		}
		if want := VADKind(1 + len(events)%2); e.Kind != want || e.Offset > e.Decided {
			t.Fatalf("event %d is %+v", len(events), e)
		}
		events = append(events, e)
	}
	return events
}

func TestVADFindsSpeech(t *testing.T) {
	const text = "Yes, I would like to talk to somebody about my bill."
	for _, engine := range []string{"flite", "espeak-ng"} {
		for _, rate := range []int{8000, 16000} {
			speech := speak(t, engine, text, rate)
			from, to := truth(speech, rate)
			lead := 1300 * time.Millisecond
			clean := join(silence(rate, lead), speech, silence(rate, 1500*time.Millisecond))
			for name, c := range map[string]struct {
				gain, noise float64
			}{
				"clean": {1, 0}, "quiet": {0.15, 0}, "noise": {1, 100}, "loud noise": {1, 300},
			} {
				t.Run(fmt.Sprintf("%s/%d/%s", engine, rate, name), func(t *testing.T) {
					pcm := mix(scale(clean, c.gain), noise(7, c.noise, len(clean)))
					events := listen(t, VADOptions{Rate: rate, Hang: 700 * time.Millisecond}, pcm)
					if len(events) != 2 {
						t.Fatalf("events %+v", events)
					}
					start, end := events[0], events[1]
					if d := start.Offset - (lead + from); d < -40*time.Millisecond || d > 120*time.Millisecond {
						t.Errorf("start is off by %v", d)
					}
					if d := start.Decided - start.Offset; d > 120*time.Millisecond {
						t.Errorf("start was decided after %v", d)
					}
					if d := end.Offset - (lead + to); d < -200*time.Millisecond || d > 80*time.Millisecond {
						t.Errorf("end is off by %v", d)
					}
					if d := end.Decided - end.Offset; d < 700*time.Millisecond || d > 760*time.Millisecond {
						t.Errorf("end was decided after %v", d)
					}
				})
			}
		}
	}
}

func TestVADHearsOneWhoSpeaksFromTheFirstMoment(t *testing.T) {
	speech := speak(t, "flite", "Hello? Who is there?", 8000)
	from, _ := truth(speech, 8000)
	cut := speech[int(from*8000/time.Second):]
	events := listen(t, VADOptions{Rate: 8000}, join(cut, silence(8000, time.Second)))
	if len(events) < 2 || events[0].Offset > 100*time.Millisecond {
		t.Fatalf("events %+v", events)
	}
}

// TestVADTellsTwoSentences: a pause longer than the hang time makes two utterances, a
// shorter one does not.
func TestVADTellsTwoSentences(t *testing.T) {
	speech := speak(t, "flite", "No thank you.", 8000)
	from, to := truth(speech, 8000)
	speech = speech[int(from*8000/time.Second):int(to*8000/time.Second)]
	for pause, want := range map[time.Duration]int{350 * time.Millisecond: 2, 1100 * time.Millisecond: 4} {
		pcm := join(silence(8000, time.Second), speech, silence(8000, pause), speech, silence(8000, 1500*time.Millisecond))
		if events := listen(t, VADOptions{Rate: 8000, Hang: 700 * time.Millisecond}, pcm); len(events) != want {
			t.Errorf("pause of %v: events %+v", pause, events)
		}
	}
}

func TestVADIgnoresWhatIsNotSpeech(t *testing.T) {
	const rate = 8000
	clicks := silence(rate, 10*time.Second)
	for i := 4000; i < len(clicks); i += 3100 {
		for k := range 60 { // 7.5 ms
			clicks[i+k] = int16(20000 * (1 - 2*(k/4%2)))
		}
	}
	ramp := noise(5, 1, 20*rate) // noise that grows from −80 to −40 dB within 20 s
	for i := range ramp {
		ramp[i] = noise(uint64(i), 1+float64(i)/float64(len(ramp))*250, 1)[0]
	}
	for name, pcm := range map[string][]int16{
		"silence":         silence(rate, 10*time.Second),
		"faint noise":     noise(1, 30, 10*rate),
		"noise":           noise(2, 300, 10*rate),
		"strong noise":    noise(3, 600, 10*rate),
		"growing noise":   ramp,
		"mains hum":       sine(rate, 50, 2000, 10*rate),
		"offset":          slicesRepeat(1500, 10*rate),
		"clicks":          clicks,
		"clicks in noise": mix(clicks, noise(4, 100, len(clicks))),
	} {
		if events := listen(t, VADOptions{Rate: rate}, pcm); len(events) != 0 {
			t.Errorf("%s: events %+v", name, events)
		}
	}
}

func slicesRepeat(v int16, n int) []int16 {
	out := make([]int16, n)
	for i := range out {
		out[i] = v
	}
	return out
}

// TestVADGetsUsedToNoise: noise that sets in suddenly may be taken for speech, but not
// for ever, and speech is found over it afterwards.
func TestVADGetsUsedToNoise(t *testing.T) {
	const rate = 8000
	speech := speak(t, "flite", "I am calling from the train.", rate)
	from, _ := truth(speech, rate)
	pcm := join(silence(rate, 2*time.Second), noise(9, 250, 8*rate))
	pcm = join(pcm, mix(speech, noise(10, 250, len(speech))), noise(11, 250, 2*rate))
	events := listen(t, VADOptions{Rate: rate}, pcm)
	if len(events) != 4 {
		t.Fatalf("events %+v", events)
	}
	if events[1].Decided > 6*time.Second {
		t.Errorf("noise was taken for speech until %v", events[1].Decided)
	}
	if d := events[2].Offset - (10*time.Second + from); d < -40*time.Millisecond || d > 150*time.Millisecond {
		t.Errorf("speech in noise was found %v off", d)
	}
}

func TestVADAllocatesNothing(t *testing.T) {
	v := NewVAD(VADOptions{Rate: 16000})
	pcm := noise(1, 1000, 320)
	if n := testing.AllocsPerRun(200, func() { v.Feed(pcm) }); n != 0 {
		t.Errorf("%v allocations per frame", n)
	}
}

func BenchmarkVAD20ms(b *testing.B) {
	v := NewVAD(VADOptions{Rate: 16000})
	pcm := noise(1, 1000, 320)
	b.ReportAllocs()
	for b.Loop() {
		v.Feed(pcm)
	}
}
