//go:build pocketsphinx

package pocketsphinx

/*
#cgo pkg-config: pocketsphinx
#include <stdlib.h>
#include <pocketsphinx.h>
#include <sphinxbase/err.h>
#include <sphinxbase/cmn.h>
#include <sphinxbase/jsgf.h>

// cmd_ln_init is variadic, which cgo cannot call.
static ps_decoder_t *dw_init(int argc, char **argv) {
	cmd_ln_t *config = cmd_ln_parse_r(NULL, ps_args(), argc, argv, TRUE);
	if (config == NULL) return NULL;
	ps_decoder_t *ps = ps_init(config);
	cmd_ln_free_r(config);
	return ps;
}
static void dw_quiet(void) { err_set_logfp(NULL); err_set_callback(NULL, NULL); }
static int dw_cmn_size(ps_decoder_t *ps) { return ps_get_feat(ps)->cmn_struct->veclen; }
static void dw_cmn_get(ps_decoder_t *ps, mfcc_t *v) { cmn_live_get(ps_get_feat(ps)->cmn_struct, v); }
static void dw_cmn_set(ps_decoder_t *ps, const mfcc_t *v) { cmn_live_set(ps_get_feat(ps)->cmn_struct, v); }
*/
import "C"

import (
	"errors"
	"fmt"
	"path/filepath"
	"unsafe"
)

// freeSearch is the name of the language model's search; grammars are named by a number.
const freeSearch = "free"

// maxSearches bounds the grammars a decoder keeps compiled.
const maxSearches = 16

// decoder owns one ps_decoder_t. It is used by one goroutine at a time.
type decoder struct {
	ps       *C.ps_decoder_t
	cmn      []C.mfcc_t        // channel estimate as the model brings it, to start each stream from
	searches map[string]string // grammar text → search name
	order    []string          // grammar texts, least recently used first
	named    int
	current  string // name of the search in use
}

// newDecoder takes about a third of a second, most of it for the language model.
func newDecoder(dir string) (*decoder, error) {
	C.dw_quiet() // the library would write pages to stderr; what can fail is checked before and reported by us
	// The second pass (fwdflat) is left out since it runs when the speaker has finished, which is
	// when everyone waits: up to 0.2 s. Scoring every other frame (ds) and limits on active states
	// and word ends halve the time of the first pass. Measured on 50 sentences (272 words) by flite:
	// 22 word errors and 0.24 of a core with all of it, 26 and 0.10 so. Fewer states (-maxhmmpf 1500)
	// or Gaussians (-topn 2) save little more and cost 13 to 17 further errors.
	args := []string{
		"dialwright", "-hmm", filepath.Join(dir, "en-us"), "-dict", filepath.Join(dir, "cmudict-en-us.dict"),
		"-fwdflat", "no", "-bestpath", "yes", "-ds", "2", "-maxhmmpf", "3000", "-maxwpf", "10",
		"-remove_silence", "no", // the gate has done it, and times would be hard to tell
	}
	argv := make([]*C.char, len(args))
	for i, a := range args {
		argv[i] = C.CString(a)
		defer C.free(unsafe.Pointer(argv[i]))
	}
	ps := C.dw_init(C.int(len(argv)), &argv[0])
	if ps == nil {
		return nil, fmt.Errorf("pocketsphinx: load the acoustic model and dictionary from %s", dir)
	}
	d := &decoder{ps: ps, searches: map[string]string{}}
	if err := d.prepare(filepath.Join(dir, "en-us.lm.bin")); err != nil {
		d.free()
		return nil, err
	}
	return d, nil
}

func (d *decoder) prepare(lm string) error {
	for _, p := range phones { // before any search exists, which would have to be rebuilt for each
		if err := d.addWord(unknownPrefix+p, p); err != nil {
			return err
		}
	}
	name, path := C.CString(freeSearch), C.CString(lm)
	defer C.free(unsafe.Pointer(name))
	defer C.free(unsafe.Pointer(path))
	if C.ps_set_lm_file(d.ps, name, path) != 0 {
		return fmt.Errorf("pocketsphinx: load language model %s", lm)
	}
	d.cmn = make([]C.mfcc_t, C.dw_cmn_size(d.ps))
	C.dw_cmn_get(d.ps, &d.cmn[0])
	return d.use(freeSearch)
}

func (d *decoder) addWord(word, phone string) error {
	w, p := C.CString(word), C.CString(phone)
	defer C.free(unsafe.Pointer(w))
	defer C.free(unsafe.Pointer(p))
	if C.ps_add_word(d.ps, w, p, 0) < 0 {
		return fmt.Errorf("pocketsphinx: add %s to the dictionary", word)
	}
	return nil
}

func (d *decoder) free() {
	C.ps_free(d.ps)
	d.ps = nil
}

// reset forgets the last speaker: their channel and the background noise.
func (d *decoder) reset() error {
	C.dw_cmn_set(d.ps, &d.cmn[0])
	if C.ps_start_stream(d.ps) != 0 {
		return errors.New("pocketsphinx: start stream")
	}
	return nil
}

