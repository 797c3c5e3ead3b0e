package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/cobra"

	"github.com/dialwright/dialwright/call"
	"github.com/dialwright/dialwright/compliance"
	"github.com/dialwright/dialwright/internal/config"
	"github.com/dialwright/dialwright/internal/worker"
	"github.com/dialwright/dialwright/store"
)

// callFlags are what `call` takes.
type callFlags struct {
	flow, region string
	trunks       []string
	fields       []string
	ring, limit  time.Duration
}

func newCallCommand(a *app) *cobra.Command {
	var f callFlags
	cmd := &cobra.Command{
		Use: "call NUMBER --flow FLOW", Short: "Ring my own telephone with a flow, now", Args: args("NUMBER"),
		Long: `Ring one number with a flow, now, and follow the conversation on the terminal.
It is meant for your own telephone: calling hours and frequency caps do not
hold for it. The Do-Not-Call list does, and the audit log says who called.
The exit code is 5 when the number must not be called.`,
		Example: "  dialwright call +8613800138000 --flow renewal\n  dialwright call 13800138000 --region CN --flow flows/offer.yaml --field name=Anna",
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withDatabase(cmd.Context(), func(c *config.Config, db *store.DB) error {
				return a.call(cmd.Context(), c, db, args[0], f)
			})
		},
	}
	fl := cmd.Flags()
	fl.StringVar(&f.flow, "flow", "", "`flow`, a file or its name in the flows directory")
	fl.StringVar(&f.region, "region", "", "country of a number without a country code")
	fl.StringSliceVar(&f.trunks, "trunk", nil, "trunks to try, in this order (default all)")
	fl.StringArrayVar(&f.fields, "field", nil, "a field of the contact, as in name=Anna")
	fl.DurationVar(&f.ring, "ring", 45*time.Second, "ring for so long")
	fl.DurationVar(&f.limit, "limit", 15*time.Minute, "hang up after so long")
	if err := cmd.MarkFlagRequired("flow"); err != nil {
		panic(err) // the flag was defined above
	}
	return cmd
}

func (a *app) call(ctx context.Context, c *config.Config, db *store.DB, to string, f callFlags) error {
	n, err := number(c, f.region, to)
	if err != nil {
		return err
	}
	found, err := findFlow(c, f.flow)
	if err != nil {
		return err
	}
	path, err := filepath.Abs(flowPath(c, found))
	if err != nil {
		return err
	}
	fields := map[string]any{}
	for _, s := range f.fields {
		k, v, ok := strings.Cut(s, "=")
		if !ok || k == "" {
			return usagef("--field %s: write name=value", s)
		}
		fields[k] = v
	}
	zone, err := compliance.LoadZone(c.Compliance.Zone)
	if err != nil {
		return err
	}
	engines, err := worker.OpenEngines(c, a.logger(c))
	if err != nil {
		return err
	}
	id, err := worker.Place(ctx, worker.Options{Config: c, Store: db, Engines: engines, Clock: a.clock, Logger: a.logger(c),
		Metrics: prometheus.NewRegistry()}, worker.Single{
		Number: n, Flow: path, Fields: fields, Trunks: f.trunks, Operator: operator(), Zone: zone,
		RingTimeout: f.ring, MaxDuration: f.limit, Follow: a.follow,
	})
	err = errors.Join(err, engines.Close())
	if errors.Is(err, worker.ErrRefused) {
		return &exitError{exitRefused, err}
	}
	if err != nil || id == "" {
		return err
	}
	record, err := db.GetCall(context.WithoutCancel(ctx), id)
	if err != nil {
		return err
	}
	if a.json {
		err = a.showJSON(record)
	} else {
		err = a.showCall(record, false)
	}
	if err == nil && record.Outcome == "error" {
		err = errors.New("the flow came to its error path; calls show --events tells where")
	}
	return err
}

// follow prints a line of the conversation as it happens.
func (a *app) follow(ev call.LiveEvent) {
	if a.json {
		return
	}
	who := ev.Kind
	if ev.Kind == "line" {
		who = ev.Who
	}
	_, _ = fmt.Fprintf(a.err, "%s  %-9s %s\n", ev.At.Local().Format(time.TimeOnly), who, ev.Text)
}
