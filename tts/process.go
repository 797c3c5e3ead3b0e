package tts

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"strings"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/dialwright/dialwright/media"
)

// ProcessOptions say how an engine's program is run. Zero values mean the
// defaults.
type ProcessOptions struct {
	Binary  string        // name or path; default: the engine's own name
	Voice   string        // when a request names none; default: the engine's choice
	Workers int           // processes at once; default 2
	Timeout time.Duration // of one process, which speaks 1500 bytes at most; default 20 s
}

// process runs a program for each synthesis, at most so many at once.
type process struct {
	binary  string
	pkg     string // Debian package, for the remedy
	version string
	timeout time.Duration
	slots   *semaphore.Weighted
	workers int64
}

func newProcess(o ProcessOptions, name, pkg string) (*process, error) {
	p := &process{binary: o.Binary, pkg: pkg, timeout: o.Timeout, workers: int64(o.Workers)}
	if p.binary == "" {
		p.binary = name
	}
	if p.timeout <= 0 {
		p.timeout = 20 * time.Second
	}
	if p.workers <= 0 {
		p.workers = 2
	}
	p.slots = semaphore.NewWeighted(p.workers)
	path, err := exec.LookPath(p.binary)
	if err != nil {
		return nil, fmt.Errorf("%w: %s is not installed (Debian: apt install %s): %w", ErrEngine, p.binary, pkg, err)
	}
	p.binary = path
	about, err := p.ask("--version")
	if err != nil {
		return nil, err
	}
	p.version = versionNumber.FindString(about)
	return p, nil
}

var versionNumber = regexp.MustCompile(`\b[0-9]+\.[0-9]+(\.[0-9]+)*\b`)

// ask gives what the program tells about itself.
func (p *process) ask(args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), p.timeout)
	defer cancel()
	out, err := exec.CommandContext(ctx, p.binary, args...).CombinedOutput()
	var exit *exec.ExitError // flite answers --version with exit code 1; only the text counts
	if err != nil && !errors.As(err, &exit) || len(out) == 0 || ctx.Err() != nil {
		return "", fmt.Errorf("%w: %s %s: %w", ErrEngine, p.binary, strings.Join(args, " "), errors.Join(err, ctx.Err()))
	}
	return string(out), nil
}

func firstLine(b []byte) []byte {
	line, _, _ := bytes.Cut(bytes.TrimSpace(b), []byte("\n"))
	return line[:min(len(line), 80)]
}

// speak has a text spoken piece by piece and joins the audio.
func (p *process) speak(ctx context.Context, text string, one func(ctx context.Context, piece string) (Audio, error)) (Audio, error) {
	var all Audio
	for _, piece := range pieces(clean(text)) {
		a, err := one(ctx, piece+"\n")
		if err != nil {
			return Audio{}, err
		}
		if all.Rate != 0 && all.Rate != a.Rate {
			return Audio{}, fmt.Errorf("%w: %s gave %d and %d samples per second", ErrEngine, p.binary, all.Rate, a.Rate)
		}
		all.Rate, all.PCM = a.Rate, append(all.PCM, a.PCM...)
	}
	return all, nil
}

// run starts the program with the text on its standard input; read makes audio
// of its standard output.
func (p *process) run(ctx context.Context, text string, args []string, read func(stdout []byte) (Audio, error)) (Audio, error) {
	if err := p.slots.Acquire(ctx, 1); err != nil {
		return Audio{}, fmt.Errorf("waiting for a synthesiser: %w", context.Cause(ctx))
	}
	defer p.slots.Release(1)
	limited, cancel := context.WithTimeout(ctx, p.timeout)
	defer cancel()
	cmd := exec.CommandContext(limited, p.binary, args...)
	cmd.WaitDelay = time.Second
	cmd.Stdin = strings.NewReader(text)
	var out, errText bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errText
	err := cmd.Run()
	switch {
	case ctx.Err() != nil:
		return Audio{}, fmt.Errorf("synthesising: %w", context.Cause(ctx))
	case limited.Err() != nil:
		return Audio{}, fmt.Errorf("%w: %s took longer than %s", ErrEngine, p.binary, p.timeout)
	case err != nil:
		return Audio{}, fmt.Errorf("%w: %s: %w: %s", ErrEngine, p.binary, err, firstLine(errText.Bytes()))
	}
	audio, err := read(out.Bytes())
	if err != nil {
		return Audio{}, fmt.Errorf("%w: the output of %s: %w", ErrEngine, p.binary, err)
	}
	return audio, nil
}

// mono takes the only channel of a WAV file.
func mono(w media.Audio) (Audio, error) {
	if len(w.Channels) != 1 {
		return Audio{}, fmt.Errorf("%d channels, want 1", len(w.Channels))
	}
	if len(w.Channels[0]) == 0 {
		return Audio{}, errors.New("no audio")
	}
	return Audio{PCM: w.Channels[0], Rate: w.Rate}, nil
}

// Close waits for the processes at work.
func (p *process) Close() error {
	if err := p.slots.Acquire(context.Background(), p.workers); err != nil {
		return fmt.Errorf("waiting for synthesisers to end: %w", err)
	}
	p.slots.Release(p.workers)
	return nil
}
