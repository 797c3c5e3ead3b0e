package dialog

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/expr-lang/expr/types"
	"github.com/goccy/go-yaml/ast"
)

const (
	defaultFillerAfter = 700 * time.Millisecond
	defaultTimeout     = 3 * time.Second
	defaultLLMTimeout  = 4 * time.Second
	longestWork        = 2 * time.Minute
)

// workKeys are the keys that all work has that may keep the customer waiting.
var workKeys = []string{"timeout", "filler", "filler_after", "goto", "failed"}

// workParts reads what all work has in common.
func (l *loader) workParts(w *work, o *object, timeout time.Duration) {
	w.timeout, w.fillerAfter = timeout, defaultFillerAfter
	if f, ok := o.get("timeout"); ok {
		w.timeout, _ = l.duration(f.value, "timeout", shortest, longestWork)
	}
	if f, ok := o.get("filler"); ok {
		w.filler = l.prompt(f.value)
	}
	if f, ok := o.get("filler_after"); ok {
		w.fillerAfter, _ = l.duration(f.value, "filler_after", shortest, longestWork)
		if w.filler == nil {
			l.errorf(f.key, "filler: One moment please.", "filler_after without a filler")
		}
	}
	for name, into := range map[string]*ref{"goto": &w.next, "failed": &w.failed, "timeout_goto": &w.timeoff, "unknown": &w.unknown} {
		if f, ok := o.get(name); ok {
			*into, _ = l.ref(f.value, name)
		}
	}
}

// needs reports a part that is missing.
func (l *loader) needs(f field, o *object, n *node, what string, keys ...string) {
	for _, key := range keys {
		if _, ok := o.get(key); !ok {
			l.holes = true
			hint := key + ": NODE"
			l.errorf(f.key, hint, "%s of node %s has no %s", what, n.name, key)
		}
	}
}

// call asks another system: HTTP, the CRM, a function registered in Go.
func (l *loader) call(n *node, f field) {
	o, ok := l.object(f.value, "call of node "+n.name, append([]string{"http", "crm", "function", "with", "into", "when", "timeout_goto"}, workKeys...)...)
	if !ok {
		return
	}
	w := &work{at: f.key}
	l.workParts(w, o, defaultTimeout)
	for _, kind := range []WorkKind{WorkHTTP, WorkCRM, WorkFunction} {
		target, ok := o.get(string(kind))
		switch {
		case !ok:
		case w.kind != "":
			l.errorf(target.key, "choose one", "call has both %s and %s", w.kind, kind)
		case kind == WorkHTTP:
			w.kind, w.http = kind, l.http(target)
		default:
			w.kind, w.call = kind, &callSpec{}
			w.call.name, _ = l.word(target.value, string(kind))
		}
	}
	if w.kind == "" {
		l.errorf(f.key, "http, crm or function", "call of node %s does not say what to call", n.name)
	}
	if with, ok := o.get("with"); ok {
		switch args, ok := l.open(with.value, "with"); {
		case w.call == nil:
			l.errorf(with.key, "query or body", "with does not apply to http")
		case ok:
			for _, a := range args.fields {
				if v := l.jsonFormat(a.value, a.name, 0); v != nil {
					w.call.with = append(w.call.with, namedValue{a.name, v})
				}
			}
		}
	}
	if into, ok := o.get("into"); ok {
		w.into = l.into(into.value)
	}
	if when, ok := o.get("when"); ok {
		w.when = l.statusWays(when, w)
	}
	l.needs(f, o, n, "call", "goto")
	n.work = w
}

// into reads which slots take what of a result.
func (l *loader) into(n ast.Node) []assignment {
	outer := l.scope
	l.scope = make(types.Map, len(outer)+1)
	for name, t := range outer {
		l.scope[name] = t
	}
	l.scope["result"] = types.Any
	defer func() { l.scope = outer }()
	all, ok := l.open(n, "into")
	if !ok {
		return nil
	}
	var out []assignment
	for _, f := range all.fields {
		sl := l.flow.slots[f.name]
		if sl == nil {
			l.errorf(f.key, hintAmong(f.name, l.slotNames()), "into names an unknown slot %q", f.name)
			continue
		}
		text, ok := l.word(f.value, "into."+f.name)
		if !ok {
			continue
		}
		source, isExpr := strings.CutPrefix(strings.TrimSpace(text), "=")
		if !isExpr {
			l.errorf(at(f.value), `for example "= result.name"`, "into.%s must be an expression, which begins with =", f.name)
			continue
		}
		p := scalarAt(f.value)
		p.col += strings.Index(text, "=") + 1
		if e := l.compile(source, p, nil); e != nil { // its type is seen when it runs
			out = append(out, assignment{slot: sl, expr: e})
		}
	}
	return out
}

