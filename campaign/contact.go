package campaign

import (
	"time"

	"github.com/dialwright/dialwright"
)

// Contact is one person of one list.
type Contact struct {
	ID        dialwright.ContactID `json:"id"`
	List      string               `json:"list"`
	Name      string               `json:"name,omitempty"`
	Numbers   []dialwright.Number  `json:"numbers"`            // in the order they are tried
	Zone      string               `json:"zone,omitempty"`     // IANA name; empty: the campaign's
	Language  string               `json:"language,omitempty"` // BCP 47 tag
	Fields    map[string]any       `json:"fields,omitempty"`   // the file's other columns
	ImportKey string               `json:"import_key"`         // tells a contact apart when a file is read again
	CreatedAt time.Time            `json:"created_at,omitzero"`
}

// ContactState is what a campaign is doing about a contact.
type ContactState string

// The states of a contact in a campaign.
const (
	Pending     ContactState = "pending"     // not attempted yet
	Retrying    ContactState = "retry"       // attempted, and due again at a time
	Appointment ContactState = "appointment" // a call was promised for a time
	Claimed     ContactState = "claimed"     // an attempt is in progress
	Done        ContactState = "done"        // will not be called again
)

// Progress is how far a campaign has come with a contact.
type Progress struct {
	State    ContactState
	Attempts int    // used up
	Free     int    // attempts in a row that did not count, because the line failed
	Number   int    // index of the number whose turn it is
	Dead     uint64 // bit n is set when number n is out of service
	// Counts are the attempts that ended in each disposition.
	Counts    map[dialwright.Disposition]int
	NextAt    time.Time // when the contact is due; zero when done
	Last      dialwright.Disposition
	Outcome   string
	Reason    string // why done, or why later; for people
	UpdatedAt time.Time
}
