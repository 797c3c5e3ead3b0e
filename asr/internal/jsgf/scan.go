package jsgf

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// token is one of: a name in <>, a word, a weight in //, or a single character.
type token struct {
	kind tokenKind
	text string
	line int
	col  int
}

type tokenKind uint8

const (
	tokEnd tokenKind = iota
	tokWord
	tokRule
	tokWeight
	tokTag
	tokSign // one of ; = | * + ( ) [ ]
)

const signs = ";=|*+()[]"

type scanner struct {
	rest      string
	line, col int
	out       []token
}

func scan(text string) ([]token, error) {
	if !utf8.ValidString(text) {
		return nil, fmt.Errorf("grammar is not UTF-8")
	}
	s := &scanner{rest: strings.TrimPrefix(text, "\ufeff"), line: 1, col: 1}
	if err := s.header(); err != nil {
		return nil, err
	}
	for s.rest != "" {
		if err := s.next(); err != nil {
			return nil, err
		}
	}
	s.emit(tokEnd, "")
	return s.out, nil
}

// header is "#JSGF V1.0 [charset [locale]] ;".
func (s *scanner) header() error {
	end := strings.IndexByte(s.rest, ';')
	if end < 0 || !strings.HasPrefix(s.rest, "#JSGF") {
		return s.fail("a grammar begins with %q", "#JSGF V1.0;")
	}
	fields := strings.Fields(s.rest[len("#JSGF"):end])
	if len(fields) == 0 || !strings.EqualFold(fields[0], "V1.0") {
		return s.fail("only JSGF V1.0 is known")
	}
	s.advance(end + 1)
	return nil
}

func (s *scanner) next() error {
	r, size := utf8.DecodeRuneInString(s.rest)
	switch {
	case unicode.IsSpace(r):
		s.advance(size)
	case strings.HasPrefix(s.rest, "//"):
		end := strings.IndexByte(s.rest, '\n')
		if end < 0 {
			end = len(s.rest)
		}
		s.advance(end)
	case strings.HasPrefix(s.rest, "/*"):
		return s.until("/*", "*/", func(string) {})
	case r == '<':
		return s.until("<", ">", func(t string) { s.emit(tokRule, strings.TrimSpace(t)) })
	case r == '/':
		return s.until("/", "/", func(t string) { s.emit(tokWeight, strings.TrimSpace(t)) })
	case r == '{':
		return s.tag()
	case r == '"':
		return s.quoted()
	case strings.ContainsRune(signs, r):
		s.emit(tokSign, string(r))
		s.advance(size)
	case wordRune(r):
		end := strings.IndexFunc(s.rest, func(r rune) bool { return !wordRune(r) })
		if end < 0 {
			end = len(s.rest)
		}
		s.emit(tokWord, s.rest[:end])
		s.advance(end)
	default:
		return s.fail("character %q has no meaning here", r)
	}
	return nil
}

// quoted takes words in quotes. The grammar that is made of them has none, so
// what could be taken for syntax there is refused.
func (s *scanner) quoted() error {
	text, _, _ := strings.Cut(s.rest[1:], `"`)
	if strings.ContainsFunc(text, func(r rune) bool { return !wordRune(r) && !unicode.IsSpace(r) }) {
		return s.fail("the quoted words %q have a character that no word has", text)
	}
	return s.until(`"`, `"`, func(t string) {
		for _, w := range strings.Fields(t) {
			s.emit(tokWord, w)
		}
	})
}

func wordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) || strings.ContainsRune("'-_.:", r)
}

// tag skips an action in braces, in which \} does not end it.
func (s *scanner) tag() error {
	for i := 1; i < len(s.rest); i++ {
		switch s.rest[i] {
		case '\\':
			i++
		case '}':
			s.emit(tokTag, "")
			s.advance(i + 1)
			return nil
		}
	}
	return s.fail("{ is not closed")
}

// until takes what stands between two marks.
func (s *scanner) until(open, end string, take func(string)) error {
	n := strings.Index(s.rest[len(open):], end)
	if n < 0 {
		return s.fail("%s is not closed", open)
	}
	take(s.rest[len(open) : len(open)+n])
	s.advance(len(open) + n + len(end))
	return nil
}

func (s *scanner) emit(kind tokenKind, text string) {
	s.out = append(s.out, token{kind: kind, text: text, line: s.line, col: s.col})
}

func (s *scanner) advance(n int) {
	for _, r := range s.rest[:n] {
		s.col++
		if r == '\n' {
			s.line, s.col = s.line+1, 1
		}
	}
	s.rest = s.rest[n:]
}

func (s *scanner) fail(format string, args ...any) error {
	return fmt.Errorf("line %d, column %d: %s", s.line, s.col, fmt.Sprintf(format, args...))
}
