// Package tagger finds the entities of an utterance by what it learnt from
// examples: names, titles, kinds of things that no grammar lists. It is a
// linear-chain conditional random field (Lafferty, McCallum and Pereira, 2001)
// over words and single Han characters, in the BILOU scheme (Ratinov and Roth,
// 2009), with lists of the names it was trained on and a small guess of the
// utterance's intent among its features. English, Chinese and mixtures of both
// are cut the same way and need no settings of their own.
//
// Training is deterministic for a seed. A model keeps hashes of words, not the
// words themselves.
package tagger
