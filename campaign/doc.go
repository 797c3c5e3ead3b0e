// Package campaign knows whom to call next, when, and over which line: it
// imports contacts, claims the ones that are due, hands each to the telephone
// side, and decides from how the attempt ended what becomes of the contact.
package campaign
