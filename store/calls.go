package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/jmoiron/sqlx"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/report"
)

type callRow struct {
	ID          string `db:"id"`
	Campaign    string `db:"campaign"`
	Contact     string `db:"contact"`
	Number      string `db:"number"`
	Worker      string `db:"worker"`
	Flow        string `db:"flow"`
	FlowHash    string `db:"flow_hash"`
	StartedAt   int64  `db:"started_at"`
	AnsweredAt  int64  `db:"answered_at"`
	EndedAt     int64  `db:"ended_at"`
	Disposition string `db:"disposition"`
	Outcome     string `db:"outcome"`
	SIPCode     int    `db:"sip_code"`
	Q850        int    `db:"q850"`
	Reason      string `db:"reason"`
	HungUpBy    string `db:"hung_up_by"`
	Slots       string `db:"slots"`
	Transfer    string `db:"transfer"`
	Transcript  string `db:"transcript"`
	Events      string `db:"events"`
	Recording   string `db:"recording"`
	Latency     string `db:"latency"`
	Memory      string `db:"memory"`
	Consents    string `db:"consents"`
	Experiments string `db:"experiments"`
	Error       string `db:"error"`
}

const callColumns = `id, campaign, contact, number, worker, flow, flow_hash, started_at, answered_at, ended_at, disposition, outcome,
	sip_code, q850, reason, hung_up_by, slots, transfer, transcript, events, recording, latency, memory, consents, experiments, error`

type tryRow struct {
	Call        string `db:"call"`
	N           int    `db:"n"`
	Trunk       string `db:"trunk"`
	Number      string `db:"number"`
	Channel     string `db:"channel"`
	StartedAt   int64  `db:"started_at"`
	EndedAt     int64  `db:"ended_at"`
	Disposition string `db:"disposition"`
	SIPCode     int    `db:"sip_code"`
	Q850        int    `db:"q850"`
	Reason      string `db:"reason"`
	RingMS      int64  `db:"ring_ms"`
	TalkMS      int64  `db:"talk_ms"`
}

func newCallRow(c report.Call) (callRow, error) {
	r := callRow{
		ID: string(c.ID), Campaign: string(c.Campaign), Contact: string(c.Contact), Number: string(c.Number), Worker: string(c.Worker),
		Flow: c.Flow, FlowHash: c.FlowHash, StartedAt: micros(c.StartedAt), AnsweredAt: micros(c.AnsweredAt), EndedAt: micros(c.EndedAt),
		Disposition: string(c.Disposition), Outcome: c.Outcome, SIPCode: c.Cause.SIPCode, Q850: c.Cause.Q850, Reason: c.Cause.Reason,
		HungUpBy: c.HungUpBy, Recording: c.Recording, Error: c.Error,
	}
	var err error
	put := func(to *string, v any, empty bool) {
		if err == nil && !empty {
			*to, err = jsonText(v)
		}
	}
	put(&r.Slots, c.Slots, len(c.Slots) == 0)
	put(&r.Transfer, c.Transfer, c.Transfer == nil)
	put(&r.Transcript, c.Transcript, len(c.Transcript) == 0)
	put(&r.Events, c.Events, len(c.Events) == 0)
	put(&r.Latency, c.Latency, len(c.Latency.Turns)+len(c.Latency.BargeInStopMS) == 0)
	put(&r.Memory, c.Memory, len(c.Memory) == 0)
	put(&r.Consents, c.Consents, len(c.Consents) == 0)
	put(&r.Experiments, c.Experiments, len(c.Experiments) == 0)
	return r, err
}

func (r callRow) call() (report.Call, error) {
	c := report.Call{
		ID: dialwright.CallID(r.ID), Campaign: dialwright.CampaignID(r.Campaign), Contact: dialwright.ContactID(r.Contact),
		Number: dialwright.Number(r.Number), Worker: dialwright.WorkerID(r.Worker), Flow: r.Flow, FlowHash: r.FlowHash,
		StartedAt: fromMicros(r.StartedAt), AnsweredAt: fromMicros(r.AnsweredAt), EndedAt: fromMicros(r.EndedAt),
		Disposition: dialwright.Disposition(r.Disposition), Outcome: r.Outcome,
		Cause:    dialwright.Cause{SIPCode: r.SIPCode, Q850: r.Q850, Reason: r.Reason},
		HungUpBy: r.HungUpBy, Recording: r.Recording, Error: r.Error,
	}
	for _, part := range []struct {
		text string
		to   any
	}{{r.Slots, &c.Slots}, {r.Transfer, &c.Transfer}, {r.Transcript, &c.Transcript}, {r.Events, &c.Events}, {r.Latency, &c.Latency},
		{r.Memory, &c.Memory}, {r.Consents, &c.Consents}, {r.Experiments, &c.Experiments}} {
		if err := fromJSON(part.text, part.to); err != nil {
			return c, fmt.Errorf("call %s: %w", r.ID, err)
		}
	}
	return c, nil
}

