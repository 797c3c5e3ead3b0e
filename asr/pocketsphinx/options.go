// Package pocketsphinx is a recogniser in this process: CMU PocketSphinx 5prealpha, as Debian 12
// packages it, with a US English model. It needs C, so it sits behind the build tag "pocketsphinx";
// without the tag New says how to get it.
//
// It gives alternatives to free speech only: with a grammar or vocabulary, what does not fit is heard
// as asr.Unknown instead.
//
// It hears wideband speech only (16 kHz): its model knows nothing of telephone bandwidth.
package pocketsphinx

import (
	"time"

	"github.com/rs/zerolog"
)

// DefaultModelDir is where Debian's pocketsphinx-en-us puts the model.
const DefaultModelDir = "/usr/share/pocketsphinx/model/en-us"

// Rate is the only sample rate the model understands, in Hz.
const Rate = 16000

// Options configure New. The zero value works where Debian's packages are installed.
type Options struct {
	// Streams is how many recognisers are made at once and kept; each serves one connection at a
	// time and takes about 0.1 of a core while someone speaks freely, half of it with a vocabulary of
	// ten phrases, nearly all of it with hundreds. Default 10.
	Streams int
	// ModelDir holds en-us/ (acoustic model), en-us.lm.bin and cmudict-en-us.dict. Default DefaultModelDir.
	ModelDir string
	// Endpoint is the silence after which an utterance is finalised without being asked. Default 1 s.
	Endpoint time.Duration
	// MaxUtterance finalises a speaker who never pauses. Default 30 s.
	MaxUtterance time.Duration
	Logger       zerolog.Logger
}

func (o *Options) setDefaults() {
	if o.Streams <= 0 {
		o.Streams = 10
	}
	if o.ModelDir == "" {
		o.ModelDir = DefaultModelDir
	}
	if o.Endpoint <= 0 {
		o.Endpoint = time.Second
	}
	if o.MaxUtterance <= 0 {
		o.MaxUtterance = 30 * time.Second
	}
}
