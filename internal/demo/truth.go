package demo

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/asr"
	"github.com/dialwright/dialwright/sim"
)

// report puts together what there is on record, and checks it.
func (s *stage) report(ctx context.Context, took time.Duration, seen watched) (*Report, error) {
	calls, err := s.calls(ctx)
	if err != nil {
		return nil, err
	}
	r := &Report{Calls: group(calls, s.contacts), Truth: Truth{Wrong: []string{}}}
	r.Summary = Summary{Seconds: took.Seconds(), Attempts: len(calls), MaxConcurrent: seen.maxLive}
	var own []float64
	for _, c := range calls {
		r.Summary.Tries += len(c.Tries)
		if c.Transfer != nil && c.Transfer.Status == "connected" {
			r.Summary.Transfers++
		}
		for _, t := range c.Latency.Turns {
			if !t.Synthesised {
				own = append(own, float64(t.OwnMS))
			}
		}
	}
	r.Summary.OwnMS = percentiles(own)
	for _, p := range s.script.Customers {
		if err := s.check(ctx, r, p); err != nil {
			return nil, err
		}
	}
	return r, s.listen(r)
}

// check holds the record of one customer against the script.
func (s *stage) check(ctx context.Context, r *Report, p sim.Persona) error {
	r.Truth.Checked++
	number, err := dialwright.ParseNumber(p.Number, "CN")
	if err != nil {
		return err
	}
	wrong := func(what string, got, want any) {
		r.Truth.Wrong = append(r.Truth.Wrong, fmt.Sprintf("%s: %s is %v, want %v", p.Name, what, got, want))
	}
	i := slices.IndexFunc(r.Calls, func(c Contact) bool { return c.Number == number })
	if i < 0 {
		wrong("attempts", 0, max(1, p.Expect.Attempts))
		return nil
	}
	c := r.Calls[i]
	if want := max(1, p.Expect.Attempts); len(c.Attempts) != want {
		wrong("attempts", len(c.Attempts), want)
	}
	if c.Disposition != p.Expect.Disposition {
		wrong("disposition", c.Disposition, p.Expect.Disposition)
	}
	if c.Outcome != p.Expect.Outcome {
		wrong("outcome", quoted(c.Outcome), quoted(p.Expect.Outcome))
	}
	for name, want := range p.Expect.Slots {
		if got := fmt.Sprint(c.Slots[name]); got != want {
			wrong("slot "+name, quoted(got), quoted(want))
		}
	}
	group := ""
	if c.Transfer != nil && c.Transfer.Status == "connected" {
		group = c.Transfer.SkillGroup
	}
	if group != p.Expect.Transfer {
		wrong("skill group", quoted(group), quoted(p.Expect.Transfer))
	}
	_, dnc, err := s.db.CheckDNC(ctx, number)
	if err != nil {
		return err
	}
	if dnc != p.Expect.DNC {
		wrong("Do-Not-Call entry", dnc, p.Expect.DNC)
	}
	return s.checkCallback(ctx, c, p, wrong)
}

func (s *stage) checkCallback(ctx context.Context, c Contact, p sim.Persona, wrong func(string, any, any)) error {
	all, err := s.db.Appointments(ctx, c.Campaign)
	if err != nil {
		return err
	}
	promised := false
	for _, a := range all {
		promised = promised || s.contacts[a.Contact].Name == p.Name
	}
	if promised != p.Expect.Callback {
		wrong("callback promised", promised, p.Expect.Callback)
	}
	return nil
}

func quoted(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// listen measures in the far side's own recordings, and compares what was
// said with what was understood.
func (s *stage) listen(r *Report) error {
	said := map[string]string{}
	var turns, barge []float64
	for _, rec := range s.network.Recordings() {
		for _, p := range rec.Problems {
			r.Truth.Wrong = append(r.Truth.Wrong, fmt.Sprintf("%s: %s", rec.Persona, p))
		}
		if rec.Agent || rec.Answered.IsZero() {
			continue
		}
		measured, err := sim.Measure(rec)
		if err != nil {
			return err
		}
		for _, t := range measured {
			if t.EOSToAudio > 0 {
				turns = append(turns, ms(t.EOSToAudio))
			}
			if t.BargeInStop > 0 {
				barge = append(barge, ms(t.BargeInStop))
			}
		}
		if rec.Voicemail {
			continue // a greeting is not a customer's sentence
		}
		for _, u := range rec.Said {
			if !u.Cut {
				said[rec.Persona] += " " + u.Text
			}
		}
	}
	r.Summary.FarTurnMS, r.Summary.FarBargeInMS = percentiles(turns), percentiles(barge)
	for _, c := range r.Calls {
		reference, ok := said[c.Contact]
		if !ok {
			continue
		}
		var heard []string
		for _, l := range c.Transcript {
			if l.Who == "customer" && strings.Trim(l.Text, "0123456789*#") != "" {
				heard = append(heard, l.Text)
			}
		}
		errors, words := asr.WER(reference, strings.Join(heard, " "))
		r.Summary.WordErrors += errors
		r.Summary.Words += words
	}
	if r.Summary.Words > 0 {
		r.Summary.WER = float64(r.Summary.WordErrors) / float64(r.Summary.Words)
	}
	return nil
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
