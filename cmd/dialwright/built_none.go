//go:build !pocketsphinx

package main

// builtRecogniser is the recogniser that this build contains.
const builtRecogniser = "none built in"
