package flowtest

import (
	"time"

	"github.com/dialwright/dialwright/dialog"
)

// options are what a test's conversation begins with. Its name stands for the
// call's id, so that what is chosen by it is the same every time.
func options(t *Test, zone *time.Location) dialog.StartOptions {
	o := dialog.StartOptions{CallID: t.Name, Contact: t.contact, Zone: zone, Memory: t.memory, ContactKey: t.key}
	if t.hours != nil {
		o.Hours = t.hours.allow
	}
	return o
}

// callingHours are when a contact may be called, every day, from midnight.
type callingHours struct{ opens, closes time.Duration }

func (h *callingHours) allow(t time.Time) (ok bool, next time.Time) {
	at := func(days int, d time.Duration) time.Time {
		return time.Date(t.Year(), t.Month(), t.Day()+days, 0, int(d.Minutes()), 0, 0, t.Location())
	}
	switch opens := at(0, h.opens); {
	case t.Before(opens):
		return false, opens
	case t.Before(at(0, h.closes)):
		return true, t
	}
	return false, at(1, h.opens)
}
