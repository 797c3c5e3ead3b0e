package store

import (
	"context"
	"fmt"
	"time"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/routing"
)

type agentRow struct {
	ID       string `db:"id"`
	Endpoint string `db:"endpoint"`
	WrapUp   int64  `db:"wrap_up"`
	State    string `db:"state"`
	Since    int64  `db:"since"`
	UntilAt  int64  `db:"until_at"`
	Call     string `db:"call"`
	Worker   string `db:"worker"`
	Next     string `db:"next"`
}

func (r agentRow) agent() routing.Agent {
	return routing.Agent{
		ID: dialwright.AgentID(r.ID), Endpoint: r.Endpoint, WrapUp: time.Duration(r.WrapUp) * time.Microsecond, State: routing.State(r.State),
		Since: fromMicros(r.Since), Until: fromMicros(r.UntilAt), Call: dialwright.CallID(r.Call), Worker: dialwright.WorkerID(r.Worker),
		Next: routing.State(r.Next), Groups: map[string]int{},
	}
}

type memberRow struct {
	Skill   string `db:"skill"`
	Agent   string `db:"agent"`
	Weight  int    `db:"weight"`
	Current int    `db:"current"`
}

// Agents gives all agents, by id; see routing.Store.
func (d *DB) Agents(ctx context.Context) ([]routing.Agent, error) {
	var rows []agentRow
	var members []memberRow
	err := d.pick(ctx, &rows, `SELECT * FROM agents ORDER BY id`)
	if err == nil {
		err = d.pick(ctx, &members, `SELECT * FROM agent_groups`)
	}
	if err != nil {
		return nil, fmt.Errorf("read agents: %w", err)
	}
	agents := make([]routing.Agent, len(rows))
	at := map[string]int{}
	for i, r := range rows {
		agents[i], at[r.ID] = r.agent(), i
	}
	for _, m := range members {
		if i, ok := at[m.Agent]; ok {
			agents[i].Groups[m.Skill] = m.Weight
		}
	}
	return agents, nil
}

// SyncAgents makes the agents those of the configuration; see routing.Store.
func (d *DB) SyncAgents(ctx context.Context, agents []routing.Agent, at time.Time) error {
	err := d.write(ctx, func(t *tx) error {
		var old []agentRow
		if err := t.pick(&old, `SELECT * FROM agents ORDER BY id`+t.lock("FOR UPDATE")); err != nil {
			return err
		}
		gone := map[string]bool{}
		for _, r := range old {
			gone[r.ID] = r.Call == ""
		}
		for _, a := range agents {
			gone[string(a.ID)] = false
			if err := t.syncAgent(a, at); err != nil {
				return fmt.Errorf("agent %s: %w", a.ID, err)
			}
		}
		for _, r := range old {
			if !gone[r.ID] {
				continue
			}
			if _, err := t.exec(`DELETE FROM agents WHERE id = ?`, r.ID); err != nil {
				return err
			}
		}
		return t.dropMembers(agents)
	})
	if err != nil {
		return fmt.Errorf("write agents: %w", err)
	}
	return nil
}

func (t *tx) syncAgent(a routing.Agent, at time.Time) error {
	_, err := t.exec(`INSERT INTO agents (id, endpoint, wrap_up, state, since, until_at, call, worker, next) VALUES (?, ?, ?, 'off', ?, 0, '', '', '')
		ON CONFLICT (id) DO UPDATE SET endpoint = excluded.endpoint, wrap_up = excluded.wrap_up`,
		a.ID, a.Endpoint, a.WrapUp.Microseconds(), micros(at))
	if err != nil {
		return err
	}
	for group, weight := range a.Groups {
		_, err := t.exec(`INSERT INTO agent_groups (skill, agent, weight, current) VALUES (?, ?, ?, 0)
			ON CONFLICT (skill, agent) DO UPDATE SET weight = excluded.weight`, group, a.ID, weight)
		if err != nil {
			return err
		}
	}
	return nil
}

// dropMembers removes who is in no group any more.
func (t *tx) dropMembers(agents []routing.Agent) error {
	groups := map[string]map[string]int{}
	for _, a := range agents {
		groups[string(a.ID)] = a.Groups
	}
	var members []memberRow
	if err := t.pick(&members, `SELECT * FROM agent_groups`); err != nil {
		return err
	}
	for _, m := range members {
		if groups[m.Agent][m.Skill] > 0 {
			continue
		}
		if _, err := t.exec(`DELETE FROM agent_groups WHERE skill = ? AND agent = ?`, m.Skill, m.Agent); err != nil {
			return err
		}
	}
	return nil
}

// Pick gives a customer one of a group's ready agents; see routing.Store. An
// agent whom another worker is picking for another group is not ready.
func (d *DB) Pick(ctx context.Context, p routing.Pick, choose func([]routing.Candidate) (int, error)) (routing.Agent, error) {
	var out routing.Agent
	err := d.write(ctx, func(t *tx) error {
		var members []memberRow
		if err := t.pick(&members, `SELECT * FROM agent_groups WHERE skill = ? ORDER BY agent`+t.lock("FOR UPDATE"), p.Group); err != nil {
			return err
		}
		if len(members) == 0 {
			return routing.ErrNoGroup
		}
		var rows []agentRow
		err := t.pick(&rows, `SELECT * FROM agents WHERE id IN (SELECT agent FROM agent_groups WHERE skill = ?)
			AND (state = 'ready' OR state = 'wrap_up' AND until_at <= ?) ORDER BY id`+t.lock("FOR UPDATE SKIP LOCKED"), p.Group, micros(p.At))
		if err != nil {
			return err
		}
		agents := map[string]agentRow{}
		for _, r := range rows {
			agents[r.ID] = r
		}
		var ready []routing.Candidate
		for _, m := range members {
			if r, ok := agents[m.Agent]; ok {
				ready = append(ready, routing.Candidate{Agent: r.agent(), Weight: m.Weight, Current: m.Current})
			}
		}
		n, err := choose(ready)
		if err != nil {
			return err
		}
		for _, c := range ready {
			if _, err := t.exec(`UPDATE agent_groups SET current = ? WHERE skill = ? AND agent = ?`, c.Current, p.Group, c.Agent.ID); err != nil {
				return err
			}
		}
		out = ready[n].Agent
		out.State, out.Since, out.Until, out.Call, out.Worker = routing.Ringing, p.At, time.Time{}, p.Call, p.Worker
		return t.putAgent(out)
	})
	if err != nil {
		return routing.Agent{}, err
	}
	return out, nil
}

// Change changes one agent; see routing.Store.
func (d *DB) Change(ctx context.Context, id dialwright.AgentID, change func(routing.Agent) (routing.Agent, error)) error {
	return d.write(ctx, func(t *tx) error {
		var row agentRow
		found, err := t.get(&row, `SELECT * FROM agents WHERE id = ?`+t.lock("FOR UPDATE"), id)
		if err != nil {
			return fmt.Errorf("read agent %s: %w", id, err)
		}
		if !found {
			return routing.ErrUnknownAgent
		}
		agent, err := change(row.agent())
		if err != nil {
			return err
		}
		agent.ID = id
		return t.putAgent(agent)
	})
}

func (t *tx) putAgent(a routing.Agent) error {
	_, err := t.exec(`UPDATE agents SET state = ?, since = ?, until_at = ?, call = ?, worker = ?, next = ? WHERE id = ?`,
		a.State, micros(a.Since), micros(a.Until), a.Call, a.Worker, a.Next, a.ID)
	if err != nil {
		return fmt.Errorf("write agent %s: %w", a.ID, err)
	}
	return nil
}
