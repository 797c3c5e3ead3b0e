package media

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Audio is a piece of recorded sound.
type Audio struct {
	Channels [][]int16 // as many samples in each; mono has one, our recordings two
	Rate     int       // samples per second
}

// ErrNotWAV is wrapped by the errors of files that are not 16-bit PCM WAV.
var ErrNotWAV = errors.New("not a 16-bit PCM WAV file")

const (
	wavHeaderSize  = 44
	wavPCM         = 1
	wavExtensible  = 0xFFFE
	maxWAVData     = 1<<32 - 1 - wavHeaderSize
	maxWAVChannels = 8
	maxWAVRate     = 384000
)

// ReadWAV reads a 16-bit PCM WAV file. It forgives what a crash leaves behind: data
// that is shorter than the header says is taken as far as it goes, in whole samples
// of all channels.
func ReadWAV(path string) (Audio, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return Audio{}, fmt.Errorf("media: reading %s: %w", path, err)
	}
	a, err := ParseWAV(b)
	if err != nil {
		return Audio{}, fmt.Errorf("media: reading %s: %w", path, err)
	}
	return a, nil
}

// ParseWAV reads a WAV file that is in memory, as ReadWAV does.
func ParseWAV(b []byte) (Audio, error) {
	if len(b) < 12 || string(b[:4]) != "RIFF" || string(b[8:12]) != "WAVE" {
		return Audio{}, fmt.Errorf("%w: no RIFF/WAVE header", ErrNotWAV)
	}
	var format wavFormat
	for rest := b[12:]; len(rest) >= 8; {
		id, size := string(rest[:4]), int(binary.LittleEndian.Uint32(rest[4:8]))
		body := rest[8:]
		whole := size <= len(body)
		body = body[:min(size, len(body))]
		switch id {
		case "fmt ":
			var err error
			if format, err = parseWAVFormat(body); err != nil {
				return Audio{}, err
			}
		case "data":
			if format.channels == 0 {
				return Audio{}, fmt.Errorf("%w: data before its format", ErrNotWAV)
			}
			return format.split(body), nil
		}
		if !whole {
			break
		}
		rest = rest[min(8+size+size&1, len(rest)):] // chunks are padded to even lengths
	}
	if format.channels == 0 {
		return Audio{}, fmt.Errorf("%w: no format chunk", ErrNotWAV)
	}
	return format.split(nil), nil
}

type wavFormat struct{ channels, rate int }

func parseWAVFormat(b []byte) (wavFormat, error) {
	if len(b) < 16 {
		return wavFormat{}, fmt.Errorf("%w: format chunk of %d bytes", ErrNotWAV, len(b))
	}
	tag := binary.LittleEndian.Uint16(b)
	bits := binary.LittleEndian.Uint16(b[14:])
	f := wavFormat{int(binary.LittleEndian.Uint16(b[2:])), int(binary.LittleEndian.Uint32(b[4:]))}
	switch {
	case tag != wavPCM && tag != wavExtensible, bits != 16:
		return wavFormat{}, fmt.Errorf("%w: format %#x with %d bits", ErrNotWAV, tag, bits)
	case f.channels < 1 || f.channels > maxWAVChannels:
		return wavFormat{}, fmt.Errorf("%w: %d channels", ErrNotWAV, f.channels)
	case f.rate < 1 || f.rate > maxWAVRate:
		return wavFormat{}, fmt.Errorf("%w: %d Hz", ErrNotWAV, f.rate)
	}
	return f, nil
}

// split takes interleaved samples apart.
func (f wavFormat) split(data []byte) Audio {
	n := len(data) / (2 * f.channels)
	a := Audio{Rate: f.rate, Channels: make([][]int16, f.channels)}
	for c := range a.Channels {
		a.Channels[c] = make([]int16, n)
		for i := range n {
			a.Channels[c][i] = int16(binary.LittleEndian.Uint16(data[2*(i*f.channels+c):]))
		}
	}
	return a
}

