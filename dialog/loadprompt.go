package dialog

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// speechKeys are the top-level keys read by experiments, entities and speech.
var speechKeys = []string{"prompts", "pronounce", "experiments", "entities"}

// speech is what a flow's prompts have in common.
type speech struct {
	prompts     []*prompt // all of them, in the order they were read
	named       map[string]*prompt
	voice       pronunciation
	experiments map[string]*experiment
	entities    map[string]*entity
	sounds      map[string]sound // recordings
}

// spokenNames are what the loader remembers about prompts until all are read.
type spokenNames struct {
	late []func() // prompts of slots: they are read when all slots are known
}

// manners are the keys of a prompt that say how it is spoken.
var manners = []string{"voice", "language", "rate", "barge_in"}

// forms are the keys of a prompt that say what is spoken.
var forms = []string{"text", "parts", "audio", "variants", "prompt", "experiment"}

var promptName = regexp.MustCompile(`^@[\pL_][\pL\pN_.-]*$`)

// prompt reads something to say: a text, @NAME, a list of variants, or a
// mapping with the way it is said.
func (l *loader) prompt(n ast.Node) *prompt {
	l.prompts++
	p := &prompt{id: l.prompts, at: at(n)}
	switch v := n.(type) {
	case *ast.MappingNode:
		o, ok := l.open(n, "say")
		if !ok || !l.promptObject(p, o) {
			return nil
		}
	case *ast.SequenceNode:
		if len(v.Values) == 0 {
			l.errorf(at(n), "", "say is an empty list")
		}
		if !l.variants(p, v.Values) {
			return nil
		}
	default:
		text, ok := l.word(n, "say")
		if !ok {
			return nil
		}
		if text = strings.TrimSpace(text); promptName.MatchString(text) {
			p.name = text[1:]
		} else if !l.lineOf(p, text, n) {
			return nil
		}
	}
	l.flow.speech.prompts = append(l.flow.speech.prompts, p)
	return p
}

// lineOf adds a variant that is one text.
func (l *loader) lineOf(p *prompt, text string, n ast.Node) bool {
	t := l.spokenText(text, placeOf(n), l.chinese(p))
	if t != nil {
		p.lines = append(p.lines, line{weight: 1, parts: []linePart{{text: t}}})
	}
	return t != nil
}

// chinese tells in which language a prompt's values are said.
func (l *loader) chinese(p *prompt) bool { return orElse(p.language, l.flow.Language) == "zh" }

func (l *loader) promptObject(p *prompt, o *object) bool {
	experiment, isExperiment := o.get("experiment")
	known := slices.Concat(forms, manners)
	if isExperiment {
		known = append([]string{"experiment"}, manners...)
		if e := l.experimentRef(experiment.value); e != nil {
			p.experiment = e
			known = append(known, e.variants()...)
		} else {
			return false
		}
	}
	for _, f := range o.fields {
		if !slices.Contains(known, f.name) {
			l.holes = true
			l.errorf(f.key, hintAmong(f.name, known), "unknown key %q in say", f.name)
		}
	}
	l.manner(p, o)
	if isExperiment {
		return l.arms(p, o)
	}
	var form field
	for _, name := range forms {
		f, ok := o.get(name)
		if !ok || name == "text" && form.name == "audio" {
			continue
		}
		if _, recorded := o.get("audio"); recorded && name == "text" {
			continue // what the transcript shows
		}
		if form.name != "" {
			l.errorf(f.key, "choose one", "say has both %s and %s", form.name, f.name)
			return false
		}
		form = f
	}
	return l.promptForm(p, o, form)
}

func (l *loader) promptForm(p *prompt, o *object, form field) bool {
	switch form.name {
	case "":
		l.errorf(o.at, "text: Hello", "say has no text")
		return false
	case "prompt":
		name, ok := l.word(form.value, "prompt")
		p.name = strings.TrimPrefix(name, "@")
		return ok
	case "text":
		if seq, ok := form.value.(*ast.SequenceNode); ok {
			if len(seq.Values) == 0 {
				l.errorf(at(form.value), "", "say is an empty list")
			}
			return l.variants(p, seq.Values)
		}
		text, ok := l.word(form.value, "say")
		return ok && l.lineOf(p, strings.TrimSpace(text), form.value)
	case "variants":
		items, ok := l.list(form.value, "variants")
		if ok && len(items) == 0 {
			l.errorf(at(form.value), "", "variants is empty")
		}
		return ok && l.variants(p, items)
	}
	ln, ok := l.lineObject(p, o)
	if ok {
		p.lines = append(p.lines, ln)
	}
	return ok
}

