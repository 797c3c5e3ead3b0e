package flowtest

import "github.com/dialwright/dialwright/dialog"

// transitions are those that the flow draws.
func transitions(f *dialog.Flow) []Transition { return nil }
