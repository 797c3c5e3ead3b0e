package dialog

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// The markup of prompts is a small part of SSML. It stands in the flow's own
// text only: a value that fills a place is never looked at for markup.

// element is a mark that is open.
type element struct {
	name    string
	at      pos
	rate    float64
	silent  bool
	as      string // say-as
	content strings.Builder
	places  int
}

// speechParser reads one text with places and markup.
type speechParser struct {
	l    *loader
	text string
	at   place
	sp   speaker
	t    *template
	open []*element
}

// spokenText parses a text that is spoken; where is at.
func (l *loader) spokenText(text string, at place, chinese bool) *template {
	s := &speechParser{l: l, text: text, at: at, sp: speaker{chinese: chinese}, t: &template{source: text}}
	ok := l.scan(text, at, s.literal, s.place)
	if !ok {
		return nil
	}
	if len(s.open) > 0 {
		e := s.open[len(s.open)-1]
		l.errorf(e.at, "</"+e.name+">", "<%s> is never closed", e.name)
		return nil
	}
	return s.t
}

// literal cuts text between places at its tags.
func (s *speechParser) literal(text string, offset int) bool {
	for text != "" {
		i := strings.IndexByte(text, '<')
		if i < 0 || i+1 == len(text) || !tagStart(rune(text[i+1])) {
			if i >= 0 { // a < that is none
				s.words(text[:i+1])
				text, offset = text[i+1:], offset+i+1
				continue
			}
			s.words(text)
			return true
		}
		s.words(text[:i])
		end := strings.IndexByte(text[i:], '>')
		at := s.at(s.text, offset+i)
		if end < 0 {
			s.l.errorf(at, "write &lt; for the sign; no {{ }} inside a tag", "a < without its >")
			return false
		}
		if !s.tag(text[i+1:i+end], at) {
			return false
		}
		text, offset = text[i+end+1:], offset+i+end+1
	}
	return true
}

func tagStart(r rune) bool { return r == '/' || unicode.IsLetter(r) }

