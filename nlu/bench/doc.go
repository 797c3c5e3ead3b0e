// Package bench is where understanding is made and measured: it reads files of
// example sentences and says what is wrong with them, trains the models of
// intents and entities into one file, and tells how well sentences that were
// held out are understood.
//
// It keeps no state and starts no goroutines of its own.
package bench
