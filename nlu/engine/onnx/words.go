package onnx

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// vocabulary cuts texts into word pieces as BERT does (Wu et al., 2016): words
// at blanks and signs, Han characters one by one, words into the longest
// pieces that are known.
type vocabulary struct {
	ids              map[string]int64
	lower, strip     bool
	unknown, cls     int64
	sep              int64
	continuing       string // before a piece that does not begin a word
	longest, pieceOf int    // runes of a word that are looked at, and of the longest piece
}

// maxVocabulary is how long a vocabulary's file may be, in bytes.
const maxVocabulary = 64 << 20

// tokenizerFile is as much of tokenizer.json as is used.
type tokenizerFile struct {
	Model struct {
		Type       string           `json:"type"`
		Vocab      map[string]int64 `json:"vocab"`
		Unknown    string           `json:"unk_token"`
		Continuing *string          `json:"continuing_subword_prefix"`
		Longest    int              `json:"max_input_chars_per_word"`
	} `json:"model"`
	Normalizer *struct {
		Type         string `json:"type"`
		Lowercase    bool   `json:"lowercase"`
		StripAccents *bool  `json:"strip_accents"`
	} `json:"normalizer"`
}

func readFile(path string, most int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() || info.Size() > most {
		return nil, fmt.Errorf("%s: not a file of at most %d MB", path, most>>20)
	}
	return os.ReadFile(path)
}

// loadVocabulary reads tokenizer.json or, without one, vocab.txt.
func loadVocabulary(dir string) (*vocabulary, error) {
	path := filepath.Join(dir, "tokenizer.json")
	data, err := readFile(path, maxVocabulary)
	var v *vocabulary
	switch {
	case err == nil:
		v, err = parseTokenizer(data)
	case errors.Is(err, fs.ErrNotExist):
		path = filepath.Join(dir, "vocab.txt")
		data, err = readFile(path, maxVocabulary)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s: there is neither tokenizer.json nor vocab.txt: copy it from where the model was trained: %w", dir, err)
		}
		if err == nil {
			v = parseVocab(data)
		}
	}
	if err == nil {
		err = v.finish()
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return v, nil
}

func parseTokenizer(data []byte) (*vocabulary, error) {
	var f tokenizerFile
	if err := json.Unmarshal(data, &f); err != nil {
		return nil, err
	}
	if f.Model.Type != "WordPiece" && (f.Model.Type != "" || f.Model.Continuing == nil) {
		return nil, fmt.Errorf("the tokenizer is of type %q, and only WordPiece is known: use a model of the BERT family", f.Model.Type)
	}
	v := &vocabulary{ids: f.Model.Vocab, continuing: "##", longest: f.Model.Longest}
	if f.Model.Continuing != nil {
		v.continuing = *f.Model.Continuing
	}
	if n := f.Normalizer; n != nil {
		v.lower = n.Lowercase || n.Type == "Lowercase"
		v.strip = v.lower
		if n.StripAccents != nil {
			v.strip = *n.StripAccents
		}
	}
	if u := f.Model.Unknown; u != "" && u != "[UNK]" {
		id, ok := v.ids[u]
		if !ok {
			return nil, fmt.Errorf("the vocabulary has no %q, which it names for unknown words", u)
		}
		v.ids["[UNK]"] = id
	}
	return v, nil
}

// parseVocab reads a piece a line. A vocabulary without capital letters is
// meant for lower case.
func parseVocab(data []byte) *vocabulary {
	v := &vocabulary{ids: map[string]int64{}, continuing: "##", lower: true}
	n := int64(0)
	for line := range bytes.Lines(data) {
		piece := strings.TrimRight(string(line), "\r\n")
		if _, ok := v.ids[piece]; !ok {
			v.ids[piece] = n
		}
		if !strings.HasPrefix(piece, "[") && strings.ContainsFunc(piece, unicode.IsUpper) {
			v.lower = false
		}
		n++
	}
	v.strip = v.lower
	return v
}

func (v *vocabulary) finish() error {
	for name, id := range map[string]*int64{"[UNK]": &v.unknown, "[CLS]": &v.cls, "[SEP]": &v.sep} {
		n, ok := v.ids[name]
		if !ok {
			return fmt.Errorf("the vocabulary of %d pieces has no %s: is it that of a BERT model?", len(v.ids), name)
		}
		*id = n
	}
	for piece, id := range v.ids {
		if id < 0 {
			return fmt.Errorf("the piece %q has the number %d", piece, id)
		}
		v.pieceOf = max(v.pieceOf, len([]rune(piece)))
	}
	if v.longest <= 0 {
		v.longest = 100
	}
	return nil
}

// encode gives the numbers of at most most pieces, the marks of beginning and
// end among them. Without any word there are none.
func (v *vocabulary) encode(text string, most int) []int64 {
	out := []int64{v.cls}
	for _, word := range v.words(text) {
		if len(out) >= most-1 {
			break
		}
		out = v.pieces(word, out)
	}
	if len(out) == 1 {
		return nil
	}
	return append(out[:min(len(out), most-1)], v.sep)
}

// words are split at blanks; signs and Han characters are words of their own.
func (v *vocabulary) words(text string) []string {
	if v.lower {
		text = strings.ToLower(text)
	}
	if v.strip {
		text = norm.NFD.String(text)
	}
	var out []string
	var word strings.Builder
	end := func() {
		if word.Len() > 0 {
			out = append(out, word.String())
			word.Reset()
		}
	}
	for _, r := range text {
		switch {
		case unicode.IsSpace(r):
			end()
		case r == 0 || r == unicode.ReplacementChar || unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
		case v.strip && unicode.Is(unicode.Mn, r):
		case isSign(r) || unicode.Is(unicode.Han, r):
			end()
			out = append(out, string(r))
		default:
			word.WriteRune(r)
		}
	}
	end()
	return out
}

// isSign is BERT's idea of punctuation: all of ASCII that is neither letter
// nor digit, too.
func isSign(r rune) bool {
	if r < 128 {
		return r > ' ' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	}
	return unicode.IsPunct(r)
}

// pieces adds a word's pieces; a word that cannot be put together is unknown.
func (v *vocabulary) pieces(word string, out []int64) []int64 {
	runes := []rune(word)
	if len(runes) > v.longest {
		return append(out, v.unknown)
	}
	from := len(out)
	for at := 0; at < len(runes); {
		prefix := ""
		if at > 0 {
			prefix = v.continuing
		}
		end := min(len(runes), at+v.pieceOf)
		for ; end > at; end-- {
			if id, ok := v.ids[prefix+string(runes[at:end])]; ok {
				out = append(out, id)
				break
			}
		}
		if end == at {
			return append(out[:from], v.unknown)
		}
		at = end
	}
	return out
}
