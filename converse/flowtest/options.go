package flowtest

import (
	"time"

	"github.com/dialwright/dialwright/dialog"
)

// options are what a test's conversation begins with. Its name stands for the
// call's id, so that what is chosen by it is the same every time.
func options(t *Test, zone *time.Location) dialog.StartOptions {
	return dialog.StartOptions{CallID: t.Name, Contact: t.contact, Zone: zone, Memory: t.memory}
}
