package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/internal/config"
	"github.com/dialwright/dialwright/report"
	"github.com/dialwright/dialwright/store"
)

func newCallsCommand(a *app) *cobra.Command {
	return group("calls", "Look at calls, hear live ones", newCallsListCommand(a), newCallsShowCommand(a), newCallsListenCommand(a))
}

// callFilter is what `calls list` takes.
type callFilter struct {
	campaign, number, region, disposition, outcome string
	since                                          time.Duration
	running                                        bool
	limit                                          int
}

func newCallsListCommand(a *app) *cobra.Command {
	var f callFilter
	cmd := &cobra.Command{
		Use: "list", Short: "Calls, the newest first", Args: args(),
		Example: "  dialwright calls list --campaign spring --since 24h\n  dialwright calls list --running",
		RunE: func(cmd *cobra.Command, _ []string) error {
			d := dialwright.Disposition(f.disposition)
			if d != "" && !d.Valid() {
				return usagef("--disposition %s: must be one of %v", d, dialwright.Dispositions())
			}
			return a.withDatabase(cmd.Context(), func(c *config.Config, db *store.DB) error {
				filter := report.Filter{Campaign: dialwright.CampaignID(f.campaign), Disposition: d, Outcome: f.outcome, Running: f.running, Limit: f.limit}
				if f.since > 0 {
					filter.Since = a.clock.Now().Add(-f.since)
				}
				if f.number != "" {
					n, err := number(c, f.region, f.number)
					if err != nil {
						return err
					}
					filter.Number = n
				}
				return a.listCalls(cmd.Context(), db, filter)
			})
		},
	}
	fl := cmd.Flags()
	fl.StringVar(&f.campaign, "campaign", "", "only this campaign's")
	fl.StringVar(&f.number, "number", "", "only to this number")
	fl.StringVar(&f.region, "region", "", "country of a number without a country code")
	fl.StringVar(&f.disposition, "disposition", "", "only those that ended so, as in answered")
	fl.StringVar(&f.outcome, "outcome", "", "only those that came to this")
	fl.DurationVar(&f.since, "since", 0, "only those of the last 24h, say")
	fl.BoolVar(&f.running, "running", false, "only those that run now")
	fl.IntVar(&f.limit, "limit", 100, "this many, at most")
	return cmd
}

func (a *app) listCalls(ctx context.Context, db *store.DB, f report.Filter) error {
	calls, err := db.ListCalls(ctx, f)
	if err != nil {
		return err
	}
	if a.json {
		return a.showJSON(append([]report.Call{}, calls...))
	}
	t := newTable("CALL", "NUMBER", "STARTED", "ENDED", "OUTCOME", "SEC")
	t.whole = 4 // the words of ENDED are few, and to be searched for
	for _, c := range calls {
		seconds := "-"
		if !c.AnsweredAt.IsZero() && !c.EndedAt.IsZero() {
			seconds = fmt.Sprintf("%.0f", c.EndedAt.Sub(c.AnsweredAt).Seconds())
		}
		t.row(string(c.ID), string(c.Number), c.StartedAt.Local().Format("01-02 15:04"), dispositionText(c), c.Outcome, seconds)
	}
	return t.write(a.out)
}

func dispositionText(c report.Call) string {
	if c.EndedAt.IsZero() {
		return "(running)"
	}
	return string(c.Disposition)
}

func newCallsShowCommand(a *app) *cobra.Command {
	var events bool
	cmd := &cobra.Command{
		Use: "show ID", Short: "Everything about one call: tries, transcript, transfer, timings", Args: args("ID"),
		Example: "  dialwright calls show 01kz9p5c30xy7m2q4v8ra\n  dialwright calls show 01kz9p5c30xy7m2q4v8ra --events",
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withDatabase(cmd.Context(), func(_ *config.Config, db *store.DB) error {
				c, err := db.GetCall(cmd.Context(), dialwright.CallID(args[0]))
				if errors.Is(err, report.ErrNotFound) {
					return notFoundf("call %s: there is no record of it", args[0])
				}
				if err != nil {
					return err
				}
				if a.json {
					return a.showJSON(c)
				}
				return a.showCall(c, events)
			})
		},
	}
	cmd.Flags().BoolVar(&events, "events", false, "with every event, for tracing")
	return cmd
}