func (l *loader) statusWays(f field, w *work) []statusWay {
	if w.kind != WorkHTTP {
		l.errorf(f.key, "", "when applies to http only")
	}
	items, _ := l.list(f.value, "when")
	var out []statusWay
	for _, item := range items {
		o, ok := l.object(item, "an entry of when", "status", "goto")
		if !ok {
			continue
		}
		var way statusWay
		if s, ok := o.get("status"); ok {
			v, _ := l.number(s.value, "status")
			if way.status = int(v); v != float64(way.status) || v < 100 || v > 599 {
				l.errorf(at(s.value), "for example 404", "status must be from 100 to 599")
			}
		} else {
			l.errorf(o.at, "status: 404", "an entry of when has no status")
		}
		if g, ok := o.get("goto"); ok {
			way.next, _ = l.ref(g.value, "goto")
		} else {
			l.holes = true
			l.errorf(o.at, "goto: NODE", "an entry of when has no goto")
		}
		out = append(out, way)
	}
	return out
}

var (
	methods    = []string{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"}
	headerName = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")
)

func (l *loader) http(f field) *httpSpec {
	o, ok := l.object(f.value, "http", "method", "url", "headers", "query", "body")
	if !ok {
		return nil
	}
	h := &httpSpec{method: "GET"}
	if m, ok := o.get("method"); ok {
		if h.method, _ = l.word(m.value, "method"); h.method != "" && !slices.Contains(methods, h.method) {
			l.errorf(at(m.value), hintAmong(h.method, methods), "unknown method %q", h.method)
		}
	}
	u, ok := o.get("url")
	if !ok {
		l.errorf(f.key, `url: "https://crm.example.com/customers/{{contact.number}}"`, "http has no url")
	} else if h.url = l.format(u.value, "url"); h.url != nil {
		l.checkURL(h.url, at(u.value))
	}
	h.header, h.query = l.namedFormats(o, "headers"), l.namedFormats(o, "query")
	for i, field := range h.header {
		if !headerName.MatchString(field.name) {
			headers, _ := o.get("headers")
			l.errorf(headers.key, "", "%q is no name for a header", h.header[i].name)
		}
	}
	b, ok := o.get("body")
	if !ok {
		return h
	}
	if h.method == "GET" || h.method == "HEAD" {
		l.errorf(b.key, "method: POST", "a %s request has no body", h.method)
	}
	switch b.value.(type) {
	case *ast.StringNode, *ast.LiteralNode:
		h.text, h.content = l.format(b.value, "body"), "text/plain; charset=utf-8"
	default:
		h.body, h.content = l.jsonFormat(b.value, "body", 0), "application/json"
	}
	return h
}

// checkURL makes sure that the scheme and the host are written down: a value
// must not choose whom the flow talks to.
func (l *loader) checkURL(f *format, p pos) {
	if len(f.pieces) == 0 || f.pieces[0].expr != nil {
		l.errorf(p, "https://…", "the url must begin with its scheme and host")
		return
	}
	start := f.pieces[0].text
	u, err := url.Parse(start)
	switch {
	case err != nil:
		l.errorf(p, "", "the url is wrong: %s", firstLine(err.Error()))
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		l.errorf(p, "https://…", "the url must begin with its scheme and host")
	case len(f.pieces) > 1 && u.Path == "" && u.RawQuery == "":
		l.errorf(p, "write the host out", "the host of the url must not depend on a value")
	}
}

func (l *loader) namedFormats(o *object, key string) []namedFormat {
	f, ok := o.get(key)
	if !ok {
		return nil
	}
	all, ok := l.open(f.value, key)
	if !ok {
		return nil
	}
	var out []namedFormat
	for _, e := range all.fields {
		if v := l.format(e.value, key+"."+e.name); v != nil {
			out = append(out, namedFormat{e.name, v})
		}
	}
	return out
}

// answer asks knowledge.
func (l *loader) answer(n *node, f field) {
	o, ok := l.object(f.value, "answer of node "+n.name, append([]string{"knowledge", "question", "unknown"}, workKeys...)...)
	if !ok {
		return
	}
	w := &work{at: f.key, kind: WorkKnowledge}
	l.workParts(w, o, defaultLLMTimeout)
	if k, ok := o.get("knowledge"); ok {
		w.knowledge = l.knowledgeName(k.value)
	} else {
		l.errorf(f.key, "knowledge: NAME", "answer of node %s names no knowledge", n.name)
	}
	if q, ok := o.get("question"); ok {
		if text, ok := l.word(q.value, "question"); ok {
			source, isExpr := strings.CutPrefix(strings.TrimSpace(text), "=")
			if !isExpr {
				l.errorf(at(q.value), `question: "= text"`, "question must be an expression, which begins with =")
			} else {
				p := scalarAt(q.value)
				p.col += strings.Index(text, "=") + 1
				w.question = l.compile(source, p, resultOption(TextSlot))
			}
		}
	}
	l.needs(f, o, n, "answer", "unknown")
	n.work = w
}

func (l *loader) knowledgeName(n ast.Node) string {
	name, ok := l.word(n, "knowledge")
	if ok && l.flow.knowledge[name] == nil {
		known := make([]string, 0, len(l.flow.knowledge))
		for k := range l.flow.knowledge {
			known = append(known, k)
		}
		l.errorf(at(n), orElse(hintAmong(name, known), "knowledge: {faq: faq.yaml}"), "unknown knowledge %q", name)
	}
	return name
}

// send sends a message through a registered sender.
func (l *loader) send(n *node, f field) {
	o, ok := l.object(f.value, "send of node "+n.name, append([]string{"via", "to", "text"}, workKeys...)...)
	if !ok {
		return
	}
	w := &work{at: f.key, kind: WorkSend, message: &messageSpec{}}
	l.workParts(w, o, defaultTimeout)
	if v, ok := o.get("via"); ok {
		w.message.via, _ = l.word(v.value, "via")
	} else {
		l.errorf(f.key, "via: sms", "send of node %s does not say how", n.name)
	}
	if to, ok := o.get("to"); ok {
		if w.message.to = l.format(to.value, "to"); w.message.to != nil {
			text := w.message.to.source
			if source, isExpr := strings.CutPrefix(strings.TrimSpace(text), "="); isExpr {
				p := scalarAt(to.value)
				p.col += strings.Index(text, "=") + 1
				w.message.to = &format{source: text, pieces: []formatPiece{{expr: l.compile(source, p, nil)}}}
			}
		}
	}
	if t, ok := o.get("text"); ok {
		w.message.text = l.prompt(t.value)
	} else {
		l.errorf(f.key, "text: …", "send of node %s has no text", n.name)
	}
	l.needs(f, o, n, "send", "goto")
	n.work = w
}

// record records a message of the customer's.
func (l *loader) record(n *node, f field) {
	o, ok := l.object(f.value, "record of node "+n.name, "slot", "max", "end_silence", "terminator", "beep", "goto", "failed")
	if !ok {
		return
	}
	r := &recordSpec{max: time.Minute, endSilence: 3 * time.Second, terminator: "#", beep: true}
	w := &work{at: f.key, kind: WorkRecord, record: r}
	l.workParts(w, o, defaultTimeout)
	if s, ok := o.get("slot"); ok {
		if name := l.slotOf(s.value, "record", RecordingSlot); name != "" {
			r.slot = l.flow.slots[name]
		}
	} else {
		l.errorf(f.key, "slot: NAME", "record of node %s names no slot", n.name)
	}
	if d, ok := o.get("max"); ok {
		r.max, _ = l.duration(d.value, "max", time.Second, 10*time.Minute)
	}
	if d, ok := o.get("end_silence"); ok {
		r.endSilence, _ = l.duration(d.value, "end_silence", shortest, time.Minute)
	}
	if b, ok := o.get("beep"); ok {
		r.beep, _ = l.boolean(b.value, "beep")
	}
	if t, ok := o.get("terminator"); ok {
		r.terminator = l.terminator(t.value)
	}
	w.timeout = r.max + 10*time.Second
	l.needs(f, o, n, "record", "goto")
	n.work = w
}

func (l *loader) terminator(n ast.Node) string {
	key, _ := scalarKeys(n)
	if len(key) != 1 || !l.keys(key, at(n), "terminator") {
		l.errorf(at(n), `for example "#"`, "terminator must be one key")
	}
	return key
}