// variants reads a list of texts, or of mappings with a weight. It is false
// when not one of them can be used.
func (l *loader) variants(p *prompt, items []ast.Node) bool {
	for _, item := range items {
		m, isMap := item.(*ast.MappingNode)
		if !isMap {
			if text, ok := l.word(item, "say"); ok {
				l.lineOf(p, strings.TrimSpace(text), item)
			}
			continue
		}
		o, ok := l.object(m, "a variant", "text", "parts", "audio", "weight")
		if !ok {
			continue
		}
		ln, ok := l.lineObject(p, o)
		if w, given := o.get("weight"); given {
			ln.weight = l.weight(w)
		}
		if ok {
			p.lines = append(p.lines, ln)
		}
	}
	return len(p.lines) > 0
}

func (l *loader) weight(f field) int {
	v, ok := l.number(f.value, f.name)
	if ok && (v != float64(int(v)) || v < 1 || v > 1000) {
		l.errorf(at(f.value), "", "%s must be a whole number from 1 to 1000", f.name)
		return 1
	}
	return max(int(v), 1)
}

// lineObject reads what is said once: parts, a recording, or a text.
func (l *loader) lineObject(p *prompt, o *object) (line, bool) {
	ln := line{weight: 1}
	parts, hasParts := o.get("parts")
	if _, recorded := o.get("audio"); recorded || !hasParts {
		if hasParts {
			l.errorf(parts.key, "choose one", "say has both audio and parts")
			return ln, false
		}
		part, ok := l.part(p, o)
		ln.parts = []linePart{part}
		return ln, ok
	}
	items, ok := l.list(parts.value, "parts")
	if !ok {
		return ln, false
	}
	if len(items) == 0 || len(items) > maxParts {
		l.errorf(at(parts.value), "", "parts must have 1 to %d entries, not %d", maxParts, len(items))
		return ln, false
	}
	audible := false
	for _, item := range items {
		part, ok := l.partItem(p, item)
		if !ok {
			return ln, false
		}
		audible = audible || part.pause == 0
		ln.parts = append(ln.parts, part)
	}
	if !audible {
		l.errorf(at(parts.value), "", "parts are nothing but pauses")
	}
	return ln, audible
}

// maxParts of a prompt.
const maxParts = 64

func (l *loader) partItem(p *prompt, n ast.Node) (linePart, bool) {
	if m, isMap := n.(*ast.MappingNode); isMap {
		o, ok := l.object(m, "a part", "text", "audio", "pause")
		if !ok {
			return linePart{}, false
		}
		if d, ok := o.get("pause"); ok {
			if len(o.fields) > 1 {
				l.errorf(d.key, "make two parts of it", "a part with a pause has something else too")
				return linePart{}, false
			}
			pause, ok := l.duration(d.value, "pause", minPause, maxPause)
			return linePart{pause: pause}, ok
		}
		return l.part(p, o)
	}
	text, ok := l.word(n, "an entry of parts")
	if !ok {
		return linePart{}, false
	}
	t := l.spokenText(text, placeOf(n), l.chinese(p)) // blanks count: a part goes on where the last one ended
	return linePart{text: t}, t != nil
}

// part reads a text, or a recording with what it says.
func (l *loader) part(p *prompt, o *object) (linePart, bool) {
	text, hasText := o.get("text")
	audio, recorded := o.get("audio")
	if !recorded {
		if !hasText {
			if len(o.fields) == 0 || o.fields[0].name == "weight" { // what else it has is an error of its own
				l.errorf(o.at, "text: Hello", "say has no text")
			}
			return linePart{}, false
		}
		s, ok := l.word(text.value, "text")
		if !ok {
			return linePart{}, false
		}
		t := l.spokenText(s, placeOf(text.value), l.chinese(p))
		return linePart{text: t}, t != nil
	}
	part := linePart{}
	var ok bool
	if part.audio, ok = l.sound(audio.value); !ok {
		return part, false
	}
	if hasText {
		s, ok := l.word(text.value, "text")
		if !ok {
			return part, false
		}
		part.text = l.template(s, placeOf(text.value))
		return part, part.text != nil
	}
	return part, true
}

