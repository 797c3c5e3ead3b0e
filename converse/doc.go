// Package converse runs a dialog session against small ports: a mouth, ears,
// a line, duties. The same Runner serves a telephone call, a text chat and a
// test; conversetest has a scripted telephone to try flows on.
package converse
