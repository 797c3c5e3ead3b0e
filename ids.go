package dialwright

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"strings"
	"time"
)

// Identifiers. Each is an opaque string, unique over all workers, that sorts
// by the time it was made. They contain lower-case letters and digits only,
// so that they can stand in channel ids, file names and URLs as they are.
type (
	// CallID names one call: one attempt at one contact. Several tries
	// (INVITEs) may belong to it.
	CallID string
	// ContactID names one person of one list.
	ContactID string
	// CampaignID is the campaign's name as ops wrote it.
	CampaignID string
	// AgentID is the human agent's name as ops wrote it.
	AgentID string
	// WorkerID names one running process.
	WorkerID string
)

const idAlphabet = "0123456789abcdefghjkmnpqrstvwxyz" // Crockford base 32, lower case

// NewCallID makes an identifier for a call that begins at now.
func NewCallID(now time.Time) CallID { return CallID(newID(now)) }

// NewContactID makes an identifier for a contact that is stored at now.
func NewContactID(now time.Time) ContactID { return ContactID(newID(now)) }

// newID is 45 bits of milliseconds and 60 random bits in 21 characters.
func newID(now time.Time) string {
	var b [8]byte
	rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	var out [21]byte
	put := func(v uint64, to []byte) {
		for i := len(to) - 1; i >= 0; i-- {
			to[i] = idAlphabet[v&31]
			v >>= 5
		}
	}
	put(uint64(now.UnixMilli()), out[:9])
	put(binary.BigEndian.Uint64(b[:]), out[9:])
	return string(out[:])
}

// Role says what a channel of a call is for.
type Role string

// The roles, as they stand in channel ids.
const (
	RoleCustomer      Role = "cust"   // the customer's leg
	RoleMedia         Role = "media"  // external media between Asterisk and us
	RoleAgent         Role = "agent"  // a human agent's or external party's leg
	RoleSnoopCustomer Role = "snoopc" // hears the customer for the recording
	RoleSnoopAgent    Role = "snoopa" // hears the agent for the recording
	RoleRecordMedia   Role = "recm"   // external media behind a snoop
)

// ChannelID is the id under which a call's channel is asked for. It is chosen
// before the channel exists, and n counts tries, so that a late event of one
// leg never hits the next.
func ChannelID(call CallID, role Role, n int) string {
	return fmt.Sprintf("%s-%s-%d", call, role, n)
}

// BridgeID is the id of a call's only bridge.
func BridgeID(call CallID) string { return string(call) + "-br" }

// ParseChannelID takes apart what ChannelID put together. A channel that is
// not of our making gives ok == false.
func ParseChannelID(id string) (call CallID, role Role, n int, ok bool) {
	parts := strings.Split(id, "-")
	if len(parts) != 3 || parts[0] == "" {
		return "", "", 0, false
	}
	if _, err := fmt.Sscanf(parts[2], "%d", &n); err != nil {
		return "", "", 0, false
	}
	switch Role(parts[1]) {
	case RoleCustomer, RoleMedia, RoleAgent, RoleSnoopCustomer, RoleSnoopAgent, RoleRecordMedia:
		return CallID(parts[0]), Role(parts[1]), n, true
	}
	return "", "", 0, false
}
