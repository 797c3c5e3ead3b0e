// Package compliance decides whether a number may be called now: the
// Do-Not-Call list, the hours in the contact's own zone, and how often it was
// tried. A customer's leg is placed only against a Clearance, which only the
// Gate makes, in the transaction that writes the reservation and the audit.
package compliance
