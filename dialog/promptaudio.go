package dialog

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// sound is a recording of the flow.
type sound struct{ length time.Duration }

// Recordings lists the WAV files of the flow's directory that its prompts
// play, with their lengths.
func (f *Flow) Recordings() map[string]time.Duration {
	out := make(map[string]time.Duration, len(f.sounds))
	for name, s := range f.sounds {
		out[name] = s.length
	}
	return out
}

// sound reads the name of a recording and looks at its header.
func (l *loader) sound(n ast.Node) (string, bool) {
	name, ok := l.word(n, "audio")
	if !ok {
		return "", false
	}
	name = strings.TrimSpace(name)
	if !fs.ValidPath(name) || !strings.EqualFold(path.Ext(name), ".wav") {
		l.errorf(at(n), "a .wav inside the flow's directory, for example audio/hello.wav", "%q is no recording of the flow", name)
		return "", false
	}
	if _, known := l.flow.sounds[name]; known {
		return name, true
	}
	length, err := l.wavLength(name)
	if err != nil {
		var where *fs.PathError
		if errors.As(err, &where) {
			err = where.Err
		}
		l.errorf(at(n), "16-bit PCM WAV, mono, 8 or 16 kHz", "the recording %s cannot be played: %s", name, err)
		return "", false
	}
	if !l.asset(name, at(n)) {
		return "", false
	}
	if l.flow.sounds == nil {
		l.flow.sounds = map[string]sound{}
	}
	l.flow.sounds[name] = sound{length}
	return name, true
}

// wavLength looks for the recording in the flow's directory. A flow in memory
// that has none is believed.
func (l *loader) wavLength(name string) (time.Duration, error) {
	fsys, dir := l.fsys, l.dir
	if fsys == nil {
		fsys, dir = os.DirFS(filepath.Dir(l.files[0])), "."
	}
	f, err := fsys.Open(path.Join(dir, name))
	if err != nil {
		return 0, err
	}
	length, err := readWAVHeader(f)
	return length, errors.Join(err, f.Close())
}

// maxSound is how long a recording may be.
const maxSound = 10 * time.Minute

// readWAVHeader checks that a file is 16-bit PCM, mono, at 8 or 16 kHz, and
// gives its length.
func readWAVHeader(r io.Reader) (time.Duration, error) {
	var head [12]byte
	if _, err := io.ReadFull(r, head[:]); err != nil || string(head[:4]) != "RIFF" || string(head[8:]) != "WAVE" {
		return 0, errors.New("it is no WAV file")
	}
	rate := uint32(0)
	for {
		var chunk [8]byte
		if _, err := io.ReadFull(r, chunk[:]); err != nil {
			return 0, errors.New("it has no audio")
		}
		size := int64(binary.LittleEndian.Uint32(chunk[4:]))
		switch string(chunk[:4]) {
		case "fmt ":
			var format [16]byte
			if _, err := io.ReadFull(r, format[:]); err != nil || size < 16 {
				return 0, errors.New("its header is cut off")
			}
			encoding, channels, bits := binary.LittleEndian.Uint16(format[0:]), binary.LittleEndian.Uint16(format[2:]), binary.LittleEndian.Uint16(format[14:])
			rate = binary.LittleEndian.Uint32(format[4:])
			if encoding != 1 && encoding != 0xFFFE || bits != 16 || channels != 1 || rate != 8000 && rate != 16000 {
				return 0, fmt.Errorf("it has encoding %d, %d channels of %d bits at %d Hz", encoding, channels, bits, rate)
			}
			size -= 16
		case "data":
			if rate == 0 || size < 2 {
				return 0, errors.New("it has no audio")
			}
			length := time.Duration(size/2) * time.Second / time.Duration(rate)
			if length > maxSound {
				return 0, fmt.Errorf("it is longer than %s", maxSound)
			}
			return length, nil
		}
		if _, err := io.CopyN(io.Discard, r, size+size&1); err != nil {
			return 0, errors.New("it has no audio")
		}
	}
}