func (a *app) showCall(c report.Call, events bool) error {
	var t details
	t.row("call", string(c.ID))
	t.row("campaign", string(c.Campaign))
	t.row("number", string(c.Number))
	t.row("started", c.StartedAt.Local().Format(time.RFC3339))
	ended := dispositionText(c)
	if c.HungUpBy != "" {
		ended += ", ended by " + c.HungUpBy
	}
	t.row("disposition", ended)
	t.row("outcome", firstOf(c.Outcome, "-"))
	if !c.AnsweredAt.IsZero() && !c.EndedAt.IsZero() {
		t.row("talked", c.EndedAt.Sub(c.AnsweredAt).Round(100*time.Millisecond).String())
	}
	for _, name := range sortedKeys(c.Slots) {
		t.row("slot", fmt.Sprintf("%s = %v", name, c.Slots[name]))
	}
	if x := c.Transfer; x != nil {
		t.row("transfer", transferText(x))
	}
	if c.Recording != "" {
		t.row("recording", c.Recording)
	}
	if c.Error != "" {
		t.row("error", c.Error)
	}
	a.showDetails(t)
	if err := a.showTries(c.Tries); err != nil {
		return err
	}
	a.showTranscript(c.Transcript)
	if err := a.showTurns(c.Latency); err != nil {
		return err
	}
	if events && len(c.Events) > 0 {
		a.printf("\n")
		et := newTable("AT", "EVENT", "DETAIL")
		for _, e := range c.Events {
			et.row(fmt.Sprintf("%.3f", e.At.Sub(c.StartedAt).Seconds()), e.Kind, e.Detail)
		}
		return et.write(a.out)
	}
	return nil
}

func transferText(x *report.Transfer) string {
	target := firstOf(prefixed("group ", x.SkillGroup), prefixed("number ", x.Number), prefixed("queue ", x.Queue))
	s := target + ": " + x.Status
	if x.Agent != "" {
		s += " with " + x.Agent
	}
	return s + fmt.Sprintf(", waited %.1f s, talked %.1f s, %d rung", float64(x.WaitedMS)/1000, float64(x.TalkedMS)/1000, x.Offers)
}

func (a *app) showTries(tries []report.Try) error {
	if len(tries) == 0 {
		return nil
	}
	a.printf("\n")
	t := newTable("TRY", "TRUNK", "DISPOSITION", "SIP", "Q.850", "RANG", "TALKED", "REASON")
	for _, y := range tries {
		t.row(fmt.Sprint(y.N), y.Trunk, string(y.Disposition), number0(y.SIPCode), number0(y.Q850),
			fmt.Sprintf("%.1f s", float64(y.RingMS)/1000), fmt.Sprintf("%.1f s", float64(y.TalkMS)/1000), y.Reason)
	}
	return t.write(a.out)
}

// number0 is a number, or a dash for none.
func number0(n int) string {
	if n == 0 {
		return "-"
	}
	return fmt.Sprint(n)
}

// showTranscript prints what was said, wrapped and never cut: it is what the
// command is for.
func (a *app) showTranscript(lines []report.Line) {
	if len(lines) == 0 {
		return
	}
	a.printf("\n")
	for _, l := range lines {
		a.printf("%s", transcriptLine(time.Duration(l.AtMS)*time.Millisecond, l.Who, l.Text, l.Confidence, l.CutAtMS > 0))
	}
}

// transcriptLine is one line of a transcript, wrapped to the page.
func transcriptLine(at time.Duration, who, text string, confidence float64, cut bool) string {
	note := ""
	if confidence > 0 && who == "customer" {
		note = fmt.Sprintf(" (%.0f%%)", 100*confidence)
	}
	if cut {
		note = " —"
	}
	head := fmt.Sprintf("%7.1f  %-8s  ", at.Seconds(), who)
	indent := strings.Repeat(" ", len(head))
	return head + strings.Join(wrap(oneLine(text)+note, pageWidth-len(head)), "\n"+indent) + "\n"
}

func (a *app) showTurns(l report.Latency) error {
	if len(l.Turns) == 0 {
		return nil
	}
	a.printf("\n")
	t := newTable("TURN", "CUSTOMER TO AUDIO", "RECOGNISER", "DIALOG", "SPEECH", "OWN SHARE")
	for i, n := range l.Turns {
		t.row(fmt.Sprint(i+1), ms(n.EOSToAudioMS), ms(n.ASRFinalMS), ms(n.DialogMS), ms(n.TTSMS), ms(n.OwnMS))
	}
	return t.write(a.out)
}

func ms(n int64) string { return fmt.Sprintf("%d ms", n) }
