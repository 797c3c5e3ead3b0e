package store

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/campaign"
	"github.com/dialwright/dialwright/compliance"
)

type progressRow struct {
	Campaign  string `db:"campaign"`
	Contact   string `db:"contact"`
	Zone      string `db:"zone"`
	State     string `db:"state"`
	Origin    string `db:"origin"`
	Attempts  int    `db:"attempts"`
	Free      int    `db:"free"`
	Number    int    `db:"number"`
	Dead      int64  `db:"dead"`
	Counts    string `db:"counts"`
	NextAt    int64  `db:"next_at"`
	Last      string `db:"last"`
	Outcome   string `db:"outcome"`
	Reason    string `db:"reason"`
	Call      string `db:"call"`
	UpdatedAt int64  `db:"updated_at"`
}

func (r progressRow) progress() (campaign.Progress, error) {
	p := campaign.Progress{
		State: campaign.ContactState(r.State), Attempts: r.Attempts, Free: r.Free, Number: r.Number, Dead: uint64(r.Dead),
		NextAt: fromMicros(r.NextAt), Last: dialwright.Disposition(r.Last), Outcome: r.Outcome, Reason: r.Reason, UpdatedAt: fromMicros(r.UpdatedAt),
	}
	return p, fromJSON(r.Counts, &p.Counts)
}

// Claim takes due contacts; see campaign.Queue. All that several workers share
// is decided here, under the lock of the campaign's row.
func (d *DB) Claim(ctx context.Context, req campaign.ClaimRequest) (campaign.Claims, error) {
	var out campaign.Claims
	err := d.write(ctx, func(t *tx) error {
		out = campaign.Claims{}
		if err := t.hold(req.Lease, req.At); err != nil {
			return err
		}
		stopped, err := t.stopAll()
		if err != nil || stopped {
			return err
		}
		c, rateAt, err := t.campaignRate(req.Campaign)
		if err != nil || c.State != campaign.Running {
			return err
		}
		var live int
		if _, err := t.get(&live, `SELECT COUNT(*) FROM calls WHERE campaign = ? AND claimed = 1`, c.ID); err != nil {
			return err
		}
		room := min(max(req.Max, 1), c.MaxConcurrent-live)
		rate := newRate(c.CallsPerSecond, rateAt, req.At)
		if room < 1 {
			return nil
		}
		take := min(room, rate.allowed)
		if take < 1 {
			out.Again = rate.next(0)
			return nil
		}
		cl := claimer{t: t, req: req, campaign: c}
		if out.Jobs, err = cl.claim(take); err != nil || len(out.Jobs) == 0 || rate.interval == 0 {
			return err
		}
		next := rate.next(len(out.Jobs))
		if len(out.Jobs) == take && take < room {
			out.Again = next
		}
		_, err = t.exec(`UPDATE campaigns SET rate_at = ? WHERE id = ?`, micros(next), c.ID)
		return err
	})
	if err != nil {
		return campaign.Claims{}, fmt.Errorf("claim contacts of campaign %s: %w", req.Campaign, err)
	}
	return out, nil
}

// rate limits the calls a second, evenly spaced. A worker that asks a little
// late may catch up on the last 50 ms, so that the rate is reached.
type rate struct {
	interval time.Duration
	base     time.Time // when the next call is allowed
	allowed  int
}

func newRate(perSecond float64, rateAt int64, now time.Time) rate {
	if perSecond <= 0 {
		return rate{allowed: math.MaxInt}
	}
	r := rate{interval: max(time.Microsecond, time.Duration(float64(time.Second)/perSecond)), base: fromMicros(rateAt)}
	if least := now.Add(-50 * time.Millisecond); r.base.Before(least) {
		r.base = least
		if r.interval > 50*time.Millisecond {
			r.base = now
		}
	}
	if !r.base.After(now) {
		r.allowed = int(now.Sub(r.base)/r.interval) + 1
	}
	return r
}

// next is when a call is allowed after n more.
func (r rate) next(n int) time.Time { return r.base.Add(time.Duration(n) * r.interval) }

type claimer struct {
	t        *tx
	req      campaign.ClaimRequest
	campaign campaign.Campaign
}

// claim takes up to n contacts: promised calls first, then those that are due
// again, then new ones.
func (c claimer) claim(n int) ([]campaign.Job, error) {
	zones, err := c.openZones()
	if err != nil || len(zones) == 0 {
		return nil, err
	}
	var jobs []campaign.Job
	for _, state := range []campaign.ContactState{campaign.Appointment, campaign.Retrying, campaign.Pending} {
		for i := range zones {
			if len(jobs) >= n {
				return jobs, nil
			}
			// Each time another zone begins, so that none waits for all others.
			zone := zones[(int(c.req.At.UnixMilli()/7)+i)%len(zones)]
			rows, err := c.due(state, zone, n-len(jobs))
			if err != nil {
				return nil, err
			}
			got, err := c.take(rows)
			if err != nil {
				return nil, err
			}
			jobs = append(jobs, got...)
		}
	}
	return jobs, nil
}