func (d *decoder) use(search string) error {
	if d.current == search {
		return nil
	}
	name := C.CString(search)
	defer C.free(unsafe.Pointer(name))
	if C.ps_set_search(d.ps, name) != 0 {
		return fmt.Errorf("pocketsphinx: switch to search %s", search)
	}
	d.current = search
	return nil
}

func (d *decoder) knows(grammar string) bool {
	_, ok := d.searches[grammar]
	return ok
}

// listenFor selects a grammar, or free speech for "", between two utterances.
func (d *decoder) listenFor(grammar string) error {
	if grammar == "" {
		return d.use(freeSearch)
	}
	name, ok := d.searches[grammar]
	if !ok {
		var err error
		if name, err = d.load(grammar); err != nil {
			return err
		}
	}
	for i, g := range d.order {
		if g == grammar {
			d.order = append(d.order[:i], d.order[i+1:]...)
			break
		}
	}
	d.order = append(d.order, grammar)
	return d.use(name)
}

func (d *decoder) load(grammar string) (string, error) {
	if len(d.order) >= maxSearches {
		if err := d.forget(d.order[0]); err != nil {
			return "", err
		}
	}
	d.named++
	name := fmt.Sprintf("grammar%d", d.named)
	cname, text := C.CString(name), C.CString(grammar)
	defer C.free(unsafe.Pointer(cname))
	defer C.free(unsafe.Pointer(text))
	if C.ps_set_jsgf_string(d.ps, cname, text) != 0 {
		return "", fmt.Errorf("pocketsphinx: build a search for the grammar %.200q", grammar)
	}
	d.searches[grammar] = name
	return name, nil
}

// forget frees a grammar's search. The one in use must not be freed.
func (d *decoder) forget(grammar string) error {
	if d.searches[grammar] == d.current {
		if err := d.use(freeSearch); err != nil {
			return err
		}
	}
	name := C.CString(d.searches[grammar])
	defer C.free(unsafe.Pointer(name))
	if C.ps_unset_search(d.ps, name) != 0 {
		return fmt.Errorf("pocketsphinx: unload search %s", d.searches[grammar])
	}
	delete(d.searches, grammar)
	d.order = d.order[1:]
	return nil
}

func (d *decoder) begin() error {
	if C.ps_start_utt(d.ps) != 0 {
		return errors.New("pocketsphinx: start utterance")
	}
	return nil
}

func (d *decoder) hear(pcm []int16) error {
	if len(pcm) == 0 {
		return nil
	}
	if C.ps_process_raw(d.ps, (*C.int16)(unsafe.Pointer(&pcm[0])), C.size_t(len(pcm)), 0, 0) < 0 {
		return errors.New("pocketsphinx: decode audio")
	}
	return nil
}

func (d *decoder) end() error {
	if C.ps_end_utt(d.ps) != 0 {
		return errors.New("pocketsphinx: end utterance")
	}
	return nil
}

func (d *decoder) hypothesis() string {
	hyp := C.ps_get_hyp(d.ps, nil)
	if hyp == nil {
		return ""
	}
	return C.GoString(hyp)
}

// nbest is the ways through the word lattice of the utterance that has ended whose texts differ, up
// to most of them, roughly best first. Of a grammar it knows nothing, see recognizer.result.
func (d *decoder) nbest(most int) hypotheses {
	var out hypotheses
	it := C.ps_nbest(d.ps)
	for range maxPaths {
		if it == nil {
			return out // the library has freed it
		}
		var score C.int32
		if text := C.ps_nbest_hyp(it, &score); text != nil {
			if out.add(C.GoString(text), int(score)); len(out) == most {
				break
			}
		}
		it = C.ps_nbest_next(it)
	}
	if it != nil {
		C.ps_nbest_free(it)
	}
	return out
}

// path is the best way through the utterance that has ended. Frames count from the utterance's
// start, while the library counts from the stream's.
func (d *decoder) path() []segment {
	lmath := C.ps_get_logmath(d.ps)
	scale := 1.0
	if d.current == freeSearch {
		scale = 1.0 / 1024 // the word lattice keeps scores unshifted (SENSCR_SHIFT is 10)
	}
	var out []segment
	first := -1
	for it := C.ps_seg_iter(d.ps); it != nil; it = C.ps_seg_next(it) {
		var start, end C.int
		var acoustic, lm, back C.int32
		C.ps_seg_frames(it, &start, &end)
		prob := C.ps_seg_prob(it, &acoustic, &lm, &back)
		if first < 0 {
			first = int(start)
		}
		out = append(out, segment{
			word:  C.GoString(C.ps_seg_word(it)),
			start: int(start) - first, end: int(end) - first,
			prob:     float64(C.logmath_exp(lmath, C.int(prob))),
			acoustic: scale * float64(acoustic) / float64(max(end-start+1, 1)),
		})
	}
	return out
}
