package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/campaign"
	"github.com/dialwright/dialwright/store"
)

func contact(key, name string, numbers ...dialwright.Number) campaign.ImportRow {
	return campaign.ImportRow{Contact: campaign.Contact{ImportKey: key, Name: name, Numbers: numbers}}
}

func outcomes(t *testing.T, db *store.DB, dry bool, rows ...campaign.ImportRow) string {
	t.Helper()
	got, err := db.ImportContacts(t.Context(), "list", rows, noon, dry)
	ok(t, err)
	text := ""
	for _, o := range got {
		text += string("iud"[o])
	}
	return text
}

func imports(t *testing.T, db *store.DB) {
	a, b := contact("a", "Anna", Number(1)), contact("b", "Bert", Number(2))
	is(t, "a dry run", outcomes(t, db, true, a, b), "ii")
	is(t, "the first run", outcomes(t, db, false, a, b), "ii")
	is(t, "the same again", outcomes(t, db, false, a, b), "dd")
	is(t, "a dry run of the same", outcomes(t, db, true, a, b), "dd")

	changed := contact("a", "Anna B.", Number(1))
	is(t, "a changed name, dry", outcomes(t, db, true, changed), "u")
	is(t, "a changed name", outcomes(t, db, false, changed), "u")
	is(t, "the change again", outcomes(t, db, false, changed), "d")

	is(t, "another key, a known number", outcomes(t, db, false, contact("c", "Carl", Number(2))), "d")
	is(t, "twice in one batch", outcomes(t, db, false, contact("d", "Dora", Number(4)), contact("d", "Dora", Number(4)), contact("e", "Emil", Number(4))), "idd")

	// The first row of a file wins: a later one with its key changes nothing.
	repeat := contact("a", "Somebody else", Number(1))
	repeat.Repeat = true
	is(t, "a repeated key", outcomes(t, db, false, repeat), "d")
	// Repeat is a hint only: what is not there goes in.
	fresh := contact("f", "Frida", Number(6))
	fresh.Repeat = true
	is(t, "a hint that is wrong", outcomes(t, db, false, fresh), "i")

	if got, err := db.ImportContacts(t.Context(), "other", []campaign.ImportRow{a}, noon, false); err != nil || got[0] != campaign.Imported {
		t.Errorf("another list: %v, %v", got, err)
	}
	if _, err := db.ImportContacts(t.Context(), "list", []campaign.ImportRow{contact("x", "no number")}, noon, false); err == nil {
		t.Error("a contact without a number went in")
	}
	lists, err := db.Lists(t.Context())
	ok(t, err)
	is(t, "lists", lists, []store.List{{Name: "list", Contacts: 4}, {Name: "other", Contacts: 1}})
}

func importNumbers(t *testing.T, db *store.DB) {
	is(t, "two numbers", outcomes(t, db, false, contact("a", "Anna", Number(1), Number(2))), "i")
	found, err := db.FindContacts(t.Context(), Number(2))
	ok(t, err)
	if len(found) != 1 || len(found[0].Numbers) != 2 {
		t.Fatalf("by the second number: %+v", found)
	}
	is(t, "other numbers", outcomes(t, db, false, contact("a", "Anna", Number(3), Number(4))), "u")
	found, err = db.FindContacts(t.Context(), Number(2))
	ok(t, err)
	is(t, "contacts with a number that was removed", len(found), 0)
	found, err = db.FindContacts(t.Context(), Number(4))
	ok(t, err)
	is(t, "contacts with the new number", len(found), 1)

	// A number may not wander to a contact while another one has it.
	is(t, "a second contact", outcomes(t, db, false, contact("b", "Bert", Number(9))), "i")
	is(t, "its number taken", outcomes(t, db, false, contact("b", "Bert", Number(3))), "d")
}

func importEnrols(t *testing.T, db *store.DB) {
	start(t, db, Campaign("camp", "list"), 3)
	is(t, "contacts", count(t, db, "camp"), map[campaign.ContactState]int{campaign.Pending: 3})
	Fill(t, db, "list", 3, 2)
	Fill(t, db, "other", 10, 2)
	is(t, "contacts after a second import", count(t, db, "camp"), map[campaign.ContactState]int{campaign.Pending: 5})
}

func find(t *testing.T, db *store.DB) {
	row := contact("k1", "张三", Number(1), Number(2))
	row.Contact.Zone, row.Contact.Language, row.Contact.Fields = "Asia/Shanghai", "zh", map[string]any{"city": "北京", "debt": "12.50"}
	is(t, "import", outcomes(t, db, false, row), "i")
	found, err := db.FindContacts(t.Context(), Number(1))
	ok(t, err)
	if len(found) != 1 {
		t.Fatalf("found %d contacts", len(found))
	}
	want := row.Contact
	want.ID, want.List, want.CreatedAt = found[0].ID, "list", noon
	is(t, "the contact", found[0], want)
	byID, err := db.GetContact(t.Context(), found[0].ID)
	ok(t, err)
	is(t, "the contact by id", byID, want)
	if _, err := db.GetContact(t.Context(), "nobody"); !errors.Is(err, campaign.ErrNotFound) {
		t.Errorf("a contact that is not there: %v", err)
	}
	for i := range 5 {
		outcomes(t, db, false, contact(fmt.Sprint("p", i), "", Number(100+i)))
	}
	var after dialwright.ContactID
	total := 0
	for {
		page, err := db.ContactPage(t.Context(), "list", after, 4)
		ok(t, err)
		if len(page) == 0 {
			break
		}
		total += len(page)
		after = page[len(page)-1].ID
	}
	is(t, "contacts in pages", total, 6)
	is(t, "time kept in UTC", found[0].CreatedAt.Location(), time.UTC)
}
