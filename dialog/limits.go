package dialog

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// A session that is written down stays below 16 KB, whatever is said to it.
const (
	maxText         = 500  // characters of anything a customer or a server says
	maxTextBytes    = 1100 // of it in JSON
	maxID           = 128  // bytes of names that others give
	maxContactBytes = 2500
	maxMemoryBytes  = 600
	maxSlotBytes    = 3 << 10 // of all slots together
	maxSpokenBytes  = 2200    // what can be said again
	maxHistoryBytes = 1800    // of a conversation with a model
	maxVerifyBytes  = 300
	maxVariantsKept = 64
	maxCounted      = 16
	maxScopes       = 12
	maxExperiments  = 30
)

var errTooLong = errors.New("the values of the conversation have become too long")

// clean makes a text of the outside fit to be kept: valid, without control
// characters, not too long.
func clean(s string) string {
	return clipText(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == utf8.RuneError || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, s), 0)
}

// clipText cuts a text to so many bytes; 0 means maxText characters, and no
// more than maxTextBytes in JSON.
func clipText(s string, limit int) string {
	if limit > 0 {
		return strings.ToValidUTF8(s[:min(limit, len(s))], "")
	}
	count, size := 0, 0
	for i := 0; i < len(s); count++ {
		_, n := utf8.DecodeRuneInString(s[i:])
		if size += jsonLen(s[i:i+n]) - 2; count == maxText || size > maxTextBytes {
			return strings.ToValidUTF8(s[:i], "")
		}
		i += n
	}
	return strings.ToValidUTF8(s, "")
}

func clipValue(v any) any {
	switch x := v.(type) {
	case string:
		return clean(x)
	case Consent:
		x.Words = clean(x.Words)
		return x
	}
	return v
}

// shorten cuts the texts among values until all fit, the longest ones first.
func shorten(values map[string]any, limit int) bool {
	for _, most := range []int{600, 300, 150, 60} {
		if valuesSize(values) <= limit {
			return true
		}
		for name, v := range values {
			if s, ok := v.(string); ok {
				values[name] = clipText(s, most)
			}
		}
	}
	return valuesSize(values) <= limit
}

// keep drops values until the rest is small enough: those of many earlier
// calls, of which the last names in order go first.
func keep(values map[string]any, limit int) {
	if shorten(values, limit) {
		return
	}
	for _, name := range slices.Backward(slices.Sorted(maps.Keys(values))) {
		if delete(values, name); valuesSize(values) <= limit {
			return
		}
	}
}

// jsonLen is how long a text is in JSON.
func jsonLen(s string) int {
	n := 2
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			n += 2
		case c < 0x20 || c == '<' || c == '>' || c == '&':
			n += 6
		default:
			n++
		}
	}
	return n
}

func valueSize(v any) int {
	switch x := v.(type) {
	case string:
		return jsonLen(x)
	case time.Time:
		return 38
	case Consent:
		return 90 + jsonLen(x.Words)
	case Span:
		return 90
	case map[string]any:
		return valuesSize(x)
	}
	return 26
}

func valuesSize(values map[string]any) int {
	n := 2
	for name, v := range values {
		n += jsonLen(name) + 2 + valueSize(v)
	}
	return n
}

func saysSize(all []Say) int {
	n := 0
	for _, a := range all {
		n += saySize(a)
	}
	return n
}

func saySize(a Say) int {
	n := 240 + jsonLen(a.Node) + jsonLen(a.Text) + jsonLen(a.Language) + jsonLen(a.Voice) + jsonLen(a.Source)
	for _, p := range a.Parts {
		n += 60 + jsonLen(p.Text) + jsonLen(p.Audio)
	}
	return n
}

// fitting is the value a slot can take without the session becoming too large:
// as it is, or shortened.
func (s *Session) fitting(name string, v any) (any, error) {
	used := jsonLen(name)
	if old, set := s.st.Slots[name]; set {
		used -= jsonLen(name) + 2 + valueSize(old)
	}
	for i, sc := range s.st.Scopes {
		used += valuesSize(sc.Slots)
		if i > 0 {
			used += 40 + jsonLen(sc.Sub) + jsonLen(sc.Run)
		}
	}
	if used+valueSize(v) <= maxSlotBytes {
		return v, nil
	}
	if text, ok := v.(string); ok {
		if short := clipText(text, 100); used+valueSize(short) <= maxSlotBytes {
			return short, nil
		}
	}
	return nil, fmt.Errorf("%s: %w", name, errTooLong)
}

// bound drops what can be done without until the session is small enough. It
// is done after every step, so that a session that was written down and read
// again does the same as one that was not.
func (s *Session) bound() {
	for i := range s.st.Stack { // where we are now matters more
		if saysSize(s.st.Spoken)+stackSize(s.st.Stack[i:]) <= maxSpokenBytes {
			break
		}
		s.st.Stack[i].Spoken = nil
	}
	for len(s.st.Spoken) > 0 && saysSize(s.st.Spoken) > maxSpokenBytes {
		s.st.Spoken = s.st.Spoken[1:]
	}
	if m := s.st.LLM; m != nil {
		for size := historySize(m.Messages); len(m.Messages) > 1 && size > maxHistoryBytes; {
			size -= messageSize(m.Messages[0])
			m.Messages = m.Messages[1:]
		}
	}
	if len(s.st.Variants) > maxVariantsKept {
		s.st.Variants = nil // they begin again
	}
	if len(s.st.Filled) > 4 {
		s.st.Filled = s.st.Filled[len(s.st.Filled)-4:]
	}
}

func stackSize(stack []frame) int {
	n := 0
	for _, fr := range stack {
		n += saysSize(fr.Spoken)
	}
	return n
}

func historySize(all []LLMMessage) int {
	n := 0
	for _, m := range all {
		n += messageSize(m)
	}
	return n
}

func messageSize(m LLMMessage) int { return 30 + jsonLen(m.Text) }
