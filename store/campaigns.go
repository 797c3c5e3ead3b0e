package store

import (
	"context"
	"fmt"
	"time"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/campaign"
)

type campaignRow struct {
	ID        string `db:"id"`
	List      string `db:"list"`
	State     string `db:"state"`
	Spec      string `db:"spec"`
	RateAt    int64  `db:"rate_at"`
	CreatedAt int64  `db:"created_at"`
	UpdatedAt int64  `db:"updated_at"`
}

func (r campaignRow) campaign() (campaign.Campaign, error) {
	var c campaign.Campaign
	if err := fromJSON(r.Spec, &c); err != nil {
		return c, fmt.Errorf("campaign %s: %w", r.ID, err)
	}
	c.State, c.CreatedAt = campaign.State(r.State), fromMicros(r.CreatedAt)
	return c, nil
}

// CreateCampaign stores a new campaign, in state Draft and with the defaults
// filled in, and enrols the contacts of its list; campaign.ErrCampaign when it
// could not run, campaign.ErrExists when the name is taken.
func (d *DB) CreateCampaign(ctx context.Context, c campaign.Campaign, at time.Time) error {
	c = c.WithDefaults()
	c.State, c.CreatedAt = campaign.Draft, at
	if err := c.Check(); err != nil {
		return fmt.Errorf("create campaign %s: %w", c.ID, err)
	}
	spec, err := jsonText(c)
	if err != nil {
		return fmt.Errorf("create campaign %s: %w", c.ID, err)
	}
	err = d.write(ctx, func(t *tx) error {
		_, err := t.exec(`INSERT INTO campaigns (id, list, state, spec, rate_at, created_at, updated_at) VALUES (?, ?, ?, ?, 0, ?, ?)`,
			c.ID, c.List, c.State, spec, micros(at), micros(at))
		if err != nil {
			return err
		}
		return t.enrol(c)
	})
	if unique(err) {
		err = campaign.ErrExists
	}
	if err != nil {
		return fmt.Errorf("create campaign %s: %w", c.ID, err)
	}
	return nil
}

// UpdateCampaign replaces what a campaign is set up with; its list, its state
// and what was done stay.
func (d *DB) UpdateCampaign(ctx context.Context, c campaign.Campaign, at time.Time) error {
	c = c.WithDefaults()
	if err := c.Check(); err != nil {
		return fmt.Errorf("update campaign %s: %w", c.ID, err)
	}
	err := d.write(ctx, func(t *tx) error {
		old, err := t.campaign(c.ID)
		if err != nil {
			return err
		}
		if old.List != c.List {
			return fmt.Errorf("%w: its list is %s and cannot become %s", campaign.ErrCampaign, old.List, c.List)
		}
		c.CreatedAt = old.CreatedAt
		spec, err := jsonText(c)
		if err != nil {
			return err
		}
		_, err = t.exec(`UPDATE campaigns SET spec = ?, updated_at = ? WHERE id = ?`, spec, micros(at), c.ID)
		return err
	})
	if err != nil {
		return fmt.Errorf("update campaign %s: %w", c.ID, err)
	}
	return nil
}

// campaign reads a campaign and keeps its row from other writers.
func (t *tx) campaign(id dialwright.CampaignID) (campaign.Campaign, error) {
	c, _, err := t.campaignRate(id)
	return c, err
}

func (t *tx) campaignRate(id dialwright.CampaignID) (campaign.Campaign, int64, error) {
	var row campaignRow
	found, err := t.get(&row, `SELECT * FROM campaigns WHERE id = ?`+t.lock("FOR NO KEY UPDATE"), id)
	if err != nil {
		return campaign.Campaign{}, 0, err
	}
	if !found {
		return campaign.Campaign{}, 0, fmt.Errorf("campaign %s: %w", id, campaign.ErrNotFound)
	}
	c, err := row.campaign()
	return c, row.RateAt, err
}

// GetCampaign gives one campaign; campaign.ErrNotFound.
func (d *DB) GetCampaign(ctx context.Context, id dialwright.CampaignID) (campaign.Campaign, error) {
	var row campaignRow
	found, err := d.get(ctx, &row, `SELECT * FROM campaigns WHERE id = ?`, id)
	if err == nil && !found {
		err = campaign.ErrNotFound
	}
	if err != nil {
		return campaign.Campaign{}, fmt.Errorf("read campaign %s: %w", id, err)
	}
	return row.campaign()
}

// Campaigns gives all campaigns, by name, and whether all calling is stopped.
func (d *DB) Campaigns(ctx context.Context) ([]campaign.Campaign, bool, error) {
	var rows []campaignRow
	if err := d.pick(ctx, &rows, `SELECT * FROM campaigns ORDER BY id`); err != nil {
		return nil, false, fmt.Errorf("list campaigns: %w", err)
	}
	all := make([]campaign.Campaign, 0, len(rows))
	for _, row := range rows {
		c, err := row.campaign()
		if err != nil {
			return nil, false, err
		}
		all = append(all, c)
	}
	stopped, err := d.StopAll(ctx)
	return all, stopped, err
}

