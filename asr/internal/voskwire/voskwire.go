// Package voskwire is the language of the Vosk websocket server (alphacep/vosk-server,
// websocket/asr_server.py): what a client and a server say to each other, without the socket.
//
// A client sends an optional config message, to which there is no reply, then binary messages of
// 16-bit little-endian mono PCM. Each of those, and each reset and eof message, gets exactly one reply.
package voskwire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"unicode/utf8"
)

// The two control messages as literal text: Vosk compares the string, so the blanks matter.
const (
	EOF   = `{"eof" : 1}`
	Reset = `{"reset" : 1}`
)

// Config is the body of a config message. Grammar is our own addition; Vosk ignores it.
// MaxAlternatives counts the best transcript too; any but 0 asks for final replies of another shape.
type Config struct {
	SampleRate float64  `json:"sample_rate,omitempty"`
	Words      bool     `json:"words,omitempty"`
	PhraseList []string `json:"phrase_list,omitempty"`
	Grammar    string   `json:"grammar,omitempty"`

	MaxAlternatives int `json:"max_alternatives,omitempty"`
}

// Encode is the config message.
func (c Config) Encode() ([]byte, error) {
	return json.Marshal(struct {
		Config Config `json:"config"`
	}{c})
}

// Kind tells the text messages of a client apart.
type Kind uint8

// The kinds of a client's text message.
const (
	KindConfig Kind = iota + 1
	KindReset
	KindEOF
)

// ParseClient reads a client's text message. The error says what is wrong in words fit for a close reason.
func ParseClient(text []byte) (Kind, Config, error) {
	if !utf8.Valid(text) {
		return 0, Config{}, errors.New("text message is not UTF-8")
	}
	var m map[string]json.RawMessage
	if err := json.Unmarshal(text, &m); err != nil {
		return 0, Config{}, fmt.Errorf("text message is not a JSON object: %w", err)
	}
	if raw, ok := m["config"]; ok {
		c, err := parseConfig(raw)
		return KindConfig, c, err
	}
	for key, kind := range map[string]Kind{"eof": KindEOF, "reset": KindReset} {
		if raw, ok := m[key]; ok {
			if string(bytes.TrimSpace(raw)) != "1" {
				return 0, Config{}, fmt.Errorf("%q must be 1", key)
			}
			return kind, Config{}, nil
		}
	}
	return 0, Config{}, errors.New(`text message is none of config, reset and eof`)
}

func parseConfig(raw json.RawMessage) (Config, error) {
	var in struct {
		SampleRate      float64         `json:"sample_rate"`
		Words           json.RawMessage `json:"words"`
		PhraseList      []string        `json:"phrase_list"`
		Grammar         string          `json:"grammar"`
		Model           *string         `json:"model"`
		MaxAlternatives int             `json:"max_alternatives"`
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		return Config{}, fmt.Errorf("config: %w", err)
	}
	c := Config{SampleRate: in.SampleRate, PhraseList: in.PhraseList, Grammar: in.Grammar, MaxAlternatives: in.MaxAlternatives}
	switch string(in.Words) { // clients in the field write true and 1 alike
	case "", "null", "false", "0":
	case "true", "1":
		c.Words = true
	default:
		return Config{}, errors.New("config: words must be true or false")
	}
	switch {
	case in.Model != nil:
		return Config{}, errors.New("config: the model cannot be chosen by the client")
	case in.MaxAlternatives < 0:
		return Config{}, fmt.Errorf("config: max_alternatives %d is negative", in.MaxAlternatives)
	case c.SampleRate != math.Trunc(c.SampleRate) || c.SampleRate < 0 || c.SampleRate > 384000:
		return Config{}, fmt.Errorf("config: sample_rate %g is not a rate in Hz", c.SampleRate)
	}
	return c, nil
}
