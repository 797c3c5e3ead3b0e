// Package onnx understands with an encoder of the BERT class that was trained
// elsewhere and exported to ONNX: a directory with model.onnx, a WordPiece
// vocabulary (tokenizer.json or vocab.txt) and the names of the intents
// (labels.json, or id2label in config.json).
//
// It runs the graph itself, in Go: no C library, no download. Of ONNX it knows
// the operators such encoders are exported with, in 32-bit floats; a model with
// others, or a quantised one, is refused when it is loaded, by the operator's
// name. It is meant for small encoders (MiniLM, TinyBERT, a few layers): the
// work is some two operations a weight and token, on one core.
package onnx