// OrderCampaign starts, pauses, resumes, drains or stops a campaign, and notes
// in the audit log who did; campaign.ErrOrder when its state does not allow
// it. It gives the new state.
func (d *DB) OrderCampaign(ctx context.Context, id dialwright.CampaignID, order campaign.Order, who string, at time.Time) (campaign.State, error) {
	var next campaign.State
	err := d.write(ctx, func(t *tx) error {
		c, err := t.campaign(id)
		if err != nil {
			return err
		}
		if next, err = c.State.Obey(order); err != nil {
			return err
		}
		if err := t.setState(id, next, at); err != nil {
			return err
		}
		if next == campaign.Running {
			if err := t.enrol(c); err != nil {
				return err
			}
		}
		return t.audit(auditRow{Kind: "order", At: micros(at), Campaign: string(id), Who: who, Allowed: 1, Rule: string(order),
			Why: fmt.Sprintf("was %s, is %s", c.State, next)})
	})
	if err != nil {
		return "", fmt.Errorf("%s campaign %s: %w", order, id, err)
	}
	return next, nil
}

func (t *tx) setState(id dialwright.CampaignID, s campaign.State, at time.Time) error {
	_, err := t.exec(`UPDATE campaigns SET state = ?, updated_at = ? WHERE id = ?`, s, micros(at), id)
	return err
}

// Settle ends a campaign in which nothing is left to do; see campaign.Board.
func (d *DB) Settle(ctx context.Context, id dialwright.CampaignID, at time.Time) (campaign.State, error) {
	var state campaign.State
	err := d.write(ctx, func(t *tx) error {
		c, err := t.campaign(id)
		if err != nil {
			return err
		}
		state = c.State
		if state != campaign.Running && state != campaign.Draining {
			return nil
		}
		var live int
		if _, err := t.get(&live, `SELECT COUNT(*) FROM calls WHERE campaign = ? AND claimed = 1`, id); err != nil || live > 0 {
			return err
		}
		if state == campaign.Draining {
			state = campaign.Stopped
			return t.setState(id, state, at)
		}
		var left bool
		_, err = t.get(&left, `SELECT EXISTS (SELECT 1 FROM campaign_contacts WHERE campaign = ? AND state IN ('pending', 'retry', 'appointment', 'claimed'))`, id)
		if err != nil || left {
			return err
		}
		state = campaign.Finished
		return t.setState(id, state, at)
	})
	if err != nil {
		return "", fmt.Errorf("settle campaign %s: %w", id, err)
	}
	return state, nil
}

const enrolColumns = `INSERT INTO campaign_contacts
	(campaign, contact, zone, state, origin, attempts, free, number, dead, counts, next_at, last, outcome, reason, call, updated_at) `

// enrol makes the contacts of a campaign's list its own, where they are not.
func (t *tx) enrol(c campaign.Campaign) error {
	_, err := t.exec(enrolColumns+`
		SELECT CAST(? AS TEXT), c.id, c.zone, 'pending', '', 0, 0, 0, 0, '', c.created_at, '', '', '', '', c.created_at
		FROM contacts c WHERE c.list = ?
		AND NOT EXISTS (SELECT 1 FROM campaign_contacts cc WHERE cc.campaign = ? AND cc.contact = c.id)
		ON CONFLICT DO NOTHING`, c.ID, c.List, c.ID)
	if err != nil {
		return fmt.Errorf("enrol the contacts of list %s: %w", c.List, err)
	}
	_, err = t.exec(`INSERT INTO campaign_zones (campaign, zone)
		SELECT DISTINCT cc.campaign, cc.zone FROM campaign_contacts cc WHERE cc.campaign = ?
		ON CONFLICT DO NOTHING`, c.ID)
	if err != nil {
		return fmt.Errorf("note the zones of list %s: %w", c.List, err)
	}
	return nil
}

// Count gives how many contacts of a campaign are in each state.
func (d *DB) Count(ctx context.Context, id dialwright.CampaignID) (map[campaign.ContactState]int, error) {
	var rows []struct {
		State string `db:"state"`
		N     int    `db:"n"`
	}
	err := d.pick(ctx, &rows, `SELECT state, COUNT(*) AS n FROM campaign_contacts WHERE campaign = ? GROUP BY state`, id)
	if err != nil {
		return nil, fmt.Errorf("count the contacts of campaign %s: %w", id, err)
	}
	counts := map[campaign.ContactState]int{}
	for _, r := range rows {
		counts[campaign.ContactState(r.State)] = r.N
	}
	return counts, nil
}
