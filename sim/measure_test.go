package sim

import (
	"math"
	"path/filepath"
	"testing"
	"time"

	"github.com/dialwright/dialwright/media"
	"github.com/google/go-cmp/cmp"
)

// track is silence with tones between the given times (ms).
func track(length int, tones ...[2]int) []int16 {
	const perMS = rate / 1000
	pcm := make([]int16, length*perMS)
	for _, t := range tones {
		for i := t[0] * perMS; i < t[1]*perMS; i++ {
			pcm[i] = int16(5000 * math.Sin(float64(i)*2*math.Pi*400/rate))
		}
	}
	return pcm
}

func ms(n int) time.Duration { return time.Duration(n) * time.Millisecond }

func TestTurns(t *testing.T) {
	for name, c := range map[string]struct {
		customer, other []int16
		want            []Turn
	}{
		"answered after 600 ms": {
			track(6000, [2]int{2000, 3000}), track(6000, [2]int{0, 1500}, [2]int{3600, 5000}),
			[]Turn{{From: ms(2000), To: ms(3000), Answer: ms(3600), EOSToAudio: ms(600)}},
		},
		"a pause inside a sentence is no end": {
			track(6000, [2]int{2000, 2500}, [2]int{3000, 3400}), track(6000, [2]int{4000, 5000}),
			[]Turn{{From: ms(2000), To: ms(3400), Answer: ms(4000), EOSToAudio: ms(600)}},
		},
		"barge-in": {
			track(6000, [2]int{2000, 3000}), track(6000, [2]int{0, 2080}, [2]int{3500, 5000}),
			[]Turn{{From: ms(2000), To: ms(3000), Answer: ms(3500), EOSToAudio: ms(500), BargeIn: true, BargeInStop: ms(80)}},
		},
		"deaf to a barge-in": {
			track(6000, [2]int{2000, 3000}), track(6000, [2]int{0, 4000}),
			[]Turn{{From: ms(2000), To: ms(3000), BargeIn: true}},
		},
		"never answered": {track(3000, [2]int{1000, 2000}), track(3000), []Turn{{From: ms(1000), To: ms(2000)}}},
		"two turns": {
			track(9000, [2]int{1000, 2000}, [2]int{5000, 6000}), track(9000, [2]int{2400, 4000}, [2]int{6700, 8000}),
			[]Turn{{From: ms(1000), To: ms(2000), Answer: ms(2400), EOSToAudio: ms(400)}, {From: ms(5000), To: ms(6000), Answer: ms(6700), EOSToAudio: ms(700)}},
		},
		"nobody speaks": {track(1000), track(1000), nil},
	} {
		t.Run(name, func(t *testing.T) {
			if d := cmp.Diff(c.want, turns(c.customer, c.other)); d != "" {
				t.Errorf("turns (-want +got):\n%s", d)
			}
		})
	}
}

func TestMeasureReadsTheRecording(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.wav")
	channels := [][]int16{track(3000, [2]int{500, 1000}), track(3000, [2]int{1300, 2000})}
	if err := media.WriteWAV(file, media.Audio{Rate: rate, Channels: channels}); err != nil {
		t.Fatal(err)
	}
	got, err := Measure(Recording{File: file})
	if err != nil || len(got) != 1 || got[0].EOSToAudio != ms(300) {
		t.Errorf("Measure gives %+v (%v), want one turn of 300 ms", got, err)
	}
	if got, err := Measure(Recording{File: file, Voicemail: true}); err != nil || got != nil {
		t.Errorf("a voicemail has turns: %+v (%v)", got, err)
	}
	if _, err := Measure(Recording{File: file + "x"}); err == nil {
		t.Error("a missing recording is no error")
	}
	if err := media.WriteWAV(file, media.Audio{Rate: 8000, Channels: channels}); err != nil {
		t.Fatal(err)
	}
	if _, err := Measure(Recording{File: file}); err == nil {
		t.Error("a recording at another rate is no error")
	}
}

// TestHearing places frames by RTP time while they flow, by arrival after a gap.
func TestHearing(t *testing.T) {
	start := time.Now()
	l := &line{started: start}
	frame := track(20, [2]int{0, 20})
	hear := func(at int, ts uint32) { l.hear(start.Add(ms(at)), ts, frame) }
	hear(100, 5000)
	hear(128, 5000+frameSamples)     // 8 ms late: belongs behind the first
	hear(140, 5000+2*frameSamples)   // and the third is in time again
	hear(300, 5000+3*frameSamples)   // much too late: it is heard when it comes
	hear(305, 5000+4*frameSamples)   // and the next, which was not, after it
	hear(1000, 5000+50*frameSamples) // a new talk-spurt
	got := spans(l.heard, 0)
	if d := cmp.Diff([]span{{ms(100), ms(160)}, {ms(300), ms(340)}, {ms(1000), ms(1020)}}, got, cmp.AllowUnexported(span{})); d != "" {
		t.Errorf("heard (-want +got):\n%s", d)
	}
	if spurt, voice := l.otherSide(); !spurt.Equal(start.Add(ms(1000))) || !voice.Equal(spurt) {
		t.Errorf("spurt began %s, voice at %s; want both at 1 s", spurt.Sub(start), voice.Sub(start))
	}
}

func TestSameNumber(t *testing.T) {
	const number = "+8613800000001"
	for dialled, want := range map[string]bool{
		"+8613800000001": true, "8613800000001": true, "13800000001": true, "013800000001": true, "008613800000001": true,
		"000001": false, "": false, "8613800000002": false, "18613800000001": false,
	} {
		if got := sameNumber(number, dialled); got != want {
			t.Errorf("%q is %v, want %v", dialled, got, want)
		}
	}
}