// WriteWAV writes a 16-bit PCM WAV file. The file appears under its name only when it
// is whole. Channels must be of equal length.
func WriteWAV(path string, a Audio) error {
	b, err := a.wav()
	if err != nil {
		return fmt.Errorf("media: writing %s: %w", path, err)
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".wav-*")
	if err != nil {
		return fmt.Errorf("media: writing %s: %w", path, err)
	}
	_, err = tmp.Write(b)
	err = errors.Join(err, tmp.Chmod(0o644), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("media: writing %s: %w", path, errors.Join(err, os.Remove(tmp.Name())))
	}
	return nil
}

func (a Audio) wav() ([]byte, error) {
	if len(a.Channels) < 1 || len(a.Channels) > maxWAVChannels || a.Rate < 1 || a.Rate > maxWAVRate {
		return nil, fmt.Errorf("a WAV file cannot have %d channels at %d Hz", len(a.Channels), a.Rate)
	}
	n := len(a.Channels[0])
	for _, c := range a.Channels {
		if len(c) != n {
			return nil, fmt.Errorf("channels differ in length: %d and %d samples", n, len(c))
		}
	}
	size := n * 2 * len(a.Channels)
	if size > maxWAVData {
		return nil, fmt.Errorf("%d bytes are more than a WAV file can hold", size)
	}
	b := make([]byte, wavHeaderSize, wavHeaderSize+size)
	putWAVHeader(b, a.Rate, len(a.Channels), size)
	for i := range n {
		for _, c := range a.Channels {
			b = binary.LittleEndian.AppendUint16(b, uint16(c[i]))
		}
	}
	return b, nil
}

// putWAVHeader fills in the 44 bytes before the samples.
func putWAVHeader(b []byte, rate, channels, dataSize int) {
	copy(b, "RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00")
	binary.LittleEndian.PutUint32(b[4:], uint32(wavHeaderSize-8+dataSize))
	binary.LittleEndian.PutUint16(b[22:], uint16(channels))
	binary.LittleEndian.PutUint32(b[24:], uint32(rate))
	binary.LittleEndian.PutUint32(b[28:], uint32(rate*channels*2)) // bytes per second
	binary.LittleEndian.PutUint16(b[32:], uint16(channels*2))      // bytes per sample of all channels
	binary.LittleEndian.PutUint16(b[34:], 16)
	copy(b[36:], "data")
	binary.LittleEndian.PutUint32(b[40:], uint32(dataSize))
}

// RepairWAV makes the header of a recording that a crash cut short cover all that was
// written: up to a second after the last header. It returns the data's size in
// bytes. A file that is whole already is not touched.
func RepairWAV(path string) (size int64, err error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return 0, fmt.Errorf("media: repairing %s: %w", path, err)
	}
	defer func() {
		if cerr := f.Close(); err == nil && cerr != nil {
			err = fmt.Errorf("media: repairing %s: %w", path, cerr)
		}
	}()
	var head [wavHeaderSize]byte
	if _, err := io.ReadFull(f, head[:]); err != nil {
		return 0, fmt.Errorf("media: repairing %s: %w: %w", path, ErrNotWAV, err)
	}
	if string(head[:4]) != "RIFF" || string(head[36:40]) != "data" {
		return 0, fmt.Errorf("media: repairing %s: %w: not one of our recordings", path, ErrNotWAV)
	}
	format, err := parseWAVFormat(head[20:36])
	if err != nil {
		return 0, fmt.Errorf("media: repairing %s: %w", path, err)
	}
	info, err := f.Stat()
	if err != nil {
		return 0, fmt.Errorf("media: repairing %s: %w", path, err)
	}
	size = min(info.Size()-wavHeaderSize, maxWAVData)
	size -= size % int64(2*format.channels)
	if size == int64(binary.LittleEndian.Uint32(head[40:])) {
		return size, nil
	}
	putWAVHeader(head[:], format.rate, format.channels, int(size))
	if _, err := f.WriteAt(head[:], 0); err != nil {
		return 0, fmt.Errorf("media: repairing %s: %w", path, err)
	}
	return size, nil
}
