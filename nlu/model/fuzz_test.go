package model

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"math"
	"strings"
	"testing"
	"unicode/utf8"
)

func fileOf(t testing.TB, m *Model) []byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := m.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// signed gives a payload the header that makes it believed.
func signed(payload []byte) []byte {
	sum := sha256.Sum256(payload)
	b := binary.LittleEndian.AppendUint32([]byte(fileMagic), fileVersion)
	b = binary.LittleEndian.AppendUint64(b, uint64(len(payload)))
	return append(append(b, sum[:]...), payload...)
}

const headerSize = len(fileMagic) + 4 + 8 + sha256.Size

func TestDamagedFilesAreErrors(t *testing.T) {
	good := fileOf(t, trainSmall(t, Options{}))
	change := func(at int) []byte {
		b := bytes.Clone(good)
		b[at] ^= 0x40
		return b
	}
	long := bytes.Clone(good)
	binary.LittleEndian.PutUint64(long[len(fileMagic)+4:], 1<<62)
	lying := bytes.Clone(good)
	binary.LittleEndian.PutUint64(lying[len(fileMagic)+4:], maxPayload)
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"empty":           {nil, "shorter than its header"},
		"half a header":   {good[:20], "shorter than its header"},
		"another format":  {append([]byte("GIF89a.."), good[8:]...), "does not begin with"},
		"another version": {change(len(fileMagic)), "train it again"},
		"claims too much": {long, "it claims"},
		"claims more":     {lying, "cut off"},
		"cut off":         {good[:len(good)-1], "cut off"},
		"a bit turned":    {change(len(good) / 2), "SHA-256"},
		"hash turned":     {change(headerSize - 1), "SHA-256"},
		"no payload":      {signed(nil), "count that cannot be true"},
		"huge count":      {signed(binary.AppendUvarint(nil, math.MaxUint64)), "count that cannot be true"},
		"a byte more":     {signed(append(bytes.Clone(good[headerSize:]), 0)), "too many"},
		"a byte less":     {signed(good[headerSize : len(good)-1]), ""},
	} {
		_, err := Read(bytes.NewReader(c.file))
		if !errors.Is(err, ErrFile) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// FuzzRead: whatever the payload, an error or a model that answers.
func FuzzRead(f *testing.F) {
	good := fileOf(f, trainSmall(f, Options{}))
	f.Add(good[headerSize:])
	f.Add(good[headerSize : headerSize+200])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, payload []byte) {
		m, err := Read(bytes.NewReader(signed(payload)))
		if err != nil {
			if !errors.Is(err, ErrFile) {
				t.Fatalf("not the file's fault: %v", err)
			}
			return
		}
		checkResult(t, m, "how much do I owe 你好")
	})
}

func checkResult(t *testing.T, m *Model, text string) {
	t.Helper()
	r := m.Parse(text)
	if math.IsNaN(r.Score) || r.Score < 0 || r.Score > 1 || math.IsNaN(r.InScope) || r.Unseen < 0 || r.Unseen > 1 {
		t.Fatalf("%.60q: %+v", text, r)
	}
	sum := 0.0
	for i, c := range r.Ranked {
		sum += c.Score
		if i > 0 && c.Score > r.Ranked[i-1].Score {
			t.Fatalf("%.60q: not sorted", text)
		}
	}
	if len(r.Ranked) > 0 && math.Abs(sum-1) > 1e-6 {
		t.Fatalf("%.60q: probabilities add up to %v", text, sum)
	}
}

// FuzzParse: any text has probabilities, and the n-grams are the same twice.
func FuzzParse(f *testing.F) {
	m := trainSmall(f, Options{})
	for _, s := range []string{"", "我明天还", "I'll pay TOMORROW!", "ＡＢＣ　１２３", "\xff\x00", "e\u0301\u0301", strings.Repeat("再见", 900)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		checkResult(t, m, text)
		if e := m.Explain(text); len(e.Words) > explainedWords || len(e.Nearest) > neighbours {
			t.Fatalf("%d words, %d neighbours", len(e.Words), len(e.Nearest))
		}
	})
}

// FuzzReadJSONLines: what is read can be trained with or is an error with its line.
func FuzzReadJSONLines(f *testing.F) {
	for _, s := range []string{`{"text":"a","intent":"b"}`, "\ufeff{\"text\":\"a\"}\n\n{", `{"text":"你好","intent":"x","entities":[{"start":0,"end":1,"name":"n","value":"你"}]}`,
		`{"text":"a","entities":[{"start":-1,"end":9,"name":"n"}]}`, "\xff", `{"text":"a","extra":1}`, `{"text":"a"} {"text":"b"}`, "[]", "null"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		list, err := ReadJSONLines(strings.NewReader(text), "f")
		if err != nil {
			var le *LineError
			if !errors.As(err, &le) || le.Line < 1 {
				t.Fatalf("no line: %v", err)
			}
			return
		}
		for _, ex := range list {
			if ex.Text == "" || !utf8.ValidString(ex.Text) {
				t.Fatalf("text %q", ex.Text)
			}
			n := utf8.RuneCountInString(ex.Text)
			for _, e := range ex.Entities {
				if e.Start < 0 || e.End > n || e.Start >= e.End || e.Name == "" {
					t.Fatalf("entity %+v of %q", e, ex.Text)
				}
			}
		}
	})
}
