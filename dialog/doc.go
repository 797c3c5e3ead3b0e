// Package dialog is the flow language: YAML in, a checked graph out, and
// sessions that step over it. Load reads a flow, with what it includes, its
// recordings' lengths and its knowledge, and reports everything that is wrong
// with it at once; a Flow does not change afterwards, and may be shared.
//
// A Session takes one Event and answers with Actions. It is pure: no clock, no
// goroutines, no files, no network. What other systems are to do is an Action,
// Work, and what came of it an Event. Between events a session is a value that
// serialises to at most 16 KB of JSON, so that another process can carry on.
//
// The language itself is described in docs/flow.md.
package dialog
