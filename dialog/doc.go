// Package dialog is the flow language: YAML in, a checked graph out, and
// sessions that step over it. It is pure: no clock, no goroutines, no network.
// Load reads a flow and reports everything that is wrong with it at once; a
// Session takes one Event and answers with Actions; in between it is a value
// that serialises to JSON, so that another process can carry on.
//
// The language itself is described in docs/flow.md.
package dialog
