package tts

import (
	"container/list"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// Cache is a Synthesizer that keeps on disk what another one made: at one
// sample rate, trimmed of silence, at one level. The key is the hash of
// everything the audio depends on, so that nothing in it ever goes stale. What
// was used lately is also kept in memory.
type Cache struct {
	dir  string
	from Synthesizer
	rate int
	work flights

	mu     sync.Mutex
	memory map[string]*list.Element // of held
	order  *list.List               // latest used first
	held   int                      // samples in memory
}

type held struct {
	key   string
	audio Audio
}

// maxHeld samples in memory: 64 MB, an hour at 8 kHz.
const maxHeld = 32 << 20

// format goes into every key: another way of preparing audio is another key.
const format = "2"

// NewCache keeps audio in dir at rate samples per second.
func NewCache(dir string, from Synthesizer, rate int) (*Cache, error) {
	if rate <= 0 {
		return nil, fmt.Errorf("tts: a cache of %d samples per second", rate)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("tts: making the cache: %w", err)
	}
	sweep(filepath.Join(dir, "*", tempPrefix+"*"))
	return &Cache{dir: dir, from: from, rate: rate, work: flights{all: map[string]*flight{}},
		memory: map[string]*list.Element{}, order: list.New()}, nil
}

// Name is the engine's.
func (c *Cache) Name() string { return c.from.Name() }

// Close ends what is being synthesised and closes the engine.
func (c *Cache) Close() error {
	c.work.close()
	return c.from.Close()
}

// Synthesize gives the audio from memory, from disk, or from the engine, which
// is asked once even if several want the same at the same time, and stopped
// when the last of them gives up. They share the audio: do not write to it.
func (c *Cache) Synthesize(ctx context.Context, r Request) (Audio, error) {
	key, err := c.key(r)
	if err != nil {
		return Audio{}, err
	}
	if a, ok := c.remembered(key); ok {
		return a, nil
	}
	return c.work.wait(ctx, key, func(ctx context.Context) (Audio, error) { return c.load(ctx, key, r) })
}

// Has reports whether the request's audio need not be synthesised any more.
func (c *Cache) Has(r Request) bool {
	key, err := c.key(r)
	if err != nil {
		return false
	}
	if _, ok := c.remembered(key); ok {
		return true
	}
	_, err = c.read(key)
	return err == nil
}

func (c *Cache) key(r Request) (string, error) {
	if err := r.check(); err != nil {
		return "", err
	}
	engine := c.from.Name()
	if router, ok := c.from.(*Router); ok {
		var err error
		if r, engine, err = router.Resolve(r); err != nil {
			return "", err
		}
	}
	if r.Rate == 0 {
		r.Rate = 1
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%s\x00%s\x00%g\x00%d\x00%s", format, engine, r.Language, r.Voice, r.Rate, c.rate, r.Text))
	return hex.EncodeToString(sum[:]), nil
}

func (c *Cache) path(key string) string { return filepath.Join(c.dir, key[:2], key+".wav") }

func (c *Cache) load(ctx context.Context, key string, r Request) (Audio, error) {
	a, err := c.read(key)
	if err == nil {
		c.remember(key, a)
		return a, nil
	}
	if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, errDamaged) {
		return Audio{}, fmt.Errorf("tts: reading the cache: %w", err)
	}
	if a, err = c.from.Synthesize(ctx, r); err != nil {
		return Audio{}, err
	}
	a = prepare(a, c.rate)
	if err := writeFile(c.path(key), encode(a)); err != nil {
		return Audio{}, err
	}
	c.remember(key, a)
	return a, nil
}

// read takes a file only if it is whole: one that is not is made again.
func (c *Cache) read(key string) (Audio, error) {
	data, err := os.ReadFile(c.path(key))
	if err != nil {
		return Audio{}, err
	}
	return decode(data, c.rate)
}

func (c *Cache) remembered(key string) (Audio, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.memory[key]
	if !ok {
		return Audio{}, false
	}
	c.order.MoveToFront(e)
	return e.Value.(held).audio, true
}

func (c *Cache) remember(key string, a Audio) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.memory[key]; ok || len(a.PCM) > maxHeld {
		return
	}
	c.memory[key] = c.order.PushFront(held{key, a})
	c.held += len(a.PCM)
	for c.held > maxHeld {
		last := c.order.Back()
		old := c.order.Remove(last).(held)
		delete(c.memory, old.key)
		c.held -= len(old.audio.PCM)
	}
}