// SaveCall writes a record as it stands; see report.Store. A record that has
// its end is not replaced by one that has not, which comes too late. Whether
// the attempt is in progress is not for SaveCall to say: see Complete.
func (d *DB) SaveCall(ctx context.Context, c report.Call) error {
	row, err := newCallRow(c)
	if err == nil {
		err = d.write(ctx, func(t *tx) error {
			if err := t.saveCall(row, c.Tries); err != nil {
				return err
			}
			return t.saveKept(c)
		})
	}
	if err != nil {
		return fmt.Errorf("save call %s: %w", c.ID, err)
	}
	return nil
}

func (t *tx) saveCall(row callRow, tries []report.Try) error {
	res, err := t.NamedExecContext(t.ctx, `INSERT INTO calls (`+callColumns+`, epoch, holder, holder_epoch, claimed, attempt, appointment)
		VALUES (:id, :campaign, :contact, :number, :worker, :flow, :flow_hash, :started_at, :answered_at, :ended_at, :disposition, :outcome,
		:sip_code, :q850, :reason, :hung_up_by, :slots, :transfer, :transcript, :events, :recording, :latency, :memory, :consents, :experiments, :error, 0, '', 0, 0, 0, 0)
		ON CONFLICT (id) DO UPDATE SET flow = excluded.flow, flow_hash = excluded.flow_hash, number = excluded.number,
		started_at = excluded.started_at, answered_at = excluded.answered_at, ended_at = excluded.ended_at,
		disposition = excluded.disposition, outcome = excluded.outcome, sip_code = excluded.sip_code, q850 = excluded.q850,
		reason = excluded.reason, hung_up_by = excluded.hung_up_by, slots = excluded.slots, transfer = excluded.transfer,
		transcript = excluded.transcript, events = excluded.events, recording = excluded.recording, latency = excluded.latency, memory = excluded.memory,
		consents = excluded.consents, experiments = excluded.experiments, error = excluded.error
		WHERE calls.ended_at = 0 OR excluded.ended_at <> 0`, row)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return err
	}
	for _, try := range tries {
		r := tryRow{Call: row.ID, N: try.N, Trunk: try.Trunk, Number: string(try.Number), Channel: try.Channel, StartedAt: micros(try.StartedAt),
			EndedAt: micros(try.EndedAt), Disposition: string(try.Disposition), SIPCode: try.SIPCode, Q850: try.Q850, Reason: try.Reason,
			RingMS: try.RingMS, TalkMS: try.TalkMS}
		_, err := t.NamedExecContext(t.ctx, `INSERT INTO tries (call, n, trunk, number, channel, started_at, ended_at, disposition, sip_code, q850, reason, ring_ms, talk_ms)
			VALUES (:call, :n, :trunk, :number, :channel, :started_at, :ended_at, :disposition, :sip_code, :q850, :reason, :ring_ms, :talk_ms)
			ON CONFLICT (call, n) DO UPDATE SET trunk = excluded.trunk, number = excluded.number, channel = excluded.channel,
			started_at = excluded.started_at, ended_at = excluded.ended_at, disposition = excluded.disposition, sip_code = excluded.sip_code,
			q850 = excluded.q850, reason = excluded.reason, ring_ms = excluded.ring_ms, talk_ms = excluded.talk_ms`, r)
		if err != nil {
			return fmt.Errorf("try %d: %w", try.N, err)
		}
	}
	return nil
}

