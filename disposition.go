package dialwright

import "slices"

// Disposition is how an attempt or a try ended, technically. It is a closed
// set; what the conversation came to is the outcome, the flow's own word.
type Disposition string

// The dispositions.
const (
	Answered      Disposition = "answered"       // a human answered
	Machine       Disposition = "machine"        // voicemail or an answering machine
	Screened      Disposition = "screened"       // call screening asked who is calling
	Fax           Disposition = "fax"            // a fax tone
	Busy          Disposition = "busy"           // the callee is in another call
	NoAnswer      Disposition = "no_answer"      // it rang, nobody answered
	Rejected      Disposition = "rejected"       // the callee or an analytics service declined
	Unwanted      Disposition = "unwanted"       // SIP 607 or 608: do not try again
	InvalidNumber Disposition = "invalid_number" // the number is not in service
	SwitchedOff   Disposition = "switched_off"   // the telephone is off
	Unreachable   Disposition = "unreachable"    // the telephone is out of reach
	Congestion    Disposition = "congestion"     // no line: try another trunk
	TrunkFailure  Disposition = "trunk_failure"  // the trunk's fault, not the contact's
	Cancelled     Disposition = "cancelled"      // we gave up before it was answered
	Abandoned     Disposition = "abandoned"      // a human answered and got nobody
	Failed        Disposition = "error"          // our own fault
	Unknown       Disposition = "unknown"        // the end was missed; a CDR may tell
)

// Dispositions lists the closed set, in the order of the documentation.
func Dispositions() []Disposition {
	return []Disposition{Answered, Machine, Screened, Fax, Busy, NoAnswer, Rejected, Unwanted,
		InvalidNumber, SwitchedOff, Unreachable, Congestion, TrunkFailure, Cancelled, Abandoned, Failed, Unknown}
}

// Valid reports whether d belongs to the closed set.
func (d Disposition) Valid() bool { return slices.Contains(Dispositions(), d) }

// FailsOver reports whether another trunk should be tried at once, within the
// same attempt: the line failed, not the contact.
func (d Disposition) FailsOver() bool { return d == Congestion || d == TrunkFailure }

// UsesUpAttempt reports whether the attempt counts against the contact's
// retry limit. A missed end counts, because the contact may have been rung.
func (d Disposition) UsesUpAttempt() bool {
	return d != Congestion && d != TrunkFailure && d != Cancelled && d != Failed
}

// Reached reports whether somebody or something picked up.
func (d Disposition) Reached() bool {
	switch d {
	case Answered, Machine, Screened, Fax, Abandoned:
		return true
	}
	return false
}

// Cause is everything the network said about an end, kept raw beside the
// disposition that was decided from it.
type Cause struct {
	SIPCode int    `json:"sip_code,omitempty" db:"sip_code"` // final SIP response, 0 when there was none
	Q850    int    `json:"q850,omitempty" db:"q850"`         // ITU-T Q.850 cause, 0 when not told
	Reason  string `json:"reason,omitempty" db:"reason"`     // Reason header (RFC 3326) or Asterisk's cause text
}

// Disposition of a try that was never answered. The SIP code decides; only
// without one does the Q.850 cause, since Asterisk folds several codes into
// one cause (401, 403, 407 and 603 into 21; 487, 607 and 608 into 127).
func (c Cause) Disposition() Disposition {
	if c.SIPCode >= 300 {
		if d, ok := sipDisposition(c.SIPCode); ok {
			return d
		}
		switch {
		case c.SIPCode >= 600:
			return Rejected
		case c.SIPCode >= 500:
			return Congestion
		}
		return TrunkFailure
	}
	return q850Disposition(c.Q850)
}

// sipDisposition follows RFC 3261 §21, RFC 8197 (607) and RFC 8688 (608).
func sipDisposition(code int) (Disposition, bool) {
	switch code {
	case 486, 600:
		return Busy, true
	case 408, 480, 487:
		return NoAnswer, true
	case 404, 410, 484, 604:
		return InvalidNumber, true
	case 403, 603:
		return Rejected, true
	case 607, 608:
		return Unwanted, true
	case 401, 407, 488, 606:
		return TrunkFailure, true
	}
	return "", false
}

// q850Disposition follows ITU-T Q.850 (05/2018) §2.2.7.
func q850Disposition(cause int) Disposition {
	switch cause {
	case 17:
		return Busy
	case 16, 18, 19:
		return NoAnswer
	case 20:
		return SwitchedOff
	case 1, 22, 28:
		return InvalidNumber
	case 21:
		return Rejected
	case 27:
		return Unreachable
	case 34, 38, 41, 42, 102:
		return Congestion
	case 58, 88, 127:
		return TrunkFailure
	}
	return Unknown
}
