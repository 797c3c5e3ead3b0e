package bench

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/dialwright/dialwright/nlu/model"
	"github.com/dialwright/dialwright/nlu/tagger"
)

// Bundle is what was learnt from examples: a model of intents and, where the
// examples have entities, a tagger. It is safe for concurrent use.
//
// Its file is the model's, as package model writes it, and the tagger's behind
// it; each part has its own version and SHA-256. A reader that only wants
// intents may read the first part alone.
type Bundle struct {
	Intents *model.Model
	Tagger  *tagger.Tagger // nil: no example had an entity
}

// Train learns a bundle. The same examples and seed give the same file, byte
// by byte.
func Train(ctx context.Context, examples []model.Example, seed uint64) (*Bundle, error) {
	m, err := model.Train(ctx, examples, model.Options{Seed: seed})
	if err != nil {
		return nil, err
	}
	b := &Bundle{Intents: m}
	for _, ex := range examples {
		if len(ex.Entities) > 0 {
			b.Tagger, err = trainTagger(ctx, examples, seed)
			break
		}
	}
	if err != nil {
		return nil, err
	}
	return b, nil
}

func trainTagger(ctx context.Context, examples []model.Example, seed uint64) (*tagger.Tagger, error) {
	list := make([]tagger.Example, len(examples))
	for i, ex := range examples {
		list[i] = tagger.Example{Text: ex.Text, Intent: ex.Intent}
		for _, e := range ex.Entities {
			list[i].Entities = append(list[i].Entities, tagger.Entity(e))
		}
	}
	return tagger.Train(ctx, list, tagger.Options{Seed: seed})
}

// entities of a text, by a tagger; none without one.
func entities(t *tagger.Tagger, text string) []model.Entity {
	if t == nil {
		return nil
	}
	found := t.Tag(text)
	out := make([]model.Entity, len(found))
	for i, e := range found {
		out[i] = model.Entity(e)
	}
	return out
}

// EntityNames are the kinds of entities the bundle finds, sorted.
func (b *Bundle) EntityNames() []string {
	if b.Tagger == nil {
		return nil
	}
	return b.Tagger.Names()
}

// WriteTo writes the bundle's file. It implements io.WriterTo.
func (b *Bundle) WriteTo(w io.Writer) (int64, error) {
	n, err := b.Intents.WriteTo(w)
	if err != nil || b.Tagger == nil {
		return n, err
	}
	more, err := b.Tagger.WriteTo(w)
	return n + more, err
}

// Stamp is the size of the bundle's file in bytes and its SHA-256 in
// hexadecimal: the name of exactly this bundle.
func (b *Bundle) Stamp() (size int64, hash string, err error) {
	sum := sha256.New()
	size, err = b.WriteTo(sum)
	return size, hex.EncodeToString(sum.Sum(nil)), err
}

// Save writes the bundle to a file: wholly or not at all.
func (b *Bundle) Save(path string) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".model-*")
	if err != nil {
		return fmt.Errorf("saving the model: %w", err)
	}
	out := bufio.NewWriterSize(tmp, 1<<20)
	_, err = b.WriteTo(out)
	err = errors.Join(err, out.Flush(), tmp.Chmod(0o644), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("saving the model: %w", err), os.Remove(tmp.Name()))
	}
	return nil
}

// Read reads a bundle. What is no bundle, or damaged, is an error that says so.
func Read(r io.Reader) (*Bundle, error) {
	in := bufio.NewReaderSize(r, 1<<20)
	m, err := model.Read(in)
	if err != nil {
		return nil, err
	}
	b := &Bundle{Intents: m}
	if _, err := in.Peek(1); err == io.EOF {
		return b, nil
	}
	if b.Tagger, err = tagger.Read(in); err != nil {
		return nil, err
	}
	return b, nil
}

// Open reads a bundle from a file.
func Open(path string) (*Bundle, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading the model: %w", err)
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return nil, badf("%s is a directory, not a model file: is it a flow, for --flow?", path)
	}
	b, err := Read(f)
	if err != nil {
		return nil, badf("%s: %w", path, hinted(path, err))
	}
	return b, nil
}

// hinted says what a file seems to be that is no model.
func hinted(path string, err error) error {
	f, open := os.Open(path)
	if open != nil {
		return err
	}
	defer f.Close()
	head := make([]byte, 1)
	if _, open = io.ReadFull(f, head); open == nil && bytes.Equal(head, []byte("{")) {
		return fmt.Errorf("%w (it looks like a file of examples; train a model from it first)", err)
	}
	return err
}
