package tts

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// A cache file is a mono 16-bit WAV, so that any player plays it, with a chunk
// after the audio that holds the SHA-256 of all before it: a prompt that was
// cut off or damaged must be made again, not played to a customer.
const (
	headerSize = 44
	sumChunk   = "dwsh"
	footerSize = 8 + sha256.Size
)

var errDamaged = errors.New("tts: damaged cache file")

// An unfinished file has this before its name. Once it is staleAfter old, its
// writer has crashed.
const (
	tempPrefix = ".new-"
	staleAfter = time.Hour
)

func encode(a Audio) []byte {
	data := make([]byte, 0, headerSize+2*len(a.PCM)+footerSize)
	le := binary.LittleEndian
	data = append(data, "RIFF"...)
	data = le.AppendUint32(data, uint32(headerSize-8+2*len(a.PCM)+footerSize))
	data = append(data, "WAVEfmt "...)
	data = le.AppendUint32(data, 16)
	data = le.AppendUint16(data, 1) // PCM
	data = le.AppendUint16(data, 1) // mono
	data = le.AppendUint32(data, uint32(a.Rate))
	data = le.AppendUint32(data, uint32(2*a.Rate))
	data = le.AppendUint16(data, 2)
	data = le.AppendUint16(data, 16)
	data = append(data, "data"...)
	data = le.AppendUint32(data, uint32(2*len(a.PCM)))
	for _, v := range a.PCM {
		data = le.AppendUint16(data, uint16(v))
	}
	sum := sha256.Sum256(data)
	data = append(data, sumChunk...)
	data = le.AppendUint32(data, sha256.Size)
	return append(data, sum[:]...)
}

func decode(data []byte, rate int) (Audio, error) {
	if len(data) < headerSize+footerSize {
		return Audio{}, fmt.Errorf("%w: %d bytes", errDamaged, len(data))
	}
	body, footer := data[:len(data)-footerSize], data[len(data)-footerSize:]
	sum := sha256.Sum256(body)
	if string(footer[:4]) != sumChunk || !bytes.Equal(footer[8:], sum[:]) {
		return Audio{}, fmt.Errorf("%w: checksum", errDamaged)
	}
	if got := int(binary.LittleEndian.Uint32(body[24:])); got != rate {
		return Audio{}, fmt.Errorf("%w: %d Hz", errDamaged, got)
	}
	if len(body) == headerSize || len(body)%2 != 0 {
		return Audio{}, fmt.Errorf("%w: %d bytes of audio", errDamaged, len(body)-headerSize)
	}
	pcm := make([]int16, (len(body)-headerSize)/2)
	for i := range pcm {
		pcm[i] = int16(binary.LittleEndian.Uint16(body[headerSize+2*i:]))
	}
	return Audio{PCM: pcm, Rate: rate}, nil
}

// writeFile replaces path in one step, so that no reader and no crash sees half of it.
func writeFile(path string, data []byte) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("tts: making the cache: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), tempPrefix+"*")
	if err != nil {
		return fmt.Errorf("tts: keeping audio: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("tts: keeping audio in %s: %w", path, err), os.Remove(f.Name()))
		}
	}()
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// sweep removes, as far as it may, what matches a pattern and was left behind
// by a program that was killed.
func sweep(pattern string) {
	found, err := filepath.Glob(pattern)
	if err != nil {
		return // only a malformed pattern: a directory with a bracket in its name
	}
	for _, path := range found {
		if info, err := os.Lstat(path); err == nil && time.Since(info.ModTime()) > staleAfter {
			_ = os.RemoveAll(path) // another user's is that user's to remove
		}
	}
}
