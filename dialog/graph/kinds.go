package graph

import "strings"

// kind is how a sort of nodes is drawn.
type kind struct {
	name, en, zh string
	colour, pale string
}

// Read only. The order is the legend's.
var kinds = []kind{
	{"listen", "listen", "听", "#2563eb", "#e4edff"},
	{"ask", "ask", "问", "#7c3aed", "#efe7ff"},
	{"collect", "keys", "按键", "#6d28d9", "#ede4ff"},
	{"confirm", "confirm", "核对", "#0891b2", "#dcf5fa"},
	{"choose", "choose", "判断", "#b7791f", "#fdf1d3"},
	{"call", "call", "调用", "#0f766e", "#d8f3ee"},
	{"llm", "model", "大模型", "#c026d3", "#fae6fd"},
	{"answer", "knowledge", "知识", "#4d7c0f", "#ebf6d6"},
	{"record", "record", "录音", "#be123c", "#ffe4e9"},
	{"send", "send", "发送", "#0369a1", "#def1fc"},
	{"transfer", "transfer", "转接", "#c2410c", "#ffead9"},
	{"run", "sub-flow", "子流程", "#475569", "#e8edf3"},
	{"goto", "go on", "继续", "#64748b", "#eef1f5"},
	{"return", "return", "返回", "#57606a", "#e9ecef"},
	{"end", "end", "结束", "#1f2937", "#e5e7eb"},
}

func kindOf(name string) kind {
	for _, k := range kinds {
		if k.name == name {
			return k
		}
	}
	return kind{name: "goto", en: name, zh: name, colour: "#64748b", pale: "#eef1f5"}
}

// excerpt is the beginning of what a box says, or does.
func excerpt(bx *box) string {
	for _, p := range bx.info.Prompts {
		if len(p.Variants) > 0 && p.Part != "filler" && p.Part != "out_of_range" {
			return strings.Join(strings.Fields(p.Variants[0]), " ")
		}
	}
	return strings.Join(bx.info.Does, ", ")
}
