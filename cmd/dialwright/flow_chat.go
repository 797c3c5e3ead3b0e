package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/dialwright/dialwright/call"
	"github.com/dialwright/dialwright/converse"
	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/dialog/library"
	"github.com/dialwright/dialwright/internal/worker"
)

type flowChatFlags struct {
	contact []string
	zone    string
	show    []string
	timing  bool
}

// chatShows are what --show takes.
var chatShows = [...]string{"slots", "intents", "timers", "actions"}

const chatHelp = `What you type is what the customer says. Besides:

  /press 12#      presses keys
  /silence        says nothing until the bot does
  /hangup         hangs up; so does the end of the input
  /nobody, /busy, /failed, /connected
                  how a transfer ends; an empty line is /connected
  /slots          the slots that have a value
  /intents        what the bot expects now, and how well your last words fitted
  /timers         the timers that run
  /help           this`

func newFlowChatCommand(a *app) *cobra.Command {
	var f flowChatFlags
	cmd := &cobra.Command{
		Use: "chat DIR", Short: "Talk with a flow in the terminal", Args: args("DIR"),
		Long: `Talk with a flow in the terminal, through the same core that holds telephone
calls. Nobody is called; opt-outs, appointments and messages are shown, not
kept or sent. Requests to other systems are really made.

` + chatHelp + `

The input may also come from a pipe or a file: then each line waits for its turn.`,
		Example: `  dialwright flow chat flows/offer --contact name=Anna --show slots,intents
  printf 'yes\n/press 1\n' | dialwright flow chat flows/offer`,
		RunE: func(cmd *cobra.Command, args []string) error { return a.flowChat(cmd.Context(), f, args[0]) },
	}
	cmd.Flags().StringArrayVar(&f.contact, "contact", nil, "a field of the contact, as in `name=Anna`; may be repeated")
	cmd.Flags().StringVar(&f.zone, "zone", "", "the contact's time `zone`, as in Asia/Shanghai (default this machine's)")
	cmd.Flags().StringSliceVar(&f.show, "show", nil, "what to show besides the words: `slots,intents,timers,actions`")
	cmd.Flags().BoolVar(&f.timing, "voice-timing", false, "speak at the pace of a voice: prompts take their time, silence counts, typing interrupts")
	return cmd
}

func (a *app) flowChat(ctx context.Context, f flowChatFlags, dir string) error {
	c, err := a.config()
	if err != nil {
		return err
	}
	found, err := findFlow(c, dir)
	if err != nil {
		return err
	}
	flow, err := library.Load(flowPath(c, found))
	if err != nil {
		return &exitError{exitConfig, fmt.Errorf("the flow cannot be used:\n%w", err)}
	}
	session, err := chatSession(flow, f)
	if err != nil {
		return err
	}
	services, err := worker.NewServices(c.Services)
	if err != nil {
		return err
	}
	defer services.Close()
	chat := newChat(a, flow, services.For(call.Order{Call: "chat", Flow: flow}), f)
	return chat.hold(ctx, session)
}

func chatSession(flow *dialog.Flow, f flowChatFlags) (*dialog.Session, error) {
	for _, s := range f.show {
		if !slices.Contains(chatShows[:], s) {
			return nil, usagef("--show %s: must be %s", s, strings.Join(chatShows[:], ", "))
		}
	}
	o := dialog.StartOptions{CallID: "chat", Contact: map[string]any{"number": "+10000000000"}, Zone: time.Local}
	if f.zone != "" {
		zone, err := time.LoadLocation(f.zone)
		if err != nil {
			return nil, usagef("--zone %s: no such time zone", f.zone)
		}
		o.Zone = zone
	}
	for _, kv := range f.contact {
		name, value, ok := strings.Cut(kv, "=")
		if !ok || name == "" {
			return nil, usagef("--contact %s: write --contact name=value", kv)
		}
		o.Contact[name] = value
	}
	session, err := dialog.NewSession(flow, o)
	if err != nil {
		return nil, usagef("%w", err)
	}
	return session, nil
}

// hold holds the conversation and tells what it came to.
func (c *chat) hold(ctx context.Context, session *dialog.Session) error {
	c.note(c.flow.Name + ": type what the customer says; /help tells the rest")
	r := converse.Runner{Session: session, Mouth: c.mouth, Ears: c, Line: c, Duties: c, Observer: c, Outside: chatOutside{c},
		Clock: c.clock, Patient: !c.timing}
	done := make(chan struct{})
	lines := c.lines(done)
	driven := make(chan struct{})
	go func() {
		defer close(driven)
		c.drive(lines, done)
	}()
	result, err := r.Run(ctx)
	close(done)
	<-driven
	c.mouth.Close()
	by := map[converse.EndedBy]string{converse.ByFlow: "by the flow", converse.ByCustomer: "by the customer", converse.ByContext: "by you"}[result.EndedBy]
	outcome := result.Outcome
	if outcome == "" {
		outcome = "none"
	}
	if c.asking { // nothing else runs any more
		c.asking = false
		c.printf("\n")
	}
	c.note(fmt.Sprintf("ended %s: outcome %s, at node %s, turns %d", by, outcome, result.Node, result.Turns))
	for _, fault := range result.Faults {
		c.note("fault: " + fault)
	}
	if err != nil && !errors.Is(err, context.Canceled) && len(result.Faults) == 0 {
		return fmt.Errorf("chat: %w", err)
	}
	return nil
}
