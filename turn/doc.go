// Package turn decides whose turn it is to speak: when an utterance is over,
// when silence has lasted too long, and when the customer's voice or keys
// interrupt a prompt. It is a pure state machine: events and the time go in,
// decisions come out.
package turn
