package asrtest

import (
	"encoding/binary"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// Speech synthesises text with flite's slt voice: 16 kHz mono. Without flite the test fails.
func Speech(t testing.TB, text string) []int16 {
	t.Helper()
	out := filepath.Join(t.TempDir(), "speech.wav")
	in := filepath.Join(t.TempDir(), "speech.txt")
	if err := os.WriteFile(in, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if msg, err := exec.Command("flite", "-voice", "slt", "-f", in, "-o", out).CombinedOutput(); err != nil {
		t.Fatalf("flite: %v: %s (install the Debian package flite)", err, msg)
	}
	wav, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	const header = 44 // flite writes the canonical header
	if len(wav) < header || string(wav[:4]) != "RIFF" || binary.LittleEndian.Uint32(wav[24:]) != 16000 {
		t.Fatalf("flite wrote no 16 kHz WAV file for %q (%d bytes)", text, len(wav))
	}
	pcm := make([]int16, (len(wav)-header)/2)
	for i := range pcm {
		pcm[i] = int16(binary.LittleEndian.Uint16(wav[header+2*i:]))
	}
	return pcm
}

// Silence is digital silence.
func Silence(rate int, d time.Duration) []int16 {
	return make([]int16, int(d.Seconds()*float64(rate)))
}

// Tone is a loud sine, which Scripted takes for speech.
func Tone(rate int, d time.Duration) []int16 {
	pcm := Silence(rate, d)
	for i := range pcm {
		pcm[i] = int16(8000 * math.Sin(2*math.Pi*440*float64(i)/float64(rate)))
	}
	return pcm
}

// Frames cuts audio into 20 ms frames; the last is filled up with silence.
func Frames(rate int, pcm []int16) [][]int16 {
	n := rate / 50
	var out [][]int16
	for len(pcm) > 0 {
		frame := make([]int16, n)
		pcm = pcm[copy(frame, pcm):]
		out = append(out, frame)
	}
	return out
}
