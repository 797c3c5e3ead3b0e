package graph

import (
	"crypto/sha256"
	_ "embed" // the page's parts
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"math"
	"strings"

	"github.com/dialwright/dialwright/dialog"
)

//go:embed page.css
var pageStyle string

//go:embed page.js
var pageScript string

// pageData is what the page's script knows.
type pageData struct {
	*Model
	Kinds map[string][2]string `json:"kinds"` // name → en, zh
	IDs   map[string]string    `json:"ids"`   // node → its place in the picture
}

// HTML writes one page that needs nothing else: no network, no other files.
// Nothing a flow contains becomes markup or script, and the page forbids its
// browser to load or send anything.
func (m *Model) HTML() ([]byte, error) {
	data := pageData{Model: m, Kinds: map[string][2]string{}, IDs: map[string]string{}}
	for _, k := range kinds {
		data.Kinds[k.name] = [2]string{k.en, k.zh}
	}
	for i, n := range m.Nodes {
		data.IDs[n.Name] = "n" + itoa(i+1)
	}
	js, err := json.Marshal(data) // escapes <, > and &: it cannot end its element
	if err != nil {
		return nil, fmt.Errorf("draw flow %s: %w", m.Name, err)
	}
	picture, width, height := m.svg()
	language := "en"
	if m.Language == "zh" {
		language = "zh"
	}
	var b strings.Builder
	p := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	p(`<!doctype html>`)
	p(`<html lang="%s"%s>`, language, map[bool]string{true: ` class="covered"`}[m.Coverage != nil])
	p(`<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">`)
	p(`<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '%s'; script-src '%s'">`, digest(style()), digest(pageScript))
	p(`<title>%s</title>`, html.EscapeString(m.Name))
	p(`<style>%s</style></head>`, style())
	p(`<body>`)
	p(`<header><h1>%s</h1><span id="facts"></span><input id="search" type="search" autocomplete="off" spellcheck="false">`, html.EscapeString(m.Name))
	p(`<span class="buttons"><button id="out">−</button><button id="fit">⤢</button><button id="in">+</button><button id="lang">中</button><button id="theme">◐</button></span></header>`)
	p(`<main><div id="stage"><svg id="picture" role="img" data-width="%.0f" data-height="%.0f" viewBox="0 0 %.0f %.0f"><defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerUnits="userSpaceOnUse" markerWidth="10" markerHeight="10" orient="auto"><path d="M0 .8 7.4 4 0 7.2z" fill="context-stroke"/></marker></defs>`,
		width, height, math.Max(width, 1), math.Max(height, 1))
	p(`<g id="world">%s</g></svg>`, picture)
	p(`<div id="legend">%s</div></div><aside id="panel" hidden></aside></main>`, m.legend())
	p(`<script type="application/json" id="data">%s</script>`, js)
	p(`<script>%s</script></body></html>`, pageScript)
	return []byte(b.String()), nil
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// style is the page's, with the colours of the kinds.
func style() string {
	var b strings.Builder
	b.WriteString(pageStyle)
	for _, k := range kinds {
		fmt.Fprintf(&b, ".k-%s{--k:%s;--kp:%s}\n", k.name, k.colour, k.pale)
	}
	return b.String()
}

// legend explains the colours that are there.
func (m *Model) legend() string {
	used := map[string]bool{}
	for _, n := range m.Nodes {
		used[kindOf(n.Kind).name] = true
	}
	var b strings.Builder
	if m.Coverage != nil {
		for _, c := range []struct{ class, en, zh string }{{"cov0", "no test", "未测"}, {"cov1", "1", "1"}, {"cov2", "2–4", "2–4"}, {"cov3", "5 or more", "≥ 5"}} {
			fmt.Fprintf(&b, `<span class="item %s"><i></i><span data-en="%s" data-zh="%s"></span></span>`, c.class, c.en, c.zh)
		}
		b.WriteString(`<span class="gap"></span>`)
	}
	for _, k := range kinds {
		if used[k.name] {
			fmt.Fprintf(&b, `<span class="item k-%s"><i></i><span data-en="%s" data-zh="%s"></span></span>`, k.name, k.en, k.zh)
		}
	}
	return b.String()
}

// Format names a way to draw.
type Format string

// The formats.
const (
	FormatMermaid Format = "mermaid"
	FormatDOT     Format = "dot"
	FormatHTML    Format = "html"
	FormatJSON    Format = "json"
)

// Formats lists them.
func Formats() []Format { return []Format{FormatMermaid, FormatDOT, FormatHTML, FormatJSON} }

// Draw draws a flow. coverage may be nil.
func Draw(f *dialog.Flow, coverage *Coverage, format Format) ([]byte, error) {
	m := New(f, coverage)
	switch format {
	case FormatMermaid:
		return m.Mermaid(), nil
	case FormatDOT:
		return m.DOT(), nil
	case FormatHTML:
		return m.HTML()
	case FormatJSON:
		return m.JSON()
	}
	return nil, fmt.Errorf("draw flow %s: unknown format %q", f.Name, format)
}
