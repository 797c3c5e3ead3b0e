// Package converse runs a dialog session. Its core, Machine, is driven by
// events and the time alone; Runner puts it on a telephone call's ports: a
// mouth, ears, a line, duties, the outside. So the same core holds a call, a
// typed chat and a test on a virtual clock. conversetest has a scripted
// telephone to try the Runner on, flowtest the language of the flows' tests.
package converse
