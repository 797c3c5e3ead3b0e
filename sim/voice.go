package sim

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/dialwright/dialwright/media"
	"github.com/dialwright/dialwright/sim/pbx"
	"golang.org/x/sync/errgroup"
)

// The far side speaks wideband: 16 kHz samples for the recordings, and the
// same as G.722 (64 kbit/s; RFC 3551 §4.5.2) for the wire.
const (
	rate         = 16000
	frameSamples = rate / 50 // 20 ms
	frameBytes   = 160       // 20 ms of G.722
)

// clip is something to be heard, in whole frames.
type clip struct {
	pcm  []int16 // frameSamples per frame
	g722 []byte  // frameBytes per frame
	// Where the voice begins and ends, in samples: synthesisers put silence
	// before and after.
	from, to int
}

func (c *clip) frames() int { return len(c.g722) / frameBytes }

// voices makes clips and keeps them on disk, so that a sentence is
// synthesised once for ever.
type voices struct {
	dir string
	pbx *pbx.Instance // whose codec makes the G.722
}

// sentence returns the clip of a text in a language.
func (v *voices) sentence(ctx context.Context, language, text string) (*clip, error) {
	argv := func(out string) []string { return []string{"flite", "-voice", "slt", "-t", text, "-o", out} }
	engine := "flite/slt"
	if language != "en" {
		// The voice cmn is Mandarin; the text is UTF-8.
		argv = func(out string) []string { return []string{"espeak-ng", "-v", "cmn", "-w", out, "--", text} }
		engine = "espeak-ng/cmn"
	}
	return v.clip(ctx, engine+"\x00"+text, func() ([]int16, error) {
		wav := filepath.Join(v.dir, fmt.Sprintf("%x.wav.tmp", sha256.Sum256([]byte(engine+text))))
		defer func() { _ = os.Remove(wav) }()
		args := argv(wav)
		if out, err := exec.CommandContext(ctx, args[0], args[1:]...).CombinedOutput(); err != nil {
			if errors.Is(err, exec.ErrNotFound) {
				return nil, fmt.Errorf("%s is not installed: run `make deps` (scripts/install-deps.sh)", args[0])
			}
			return nil, fmt.Errorf("%s: %w: %s", args[0], err, out)
		}
		audio, err := media.ReadWAV(wav)
		if err != nil {
			return nil, err
		}
		return media.Resample(audio.Channels[0], audio.Rate, rate), nil
	})
}

// clip returns what is in the cache under key, or makes it.
func (v *voices) clip(ctx context.Context, key string, make func() ([]int16, error)) (*clip, error) {
	base := filepath.Join(v.dir, fmt.Sprintf("%x", sha256.Sum256([]byte("1\x00"+key))))
	if c, err := openClip(base); err == nil {
		return c, nil
	}
	pcm, err := make()
	if err != nil {
		return nil, err
	}
	for len(pcm)%frameSamples != 0 {
		pcm = append(pcm, 0)
	}
	// Unique names: another process may be making the same clip.
	tmp, err := os.MkdirTemp(v.dir, "clip-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(tmp) }()
	raw := filepath.Join(tmp, "clip.sln16")
	if err := os.WriteFile(raw, sln(pcm), 0o644); err != nil {
		return nil, err
	}
	wire := filepath.Join(tmp, "clip.g722")
	out, err := v.pbx.CLI(ctx, "file convert "+raw+" "+wire)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(wire); err != nil {
		return nil, fmt.Errorf("asterisk did not convert to G.722: %s", out)
	}
	if err := errors.Join(os.Rename(raw, base+".sln16"), os.Rename(wire, base+".g722")); err != nil {
		return nil, err
	}
	return openClip(base)
}

func openClip(base string) (*clip, error) {
	wire, err := os.ReadFile(base + ".g722") // the last to be put there
	if err != nil {
		return nil, err
	}
	raw, err := os.ReadFile(base + ".sln16")
	if err != nil {
		return nil, err
	}
	n := min(len(raw)/2/frameSamples, len(wire)/frameBytes)
	c := &clip{g722: wire[:n*frameBytes], pcm: make([]int16, n*frameSamples)}
	for i := range c.pcm {
		c.pcm[i] = int16(binary.LittleEndian.Uint16(raw[2*i:]))
	}
	c.from, c.to = voiced(c.pcm)
	if n == 0 {
		return nil, fmt.Errorf("%s is empty", base)
	}
	return c, nil
}

// sln is Asterisk's raw format: samples of 16 bit, little-endian.
func sln(pcm []int16) []byte {
	b := make([]byte, 0, 2*len(pcm))
	for _, s := range pcm {
		b = binary.LittleEndian.AppendUint16(b, uint16(s))
	}
	return b
}

// library is all that a script's people can say.
type library struct {
	silence   *clip
	beep      *clip
	sentences map[string]*clip // language, zero byte, text
}

func (l *library) sentence(language, text string) *clip { return l.sentences[language+"\x00"+text] }

// prepare makes all clips of a script before the first call.
func (v *voices) prepare(ctx context.Context, s *Script) (*library, error) {
	if err := os.MkdirAll(v.dir, 0o755); err != nil {
		return nil, fmt.Errorf("sim: make the directory of voices: %w", err)
	}
	lib := &library{sentences: map[string]*clip{}}
	var err error
	if lib.silence, err = v.clip(ctx, "silence", func() ([]int16, error) { return make([]int16, rate), nil }); err != nil {
		return nil, fmt.Errorf("sim: make silence: %w", err)
	}
	if lib.beep, err = v.clip(ctx, "beep", func() ([]int16, error) { return media.Beep(rate, beepLength), nil }); err != nil {
		return nil, fmt.Errorf("sim: make the beep: %w", err)
	}
	type job struct {
		language, text string
		clip           *clip
	}
	var jobs []*job
	for _, p := range append(append([]Persona(nil), s.Customers...), s.Agents...) {
		for _, text := range p.Sentences() {
			if key := p.Language + "\x00" + text; lib.sentences[key] == nil {
				lib.sentences[key] = &clip{} // named once, filled below
				jobs = append(jobs, &job{language: p.Language, text: text})
			}
		}
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(2)
	for _, j := range jobs {
		group.Go(func() (err error) {
			if j.clip, err = v.sentence(ctx, j.language, j.text); err != nil {
				return fmt.Errorf("sim: synthesise %q: %w", j.text, err)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	for _, j := range jobs {
		lib.sentences[j.language+"\x00"+j.text] = j.clip
	}
	return lib, nil
}
