//go:build pocketsphinx

package pocketsphinx

import (
	"time"

	"github.com/dialwright/dialwright/asr"
)

const (
	// partialEvery is how much speech makes it worth asking for the hypothesis again.
	partialEvery = 100 * time.Millisecond
	// tail is the silence a last word needs after it to be recognised whole.
	tail = 100 * time.Millisecond
)

// recognizer is a decoder on loan, listening to one connection.
type recognizer struct {
	e    *engine
	d    *decoder
	gate *gate

	grammar string // of the utterance, "" for free speech
	next    string // from the next utterance on

	alternatives int // asked for

	begun    time.Duration // where the utterance began
	since    time.Duration // speech since the last partial
	partial  string
	released bool
}

// Write implements voskserver.Recognizer.
func (r *recognizer) Write(pcm []int16) (asr.Result, error) {
	if err := r.gate.feed(pcm, r.begin, r.hear); err != nil {
		return asr.Result{}, err
	}
	if !r.gate.open {
		return asr.Result{}, nil
	}
	if r.gate.silence >= r.e.o.Endpoint || r.gate.length >= r.e.o.MaxUtterance {
		return r.Finalize()
	}
	if r.since >= partialEvery {
		r.since = 0
		r.partial = partialText(r.d.hypothesis())
	}
	return asr.Result{Text: r.partial}, nil
}

func (r *recognizer) begin(at int64) error {
	if r.grammar != r.next {
		if err := r.d.listenFor(r.next); err != nil {
			return err
		}
		r.grammar = r.next
	}
	r.begun = time.Duration(at) * time.Second / Rate
	r.since, r.partial = 0, ""
	return r.d.begin()
}

func (r *recognizer) hear(pcm []int16) error {
	r.since += time.Duration(len(pcm)) * time.Second / Rate
	return r.d.hear(pcm)
}

// Finalize implements voskserver.Recognizer.
func (r *recognizer) Finalize() (asr.Result, error) {
	if !r.gate.open {
		return asr.Result{Final: true}, nil
	}
	voiced := r.gate.voiced
	if missing := tail - r.gate.silence; missing > 0 {
		if err := r.d.hear(make([]int16, int(missing.Seconds()*Rate))); err != nil {
			return asr.Result{}, err
		}
	}
	r.gate.shut()
	if err := r.d.end(); err != nil {
		return asr.Result{}, err
	}
	r.partial = ""
	if voiced < minVoiced {
		return asr.Result{Final: true}, nil
	}
	return r.result(voiced), nil
}

func (r *recognizer) result(voiced time.Duration) asr.Result {
	words := wordsOf(r.d.path(), r.begun, r.grammar != "", r.gate.loudWithin)
	if len(words) == 0 && r.grammar != "" && voiced >= minUnknown {
		// No way through the grammar, not even the unknown one, survived the search.
		now := time.Duration(r.gate.samples) * time.Second / Rate
		words = []asr.Word{{Text: asr.Unknown, Start: r.begun, End: now}}
	}
	res := asr.Result{Final: true, Text: textOf(words), Confidence: asr.MeanConfidence(words), Words: words}
	// A grammar has a lattice too, but hardly anything in it that the dialog could use: its paths
	// differ in the unknown phones, and with these in it the search took 2 to 30 s where it takes less
	// than a millisecond in free speech (measured on eight sentences by flite).
	if r.alternatives > 0 && r.grammar == "" && res.Text != "" {
		res.Alternatives = r.d.nbest(asr.MaxAlternatives+1).besides(res.Text, res.Confidence, r.alternatives)
	}
	return res
}

// Configure implements voskserver.Recognizer.
func (r *recognizer) Configure(o asr.Options) error {
	c, err := r.e.compile(o)
	if err != nil {
		return err
	}
	r.next, r.alternatives = c.text, o.Alternatives
	return nil
}

// Close implements voskserver.Recognizer.
func (r *recognizer) Close() error {
	if r.released {
		return nil
	}
	r.released = true
	var err error
	if r.gate.open {
		err = r.d.end()
	}
	r.e.giveBack(r.d)
	return err
}
