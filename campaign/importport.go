package campaign

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"time"
)

// ImportRow is one contact on its way into a list.
type ImportRow struct {
	Contact Contact
	// Repeat is set when an earlier row of the same file had this key or
	// number, so that the first one wins however often the file is read.
	Repeat bool
}

// ImportOutcome is what became of a row.
type ImportOutcome uint8

// The outcomes of a row.
const (
	Imported  ImportOutcome = iota // a new contact
	Updated                        // the contact was there and says something else now
	Duplicate                      // the contact, or one with the same number, is there already
)

// ImportStore is what an import writes to.
type ImportStore interface {
	// ImportContacts puts one batch into a list, all of it or nothing, and
	// gives an outcome for each row. Contacts get their ids here. dry leaves
	// everything as it is. New contacts are enrolled in the campaigns of the
	// list.
	ImportContacts(ctx context.Context, list string, rows []ImportRow, at time.Time, dry bool) ([]ImportOutcome, error)
}

// Digest is a hash of all that a file says about a contact. Two contacts with
// one digest need no update.
func (c Contact) Digest() (int64, error) {
	h := fnv.New64a()
	if err := json.NewEncoder(h).Encode([]any{c.Name, c.Numbers, c.Zone, c.Language, c.Fields}); err != nil {
		return 0, fmt.Errorf("hash contact %q: %w", c.ImportKey, err)
	}
	return int64(h.Sum64()), nil
}
