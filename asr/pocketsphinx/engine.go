//go:build pocketsphinx

package pocketsphinx

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/dialwright/dialwright/asr"
	"github.com/dialwright/dialwright/asr/voskserver"
)

// freeWait is how long Open waits for a decoder that a stream which has just ended is about to give back.
const freeWait = 500 * time.Millisecond

// engine keeps the decoders, which are expensive to make, and lends one to each connection.
type engine struct {
	o     Options
	words map[string]struct{}
	slots chan struct{} // one token per idle decoder

	mu     sync.Mutex
	idle   []*decoder
	closed bool
	warned map[string]struct{} // of words that are not in the dictionary
}

// New makes Options.Streams decoders, two at a time, and keeps them until Close.
func New(o Options) (voskserver.Backend, error) {
	o.setDefaults()
	for _, name := range []string{"en-us/mdef", "en-us.lm.bin", "cmudict-en-us.dict"} {
		if _, err := os.Stat(filepath.Join(o.ModelDir, name)); err != nil {
			return nil, fmt.Errorf("pocketsphinx: %w: model file: %w; install pocketsphinx-en-us (Debian)", asr.ErrUnavailable, err)
		}
	}
	words, err := readDictionary(filepath.Join(o.ModelDir, "cmudict-en-us.dict"))
	if err != nil {
		return nil, err
	}
	e := &engine{o: o, words: words, slots: make(chan struct{}, o.Streams), warned: map[string]struct{}{}}
	started := time.Now()
	if err := e.warm(); err != nil {
		return nil, errors.Join(err, e.Close())
	}
	o.Logger.Info().Int("streams", o.Streams).Stringer("took", time.Since(started).Round(time.Millisecond)).Msg("pocketsphinx is ready")
	return e, nil
}

// warm loads the decoders; more at once than two gains little and doubles the peak of memory.
func (e *engine) warm() error {
	errs := make([]error, e.o.Streams)
	var wg sync.WaitGroup
	turn := make(chan struct{}, 2)
	for i := range e.o.Streams {
		turn <- struct{}{}
		wg.Go(func() {
			defer func() { <-turn }()
			d, err := newDecoder(e.o.ModelDir)
			if errs[i] = err; err == nil {
				e.giveBack(d)
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

func readDictionary(path string) (map[string]struct{}, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("pocketsphinx: read dictionary: %w", err)
	}
	defer func() { _ = f.Close() }() // only read
	words := make(map[string]struct{}, 140000)
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if word, _, ok := strings.Cut(lines.Text(), " "); ok && !strings.HasSuffix(word, ")") {
			words[word] = struct{}{}
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("pocketsphinx: read dictionary %s: %w", path, err)
	}
	return words, nil
}

// Name is "pocketsphinx".
func (e *engine) Name() string { return "pocketsphinx" }

func (e *engine) known(word string) bool { _, ok := e.words[word]; return ok }

// maxWarned bounds what clients can make the engine remember.
const maxWarned = 10000

// compile warns of what had to be left out of a vocabulary, once of each word.
func (e *engine) compile(o asr.Options) (compiled, error) {
	c, err := compile(o, e.known)
	if err != nil {
		return compiled{}, fmt.Errorf("pocketsphinx: %w", err)
	}
	var fresh []string
	e.mu.Lock()
	for _, w := range c.ignored {
		if _, old := e.warned[w]; !old && len(e.warned) < maxWarned {
			e.warned[w] = struct{}{}
			fresh = append(fresh, w)
		}
	}
	e.mu.Unlock()
	if len(fresh) > 0 {
		e.o.Logger.Warn().Strs("words", fresh).Bool("free speech", c.text == "").
			Msg("phrases with words that are not in the dictionary are ignored")
	}
	return c, nil
}

// Open lends a decoder, preferably one that has the grammar compiled already.
func (e *engine) Open(ctx context.Context, o asr.Options) (voskserver.Recognizer, error) {
	if o.Rate != Rate {
		return nil, fmt.Errorf("pocketsphinx: %w: %d Hz audio; the model hears %d Hz only (slin16)", asr.ErrRejected, o.Rate, Rate)
	}
	c, err := e.compile(o)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, freeWait)
	defer cancel()
	select {
	case <-e.slots:
	case <-ctx.Done():
		return nil, fmt.Errorf("pocketsphinx: %w: all %d recognisers are in use", asr.ErrUnavailable, e.o.Streams)
	}
	d := e.pick(c.text)
	if d == nil {
		return nil, fmt.Errorf("pocketsphinx: open: %w", asr.ErrClosed)
	}
	r := &recognizer{e: e, d: d, gate: newGate(), grammar: c.text, next: c.text, alternatives: o.Alternatives}
	if err := errors.Join(d.reset(), d.listenFor(c.text)); err != nil {
		e.giveBack(d)
		return nil, err
	}
	return r, nil
}

func (e *engine) pick(grammar string) *decoder {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return nil
	}
	at := len(e.idle) - 1
	for i, d := range e.idle {
		if d.knows(grammar) {
			at = i
			break
		}
	}
	d := e.idle[at]
	e.idle = append(e.idle[:at], e.idle[at+1:]...)
	return d
}

func (e *engine) giveBack(d *decoder) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		d.free()
		return
	}
	e.idle = append(e.idle, d)
	e.slots <- struct{}{}
}

// Close frees the idle decoders; one that is still lent is freed when it comes back.
func (e *engine) Close() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.closed = true
	for _, d := range e.idle {
		d.free()
	}
	e.idle = nil
	return nil
}
