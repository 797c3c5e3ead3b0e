package pocketsphinx

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dialwright/dialwright/asr"
	"github.com/dialwright/dialwright/asr/internal/jsgf"
)

// phones are those of the CMU dictionary (ARPAbet without stress). One "word" per phone is added
// to the dictionary; a loop over them is the path that speech outside the grammar takes.
var phones = strings.Fields("AA AE AH AO AW AY B CH D DH EH ER EY F G HH IH IY JH K L M N NG OW OY P R S SH T TH UH UW V W Y Z ZH")

const (
	// unknownPrefix marks the phone words; the dictionary has no word with an underscore.
	unknownPrefix = "unk_"
	// unknownWeight is what each phone outside the grammar costs. Measured on flite's voices: at
	// 1e-4 half a word that is known is already taken for unknown, at 1e-8 unknown words turn into known ones.
	unknownWeight = "0.000001"

	rootRule = "dialwright_root"
	// maxPhrases bounds a vocabulary; searching costs time with each.
	maxPhrases = 2000
)

// compiled is a grammar ready for the recogniser. The zero value means free speech.
type compiled struct {
	text  string // JSGF, or ""
	words []string
	// ignored are the words, or phrases without any, for which phrases of a vocabulary were left out.
	ignored []string
}

// compile turns the options of a stream into a grammar; errors wrap asr.ErrRejected.
func compile(o asr.Options, known func(word string) bool) (compiled, error) {
	var c compiled
	var err error
	switch {
	case o.Grammar != "":
		c, err = compileGrammar(o.Grammar, known)
	case len(o.Vocabulary) > 0:
		c, err = compileVocabulary(o.Vocabulary, known)
	}
	if err != nil {
		return compiled{}, fmt.Errorf("%w: %w", asr.ErrRejected, err)
	}
	return c, nil
}

// without gives the words that are not known.
func without(words []string, known func(word string) bool) []string {
	var missing []string
	for _, w := range words {
		if !known(w) {
			missing = append(missing, w)
		}
	}
	return missing
}

// compileVocabulary allows the phrases in any order and number, and leaves out those with unknown
// words, as Vosk does. Phrases are reduced to letters, digits and apostrophes, so that nothing in
// them can be grammar syntax. With no phrase left anything may be said.
func compileVocabulary(vocabulary []string, known func(word string) bool) (compiled, error) {
	if len(vocabulary) > maxPhrases {
		return compiled{}, fmt.Errorf("vocabulary has %d phrases, at most %d are taken", len(vocabulary), maxPhrases)
	}
	var c compiled
	var phrases []string
	for _, p := range vocabulary {
		if p == asr.Unknown {
			continue // how Vosk's clients ask for what is always given here
		}
		w := asr.Normalize(p)
		missing := without(w, known)
		switch {
		case len(w) == 0:
			c.ignored = append(c.ignored, fmt.Sprintf("%.40q", p))
		case len(missing) > 0:
			c.ignored = append(c.ignored, missing...)
		default:
			phrases = append(phrases, strings.Join(w, " "))
			c.words = append(c.words, w...)
		}
	}
	for _, list := range []*[]string{&phrases, &c.words, &c.ignored} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	if len(phrases) == 0 {
		if len(c.ignored) == 0 {
			return compiled{}, fmt.Errorf("vocabulary: no phrase in it")
		}
		return c, nil
	}
	var b strings.Builder
	b.WriteString("#JSGF V1.0;\ngrammar dialwright;\n")
	fmt.Fprintf(&b, "public <%s> = ( %s | %s )+ ;\n", rootRule, strings.Join(phrases, " | "), unknown())
	c.text = b.String()
	return c, nil
}

// compileGrammar lets a sentence of the grammar stand alone, or between unknown speech, or be missing.
func compileGrammar(text string, known func(word string) bool) (compiled, error) {
	g, err := jsgf.Parse(text)
	if err != nil {
		return compiled{}, fmt.Errorf("grammar: %w", err)
	}
	if missing := without(g.Words(), known); len(missing) > 0 {
		more := ""
		if len(missing) > 10 {
			missing, more = missing[:10], ", …"
		}
		return compiled{}, fmt.Errorf("grammar: not in the dictionary: %s%s", strings.Join(missing, ", "), more)
	}
	var b strings.Builder
	b.WriteString("#JSGF V1.0;\ngrammar dialwright;\n")
	b.WriteString(g.Rules("g_"))
	u := unknown()
	fmt.Fprintf(&b, "public <%s> = ( %s )* <g_%s> ( %s )* | ( %s )+ ;\n", rootRule, u, g.Root, u, u)
	return compiled{text: b.String(), words: g.Words()}, nil
}

// unknown is the alternatives of one phone. Weights must stand at the words themselves: sphinxbase
// ignores those of rule references.
func unknown() string {
	alternatives := make([]string, len(phones))
	for i, p := range phones {
		alternatives[i] = "/" + unknownWeight + "/ " + unknownPrefix + p
	}
	return strings.Join(alternatives, " | ")
}
