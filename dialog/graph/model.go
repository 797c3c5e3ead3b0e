// Package graph draws flows: as Mermaid, as DOT for Graphviz, as JSON, and as
// an HTML page of one file that people can walk through with a mouse. It only
// draws: what the pictures show is a Model.
package graph

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/dialwright/dialwright/dialog"
)

// Model is all that a picture shows of a flow.
type Model struct {
	dialog.Graph
	Details  map[string]dialog.NodeInfo `json:"details"` // by node
	Intents  []dialog.IntentInfo        `json:"intents"`
	Slots    []dialog.SlotInfo          `json:"slots"`
	Coverage *Coverage                  `json:"coverage,omitempty"`
}

// Coverage is how often the flow's tests came where.
type Coverage struct {
	Tests  int            `json:"tests"`  // conversations
	Visits map[string]int `json:"visits"` // by node
	Walks  []Walk         `json:"walks"`
}

// Walk counts how often tests went from a node straight to another.
type Walk struct {
	From  string `json:"from"`
	To    string `json:"to"`
	Count int    `json:"count"`
}

// New takes from a flow what pictures show. coverage may be nil.
func New(f *dialog.Flow, coverage *Coverage) *Model {
	m := &Model{Graph: f.Graph(), Details: map[string]dialog.NodeInfo{}, Intents: f.Intents(), Slots: f.Slots(), Coverage: coverage}
	for _, n := range m.Nodes {
		m.Details[n.Name], _ = f.Node(n.Name)
	}
	return m
}

// JSON writes the model for other programs.
func (m *Model) JSON() ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(m); err != nil {
		return nil, fmt.Errorf("write the graph of flow %s: %w", m.Name, err)
	}
	return out.Bytes(), nil
}

func (m *Model) visits(node string) int {
	if m.Coverage == nil {
		return 0
	}
	return m.Coverage.Visits[node]
}

func (m *Model) walks(from, to string) int {
	n := 0
	if m.Coverage != nil {
		for _, w := range m.Coverage.Walks {
			if w.From == from && w.To == to {
				n += w.Count
			}
		}
	}
	return n
}
