package media

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestWAVRoundTrip(t *testing.T) {
	soxi := tool(t, "soxi", "sox")
	for _, channels := range []int{1, 2, 3} {
		a := Audio{Rate: 16000}
		for c := range channels {
			a.Channels = append(a.Channels, noise(uint64(c), 3000, 1001))
		}
		path := filepath.Join(t.TempDir(), "a.wav")
		if err := WriteWAV(path, a); err != nil {
			t.Fatal(err)
		}
		b, err := ReadWAV(path)
		if err != nil || b.Rate != 16000 || !slices.EqualFunc(a.Channels, b.Channels, slices.Equal[[]int16]) {
			t.Errorf("%d channels: read back differently (%v)", channels, err)
		}
		out, err := exec.Command(soxi, path).CombinedOutput()
		if err != nil || !strings.Contains(string(out), "1001 samples") || strings.Contains(string(out), "WARN") {
			t.Errorf("soxi: %v %s", err, out)
		}
	}
}

func TestWAVReadsWhatSoxWrites(t *testing.T) {
	sox := tool(t, "sox", "sox")
	path := filepath.Join(t.TempDir(), "a.wav")
	// 24-bit makes sox write the extensible format, to be refused; 16-bit to be read
	for bits, ok := range map[string]bool{"16": true, "24": false, "8": false} {
		if out, err := exec.Command(sox, "-n", "-r", "8000", "-c", "2", "-b", bits, path, "synth", "0.5", "sine", "440").CombinedOutput(); err != nil {
			t.Fatalf("sox: %v %s", err, out)
		}
		a, err := ReadWAV(path)
		if ok && (err != nil || len(a.Channels) != 2 || len(a.Channels[1]) != 4000) {
			t.Errorf("%s bits: %v", bits, err)
		}
		if !ok && !errors.Is(err, ErrNotWAV) {
			t.Errorf("%s bits: %v", bits, err)
		}
	}
}

func TestWAVToleratesTruncation(t *testing.T) {
	a := Audio{Rate: 8000, Channels: [][]int16{level(1, 100), level(2, 100)}}
	whole, err := a.wav()
	if err != nil {
		t.Fatal(err)
	}
	for cut := range len(whole) {
		got, err := ParseWAV(whole[:cut])
		switch {
		case cut < 36:
			if !errors.Is(err, ErrNotWAV) {
				t.Fatalf("%d bytes: %v", cut, err)
			}
		case err != nil:
			t.Fatalf("%d bytes: %v", cut, err)
		case len(got.Channels[0]) != max(0, cut-44)/4 || len(got.Channels[1]) != len(got.Channels[0]):
			t.Fatalf("%d bytes: %d samples", cut, len(got.Channels[0]))
		}
	}
}

func TestWAVSkipsOtherChunks(t *testing.T) {
	whole, err := Audio{Rate: 8000, Channels: [][]int16{{1, 2, 3}}}.wav()
	if err != nil {
		t.Fatal(err)
	}
	list := "LIST\x03\x00\x00\x00abc\x00"
	odd := slices.Concat(whole[:12], []byte(list), whole[12:36], []byte(list), whole[36:], []byte(list))
	a, err := ParseWAV(odd)
	if err != nil || !slices.Equal(a.Channels[0], []int16{1, 2, 3}) {
		t.Errorf("%v %v", a, err)
	}
}

func TestWriteWAVRefuses(t *testing.T) {
	dir := t.TempDir()
	for name, a := range map[string]Audio{
		"no channels":     {Rate: 8000},
		"no rate":         {Channels: [][]int16{{1}}},
		"unequal lengths": {Rate: 8000, Channels: [][]int16{{1}, {1, 2}}},
	} {
		if err := WriteWAV(filepath.Join(dir, "a.wav"), a); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if err := WriteWAV(filepath.Join(dir, "none", "a.wav"), Audio{Rate: 8000, Channels: [][]int16{{1}}}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no directory: %v", err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("%v is left behind (%v)", left, err)
	}
}

func TestRepairWAV(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.wav")
	write := func(b []byte) {
		t.Helper()
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	whole, err := Audio{Rate: 8000, Channels: [][]int16{{1, 2, 3}, {4, 5, 6}}}.wav()
	if err != nil {
		t.Fatal(err)
	}
	broken := slices.Concat(whole, []byte{7, 0, 8, 0, 9}) // one more sample and a bit
	for name, b := range map[string][]byte{"whole": whole, "longer than its header": broken} {
		write(b)
		size, err := RepairWAV(path)
		if want := int64((len(b) - 44) / 4 * 4); err != nil || size != want {
			t.Errorf("%s: %d bytes, %v", name, size, err)
		}
		a, err := ReadWAV(path)
		if err != nil || len(a.Channels[0]) != int(size/4) {
			t.Errorf("%s: %v %v", name, a, err)
		}
	}
	for name, b := range map[string][]byte{"empty": {}, "text": []byte(strings.Repeat("hello ", 20))} {
		write(b)
		if _, err := RepairWAV(path); !errors.Is(err, ErrNotWAV) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := RepairWAV(path + "x"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}

// FuzzWAV: any bytes are either refused or give channels of equal length, and what was
// read can be written and read again.
func FuzzWAV(f *testing.F) {
	whole, err := Audio{Rate: 8000, Channels: [][]int16{{1, 2, 3}, {4, 5, 6}}}.wav()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add(whole[:50])
	f.Add(slices.Concat(whole[:12], []byte("LIST\xff\xff\xff\xffabcd"), whole[12:]))
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := ParseWAV(b)
		if err != nil {
			if !errors.Is(err, ErrNotWAV) {
				t.Fatal(err)
			}
			return
		}
		again, err := a.wav()
		if err != nil {
			t.Fatal(err)
		}
		c, err := ParseWAV(again)
		if err != nil || c.Rate != a.Rate || !slices.EqualFunc(a.Channels, c.Channels, slices.Equal[[]int16]) {
			t.Fatalf("not the same when written and read again (%v)", err)
		}
	})
}