// GetCall gives the whole record; report.ErrNotFound.
func (d *DB) GetCall(ctx context.Context, id dialwright.CallID) (report.Call, error) {
	var row callRow
	found, err := d.get(ctx, &row, `SELECT `+callColumns+` FROM calls WHERE id = ?`, id)
	if err == nil && !found {
		err = report.ErrNotFound
	}
	if err != nil {
		return report.Call{}, fmt.Errorf("read call %s: %w", id, err)
	}
	calls, err := d.whole(ctx, []callRow{row})
	if err != nil {
		return report.Call{}, fmt.Errorf("read call %s: %w", id, err)
	}
	return calls[0], nil
}

// ListCalls gives whole records, newest first; see report.Store.
func (d *DB) ListCalls(ctx context.Context, f report.Filter) ([]report.Call, error) {
	if f.Limit <= 0 {
		f.Limit = 100
	}
	where, args := conditions(f)
	var rows []callRow
	err := d.pick(ctx, &rows, `SELECT `+callColumns+` FROM calls WHERE `+where+` ORDER BY started_at DESC, id DESC LIMIT ?`, append(args, f.Limit)...)
	if err != nil {
		return nil, fmt.Errorf("list calls: %w", err)
	}
	calls, err := d.whole(ctx, rows)
	if err != nil {
		return nil, fmt.Errorf("list calls: %w", err)
	}
	return calls, nil
}

// EachCall hands whole records to fn, oldest first, a page at a time; see
// report.Store.
func (d *DB) EachCall(ctx context.Context, f report.Filter, fn func(report.Call) error) error {
	const page = 500
	where, args := conditions(f)
	at, id := int64(-1), ""
	for {
		var rows []callRow
		err := d.pick(ctx, &rows, `SELECT `+callColumns+` FROM calls WHERE `+where+`
			AND (started_at > ? OR started_at = ? AND id > ?) ORDER BY started_at, id LIMIT ?`, append(args[:len(args):len(args)], at, at, id, page)...)
		if err != nil {
			return fmt.Errorf("read calls: %w", err)
		}
		calls, err := d.whole(ctx, rows)
		if err != nil {
			return fmt.Errorf("read calls: %w", err)
		}
		for _, c := range calls {
			if err := fn(c); err != nil {
				return err
			}
		}
		if len(rows) < page {
			return nil
		}
		at, id = rows[len(rows)-1].StartedAt, rows[len(rows)-1].ID
	}
}

func conditions(f report.Filter) (string, []any) {
	where, args := []string{"started_at >= ?"}, []any{micros(f.Since)}
	add := func(condition string, arg string) {
		if arg != "" {
			where, args = append(where, condition), append(args, arg)
		}
	}
	add("campaign = ?", string(f.Campaign))
	add("contact = ?", string(f.Contact))
	add("number = ?", string(f.Number))
	add("disposition = ?", string(f.Disposition))
	add("outcome = ?", f.Outcome)
	if !f.Until.IsZero() {
		where, args = append(where, "started_at < ?"), append(args, micros(f.Until))
	}
	if f.Running {
		where = append(where, "ended_at = 0")
	}
	return strings.Join(where, " AND "), args
}

// whole adds the tries.
func (d *DB) whole(ctx context.Context, rows []callRow) ([]report.Call, error) {
	calls := make([]report.Call, len(rows))
	at := map[string]int{}
	ids := make([]string, len(rows))
	for i, r := range rows {
		c, err := r.call()
		if err != nil {
			return nil, err
		}
		calls[i], at[r.ID], ids[i] = c, i, r.ID
	}
	if len(rows) == 0 {
		return calls, nil
	}
	query, args, err := sqlx.In(`SELECT * FROM tries WHERE call IN (?) ORDER BY call, n`, ids)
	if err != nil {
		return nil, err
	}
	var tries []tryRow
	if err := d.pick(ctx, &tries, query, args...); err != nil {
		return nil, err
	}
	for _, r := range tries {
		c := &calls[at[r.Call]]
		c.Tries = append(c.Tries, report.Try{N: r.N, Trunk: r.Trunk, Number: dialwright.Number(r.Number), Channel: r.Channel,
			StartedAt: fromMicros(r.StartedAt), EndedAt: fromMicros(r.EndedAt), Disposition: dialwright.Disposition(r.Disposition),
			SIPCode: r.SIPCode, Q850: r.Q850, Reason: r.Reason, RingMS: r.RingMS, TalkMS: r.TalkMS})
	}
	return calls, nil
}