var entitySigns = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&quot;", `"`, "&apos;", "'", "&amp;", "&")

func (s *speechParser) words(text string) {
	if text == "" {
		return
	}
	text = entitySigns.Replace(text)
	if e := s.top(); e != nil && e.as != "" {
		e.content.WriteString(text)
		return
	}
	s.t.pieces = append(s.t.pieces, piece{text: text, mark: s.mark()})
}

func (s *speechParser) top() *element {
	if len(s.open) == 0 {
		return nil
	}
	return s.open[len(s.open)-1]
}

// mark is what the open elements do to what stands in them.
func (s *speechParser) mark() mark {
	var m mark
	for _, e := range s.open {
		if e.rate > 0 {
			m.rate = max(m.rate, 0)
			if m.rate == 0 {
				m.rate = 1
			}
			m.rate *= e.rate
		}
		m.silent = m.silent || e.silent
	}
	if m.rate == 1 {
		m.rate = 0
	}
	return m
}

func (s *speechParser) place(pc piece, at pos) bool {
	if e := s.top(); e != nil && e.as != "" {
		if strings.TrimSpace(e.content.String()) != "" {
			s.l.errorf(at, "one value, or one text", "<say-as> has both text and a place in it")
			return false
		}
		e.places++
		if !s.l.addFilter(&pc, sayAs[e.as], at) {
			return false
		}
	}
	pc.mark = s.mark()
	s.t.pieces = append(s.t.pieces, pc)
	return true
}

// sayAs are the values of interpret-as with the filters that mean the same.
var sayAs = map[string]string{"digits": "digits", "cardinal": "number", "ordinal": "ordinal", "date": "date", "characters": "characters"}

var elements = []string{"break", "emphasis", "phoneme", "prosody", "say-as", "sub"}

// tag reads what stands between < and >.
func (s *speechParser) tag(inner string, at pos) bool {
	if name, closing := strings.CutPrefix(inner, "/"); closing {
		return s.closeTag(strings.TrimSpace(name), at)
	}
	inner, empty := strings.CutSuffix(inner, "/")
	name, rest, _ := strings.Cut(strings.TrimSpace(inner), " ")
	if !slices.Contains(elements, name) {
		s.l.errorf(at, hintAmong(name, elements), "<%s> is no markup of prompts", clip(name))
		return false
	}
	attrs, ok := attributes(rest)
	if !ok {
		s.l.errorf(at, `for example <break time="400ms"/>`, "the attributes of <%s> cannot be read", name)
		return false
	}
	if (name == "break") != empty {
		if empty {
			s.l.errorf(at, "", "<%s/> has nothing in it", name)
		} else {
			s.l.errorf(at, `<break time="400ms"/>`, "<break> must end with />")
		}
		return false
	}
	e := &element{name: name, at: at}
	if !s.understand(e, attrs) {
		return false
	}
	if !empty {
		if len(s.open) >= 8 {
			s.l.errorf(at, "", "markup within markup, more than any prompt needs")
			return false
		}
		s.open = append(s.open, e)
	}
	return true
}

// attributes reads name="value" pairs.
func attributes(s string) (map[string]string, bool) {
	out := map[string]string{}
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimSpace(s) {
		name, rest, ok := strings.Cut(s, "=")
		rest = strings.TrimSpace(rest)
		if !ok || rest == "" || rest[0] != '"' && rest[0] != '\'' {
			return nil, false
		}
		value, after, closed := strings.Cut(rest[1:], rest[:1])
		name = strings.TrimSpace(name)
		if _, twice := out[name]; !closed || twice || name == "" || strings.ContainsAny(name, " \"'") {
			return nil, false
		}
		out[name], s = entitySigns.Replace(value), after
	}
	return out, true
}

// understand reads an element's attributes.
func (s *speechParser) understand(e *element, attrs map[string]string) bool {
	need := map[string]string{"break": "time", "say-as": "interpret-as", "sub": "alias", "prosody": "rate", "phoneme": "ph"}[e.name]
	value, given := attrs[need]
	for name := range attrs {
		known := name == need || e.name == "phoneme" && name == "alphabet" || e.name == "emphasis" && name == "level"
		if !known {
			s.l.errorf(e.at, "", "<%s> takes no %s", e.name, clip(name))
			return false
		}
	}
	if need != "" && !given {
		s.l.errorf(e.at, "", "<%s> needs %s", e.name, need)
		return false
	}
	bad := func(hint string) bool {
		s.l.errorf(e.at, hint, "<%s> cannot have the %s %q", e.name, need, clip(value))
		return false
	}
	switch e.name {
	case "break":
		d, err := time.ParseDuration(value)
		if err != nil || d < minPause || d > maxPause {
			return bad("for example 400ms or 1s, at most 10s")
		}
		s.t.pieces = append(s.t.pieces, piece{mark: mark{pause: d}})
	case "say-as":
		if sayAs[value] == "" {
			return bad("cardinal, characters, date, digits or ordinal")
		}
		if m := s.mark(); m.silent {
			s.l.errorf(e.at, "", "<say-as> inside <sub> is never spoken")
			return false
		}
		e.as = value
	case "sub":
		if strings.TrimSpace(value) == "" {
			return bad("what is said instead")
		}
		m := s.mark()
		m.unseen, m.said = true, value
		s.t.pieces = append(s.t.pieces, piece{text: value, mark: m})
		e.silent = true
	case "prosody":
		if e.rate = prosodyRate(value); e.rate == 0 {
			return bad("x-slow, slow, medium, fast, x-fast, or 50% to 200%")
		}
	case "emphasis":
		if e.rate = map[string]float64{"strong": 0.85, "moderate": 0.92, "": 0.92, "none": 1, "reduced": 1.08}[attrs["level"]]; e.rate == 0 {
			s.l.errorf(e.at, "strong, moderate, none or reduced", "<emphasis> cannot have the level %q", clip(attrs["level"]))
			return false
		}
	case "phoneme":
		s.l.warnf(e.at, `<sub alias="…">`, "the voices take no phonemes: what stands in <phoneme> is spoken as it is written")
	}
	return true
}

// The limits of a pause in a prompt.
const (
	minPause = 20 * time.Millisecond
	maxPause = 10 * time.Second
)

func prosodyRate(s string) float64 {
	if r := map[string]float64{"x-slow": 0.6, "slow": 0.8, "medium": 1, "default": 1, "fast": 1.25, "x-fast": 1.5}[s]; r > 0 {
		return r
	}
	n, percent := strings.CutSuffix(s, "%")
	v, err := strconv.ParseFloat(n, 64)
	if err != nil || !percent || !(v >= 50 && v <= 200) {
		return 0
	}
	return v / 100
}

func (s *speechParser) closeTag(name string, at pos) bool {
	e := s.top()
	if e == nil || e.name != name {
		hint := ""
		if e != nil {
			hint = "close <" + e.name + "> first"
		}
		s.l.errorf(at, hint, "</%s> closes nothing", clip(name))
		return false
	}
	s.open = s.open[:len(s.open)-1]
	if e.as == "" || e.places > 0 && strings.TrimSpace(e.content.String()) == "" {
		return true
	}
	text := strings.TrimSpace(e.content.String())
	spoken, ok := s.sp.readAs(e.as, text)
	if !ok || e.places > 0 {
		s.l.errorf(e.at, "", "%q cannot be read as %s", clip(text), e.as)
		return false
	}
	m := s.mark()
	m.said = spoken
	s.t.pieces = append(s.t.pieces, piece{text: text, mark: m})
	return true
}

// readAs reads a literal of <say-as> out.
func (sp speaker) readAs(as, text string) (string, bool) {
	v, err := strconv.ParseFloat(text, 64)
	switch as {
	case "digits":
		return sp.digits(text), strings.ContainsAny(text, "0123456789")
	case "characters":
		return sp.characters(text), text != ""
	case "cardinal":
		return sp.number(v), err == nil
	case "ordinal":
		return sp.ordinal(v), err == nil && v == float64(int64(v))
	}
	t, err := time.Parse(time.DateOnly, text)
	return sp.date(t), err == nil // with its year: no today is known
}