// play reads the name of a recording, as a prompt of its own: the node part
// play is n.play = l.play(value), said before say.
func (l *loader) play(n ast.Node) *prompt {
	l.prompts++
	p := &prompt{id: l.prompts, at: at(n)}
	if m, isMap := n.(*ast.MappingNode); isMap {
		o, ok := l.object(m, "play", "audio", "text", "barge_in")
		if !ok {
			return nil
		}
		if _, ok := o.get("audio"); !ok {
			l.errorf(o.at, "audio: hello.wav", "play names no recording")
			return nil
		}
		l.manner(p, o)
		part, ok := l.part(p, o)
		if !ok {
			return nil
		}
		p.lines = []line{{weight: 1, parts: []linePart{part}}}
	} else {
		file, ok := l.sound(n)
		if !ok {
			return nil
		}
		p.lines = []line{{weight: 1, parts: []linePart{{audio: file}}}}
	}
	l.flow.speech.prompts = append(l.flow.speech.prompts, p)
	return p
}

func (l *loader) manner(p *prompt, o *object) {
	if f, ok := o.get("voice"); ok {
		p.voice, _ = l.word(f.value, "voice")
	}
	if f, ok := o.get("language"); ok {
		p.language, _ = l.word(f.value, "language")
	}
	if f, ok := o.get("rate"); ok {
		if v, ok := l.number(f.value, "rate"); ok {
			p.rate = v
			if v < 0.5 || v > 2 {
				l.errorf(at(f.value), "1 is normal speed", "rate must be between 0.5 and 2, not %g", v)
			}
		}
	}
	if f, ok := o.get("barge_in"); ok {
		p.bargeIn = l.bargeIn(f.value)
	}
}

// speech reads the named prompts. It comes after the slots.
func (l *loader) speech(o *object) {
	f, ok := o.get("prompts")
	if !ok {
		return
	}
	all, ok := l.open(f.value, "prompts")
	if !ok {
		return
	}
	l.flow.named = map[string]*prompt{}
	for _, e := range all.fields {
		if !promptName.MatchString("@" + e.name) {
			l.errorf(e.key, "letters, digits, _, - and .", "%q is no name for a prompt", e.name)
			continue
		}
		p := l.prompt(e.value)
		if p == nil {
			p = &prompt{} // it is wrong, and it is there
		}
		if p.name != "" {
			l.errorf(at(e.value), "", "prompt %s is only another name for %s", e.name, p.name)
			p.name = ""
		}
		p.defined = e.key
		l.flow.named[e.name] = p
	}
}

// finishSpeech ties prompts to the named ones they mean and gives literal
// texts their pronunciation. It comes when all prompts have been read.
func (l *loader) finishSpeech() {
	used := map[string]bool{}
	for _, p := range l.flow.speech.prompts {
		if p.name == "" {
			continue
		}
		used[p.name] = true
		named := l.flow.named[p.name]
		if named == nil {
			l.errorf(p.at, orElse(hintAmong(p.name, slices.Collect(maps.Keys(l.flow.named))), "declare it under prompts:"), "unknown prompt %q", p.name)
			continue
		}
		p.becomes(named)
	}
	for _, name := range slices.Sorted(maps.Keys(l.flow.named)) {
		if !used[name] {
			l.warnf(l.flow.named[name].defined, "", "prompt %s is never said", name)
		}
	}
	l.unusedNames()
	for _, p := range l.flow.speech.prompts {
		for _, ln := range p.lines {
			for _, part := range ln.parts {
				part.text.pronounce(l.flow.voice)
			}
		}
	}
}

// unusedNames warns of what is declared and serves nothing.
func (l *loader) unusedNames() {
	for _, name := range slices.Sorted(maps.Keys(l.flow.entities)) {
		if e := l.flow.entities[name]; !e.used {
			l.warnf(e.at, "slots: {NAME: {entity: "+name+"}}", "no slot holds a value of entity %s", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(l.flow.speech.experiments)) {
		if e := l.flow.speech.experiments[name]; !e.used {
			l.warnf(e.at, "", "experiment %s decides nothing", name)
		}
	}
}

func (l *loader) pronounce(o *object) {
	f, ok := o.get("pronounce")
	if !ok {
		return
	}
	all, ok := l.open(f.value, "pronounce")
	if !ok {
		return
	}
	words := map[string]string{}
	for _, e := range all.fields {
		if strings.TrimSpace(e.name) == "" {
			l.errorf(e.key, "", "pronounce names an empty word")
			continue
		}
		if spoken, ok := l.word(e.value, "the pronunciation of "+e.name); ok {
			words[strings.TrimSpace(e.name)] = spoken
		}
	}
	l.flow.voice = newPronunciation(words)
}