// openZones are the zones of the campaign's contacts in which it may call now.
func (c claimer) openZones() ([]string, error) {
	var zones []string
	if err := c.t.pick(&zones, `SELECT zone FROM campaign_zones WHERE campaign = ? ORDER BY zone`, c.campaign.ID); err != nil {
		return nil, err
	}
	rules, err := c.campaign.Rules()
	if err != nil {
		return nil, err
	}
	open := zones[:0]
	for _, name := range zones {
		zone, err := compliance.LoadZone(name)
		if err != nil {
			return nil, fmt.Errorf("contacts of list %s: %w", c.campaign.List, err)
		}
		if ok, _ := rules.Open(c.req.At, zone); ok {
			open = append(open, name)
		}
	}
	return open, nil
}

func (c claimer) due(state campaign.ContactState, zone string, n int) ([]progressRow, error) {
	var rows []progressRow
	err := c.t.pick(&rows, `SELECT cc.* FROM campaign_contacts cc
		WHERE cc.campaign = ? AND cc.state = ? AND cc.zone = ? AND cc.next_at <= ?
		AND NOT EXISTS (SELECT 1 FROM calls k WHERE k.contact = cc.contact AND k.claimed = 1)
		ORDER BY cc.next_at, cc.contact LIMIT ?`+c.t.lock("FOR UPDATE OF cc SKIP LOCKED"),
		c.campaign.ID, state, zone, micros(c.req.At), n)
	if err != nil {
		return nil, fmt.Errorf("find contacts that are due: %w", err)
	}
	return rows, nil
}

func (c claimer) take(rows []progressRow) ([]campaign.Job, error) {
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.Contact
	}
	people, err := c.t.contactsByID(ids)
	if err != nil {
		return nil, err
	}
	var jobs []campaign.Job
	for _, r := range rows {
		person, ok := people[r.Contact]
		if !ok {
			return nil, fmt.Errorf("contact %s: %w", r.Contact, campaign.ErrNotFound)
		}
		job := campaign.Job{
			Call: dialwright.NewCallID(c.req.At), Campaign: c.campaign, Contact: person, Number: person.Numbers[min(r.Number, len(person.Numbers)-1)],
			Attempt: r.Attempts + 1, Appointment: r.State == string(campaign.Appointment),
		}
		taken, err := c.begin(job, r)
		if err != nil {
			return nil, fmt.Errorf("contact %s: %w", r.Contact, err)
		}
		if taken {
			jobs = append(jobs, job)
		}
	}
	return jobs, nil
}

// begin writes the attempt. Another campaign may have taken the contact a
// moment ago: then the attempt's row cannot be written, and the contact waits.
func (c claimer) begin(job campaign.Job, r progressRow) (bool, error) {
	n, err := c.t.exec(`INSERT INTO calls (id, campaign, contact, number, worker, epoch, holder, holder_epoch, claimed, attempt, appointment,
		flow, flow_hash, started_at, answered_at, ended_at, disposition, outcome, sip_code, q850, reason, hung_up_by,
		slots, transfer, transcript, events, recording, latency, error)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, '', ?, 0, 0, '', '', 0, 0, '', '', '', '', '', '', '', '', '') ON CONFLICT DO NOTHING`,
		job.Call, job.Campaign.ID, job.Contact.ID, job.Number, c.req.Lease.Worker, c.req.Lease.Epoch, c.req.Lease.Worker, c.req.Lease.Epoch,
		job.Attempt, bit(job.Appointment), job.Campaign.Flow, micros(c.req.At))
	if err != nil || n == 0 {
		return false, err
	}
	_, err = c.t.exec(`UPDATE campaign_contacts SET origin = state, state = 'claimed', call = ?, updated_at = ? WHERE campaign = ? AND contact = ?`,
		job.Call, micros(c.req.At), job.Campaign.ID, job.Contact.ID)
	if err != nil || r.State != string(campaign.Appointment) {
		return err == nil, err
	}
	_, err = c.t.exec(`UPDATE appointments SET state = 'kept', kept_call = ? WHERE campaign = ? AND contact = ? AND state = 'open'`,
		job.Call, job.Campaign.ID, job.Contact.ID)
	return err == nil, err
}
