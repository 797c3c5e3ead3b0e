// Package dialwright holds the words that every room of the house uses:
// identifiers, telephone numbers, dispositions and their causes, and the type
// of the clock. It imports nothing of the project, and everything may import
// it.
package dialwright
