package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/internal/config"
	"github.com/dialwright/dialwright/routing"
	"github.com/dialwright/dialwright/store"
)

func newAgentCommand(a *app) *cobra.Command {
	return group("agent", "The people who take over",
		newAgentListCommand(a),
		newAgentStateCommand(a, "ready", "Let an agent take customers", routing.Ready),
		newAgentStateCommand(a, "off", "Let an agent take no more customers; a running call goes on", routing.Off),
	)
}

func newAgentListCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "All agents, and what they are doing", Args: args(),
		Example: "  dialwright agent list\n  dialwright agent list --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withDesk(cmd.Context(), func(desk *routing.MatchDesk) error {
				agents, err := desk.Agents(cmd.Context())
				if err != nil {
					return err
				}
				now := a.clock.Now()
				t := newTable("AGENT", "STATE", "FOR", "GROUPS", "CALL", "ENDPOINT")
				for _, g := range agents {
					state := string(g.State)
					if g.Next != "" {
						state += ", then " + string(g.Next)
					}
					t.row(string(g.ID), state, ago(now, g.Since), groupsText(g.Groups), string(g.Call), g.Endpoint)
				}
				return a.show(append([]routing.Agent{}, agents...), t)
			})
		},
	}
}

func groupsText(groups map[string]int) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(groups)) {
		parts = append(parts, fmt.Sprintf("%s:%d", name, groups[name]))
	}
	return strings.Join(parts, " ")
}

func newAgentStateCommand(a *app, use, short string, to routing.State) *cobra.Command {
	return &cobra.Command{
		Use: use + " NAME", Short: short, Args: args("NAME"),
		Example: "  dialwright agent " + use + " anna",
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withDesk(cmd.Context(), func(desk *routing.MatchDesk) error {
				err := desk.SetState(cmd.Context(), dialwright.AgentID(args[0]), to, a.clock.Now())
				if errors.Is(err, routing.ErrUnknownAgent) {
					return notFoundf("agent %s: none of that name is configured (agents in %s)", args[0], config.DefaultPath)
				}
				if err != nil {
					return err
				}
				return a.say(map[string]any{"agent": args[0], "state": to}, "agent %s: %s", args[0], to)
			})
		},
	}
}

// withDesk gives the agents in the database. One that no worker has filled
// yet is filled from the configuration.
func (a *app) withDesk(ctx context.Context, fn func(*routing.MatchDesk) error) error {
	return a.withDatabase(ctx, func(c *config.Config, db *store.DB) error {
		desk := routing.NewDesk(routing.Options{Store: db, Clock: a.clock, Worker: dialwright.WorkerID(c.Worker.Name)})
		known, err := desk.Agents(ctx)
		if err == nil && len(known) == 0 && len(c.Agents) > 0 {
			err = desk.SyncAgents(ctx, configuredAgents(c), a.clock.Now())
		}
		if err == nil {
			err = fn(desk)
		}
		return errors.Join(err, desk.Close())
	})
}

// configuredAgents are the agents of dialwright.yaml, as the routing knows them.
func configuredAgents(c *config.Config) []routing.Agent {
	agents := make([]routing.Agent, 0, len(c.Agents))
	for _, g := range c.Agents {
		agents = append(agents, routing.Agent{ID: dialwright.AgentID(g.Name), Endpoint: g.Endpoint, Groups: g.Groups, WrapUp: g.WrapUp})
	}
	return agents
}
