// Package nlu turns what a recogniser heard into intents, numbers, times and
// telephone numbers. It is pure: no clock, no files, no goroutines. Transcripts
// are taken as recognisers give them: lower case, without punctuation, with a
// wrong word here and there. English (en) and Mandarin (zh) are understood.
package nlu
