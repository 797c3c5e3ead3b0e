package worker_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/campaign"
	"github.com/dialwright/dialwright/internal/config"
	"github.com/dialwright/dialwright/internal/pgtest"
	"github.com/dialwright/dialwright/internal/worker"
	"github.com/dialwright/dialwright/routing"
	"github.com/dialwright/dialwright/sim"
	"github.com/dialwright/dialwright/store"
)

// childEnv names the configuration for which this test program is to be a
// worker, and nothing else.
const childEnv = "DIALWRIGHT_TEST_WORKER"

// child works until it is killed.
func child(path string) int {
	ctx := context.Background()
	fail := func(err error) int {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	c, err := config.Load(config.Options{Path: path})
	if err != nil {
		return fail(err)
	}
	db, err := store.Open(ctx, string(c.Database))
	if err != nil {
		return fail(err)
	}
	log := zerolog.New(os.Stderr).Level(zerolog.WarnLevel)
	engines, err := worker.OpenEngines(c, log)
	if err != nil {
		return fail(err)
	}
	w, err := worker.New(worker.Options{Config: c, Store: db, Engines: engines, Clock: dialwright.SystemClock{},
		Logger: log, Metrics: prometheus.NewRegistry()})
	if err != nil {
		return fail(err)
	}
	return fail(w.Run(ctx))
}

// process is a worker in a process of its own.
type process struct {
	cmd *exec.Cmd
	out *strings.Builder
}

func startProcess(t testing.TB, config string) *process {
	t.Helper()
	p := &process{cmd: exec.Command(os.Args[0]), out: &strings.Builder{}}
	p.cmd.Env = append(os.Environ(), childEnv+"="+config)
	p.cmd.Stdout, p.cmd.Stderr = p.out, p.out
	must(t, p.cmd.Start())
	t.Cleanup(func() { p.kill() })
	return p
}

// kill ends the process with SIGKILL and waits until it is gone.
func (p *process) kill() {
	if p.cmd.ProcessState == nil {
		_ = p.cmd.Process.Kill() // it may have ended
		_ = p.cmd.Wait()         // "signal: killed"
	}
}

// crowd is many personas with the same calls, numbered from first.
func crowd(name string, first, n int, calls string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "- {name: %s-%d, number: \"+86138000%05d\", trunk: keys, calls: %s, expect: {disposition: answered}}\n",
			name, i+1, first+i, calls)
	}
	return b.String()
}

// TestKilledWorker: kill -9 while three calls are in conversation, three ring
// and four people wait for their turn.
func TestKilledWorker(t *testing.T) {
	t.Parallel()
	for _, target := range []struct {
		name string
		dsn  func(testing.TB) string
	}{
		{"sqlite", func(testing.TB) string { return "" }}, {"postgres", pgtest.NewDatabase},
	} {
		t.Run(target.name, func(t *testing.T) { killedWorker(t, target.dsn(t)) })
	}
}

func killedWorker(t *testing.T, dsn string) {
	s := newScene(t, sceneOptions{dsn: dsn, rough: true, maxCalls: 6, personas: "customers:\n" +
		crowd("c-talks", 1, 3, "[[answer, silent: 60s, hang_up]]") +
		crowd("c-rings", 11, 3, "[[ignore], [answer, wait, press: \"1\", stay]]") +
		crowd("w", 21, 4, "[[answer, wait, press: \"1\", stay]]")})
	s.start(t, "camp", "c", func(c *campaign.Campaign) {
		c.MaxAttempts = 3
		c.Retry = campaign.RetryPolicy{dialwright.Unknown: {After: time.Second}}
	})
	p := startProcess(t, s.path)
	until(t, "three calls talk and three ring", func() bool {
		up := s.customers(t)
		ringing := 0
		for _, state := range up {
			if state == "Ringing" {
				ringing++
			}
		}
		return len(up) == 6 && ringing == 3 && s.talking(t) == 3
	})
	s.start(t, "next", "w", nil) // the worker has no room for them
	p.kill()
	orphans := s.customers(t)
	if len(orphans) != 6 {
		t.Errorf("the calls did not survive the worker: %v\n%s", orphans, p.out)
	}
	r := s.run(t)
	until(t, "no orphaned channel is left", func() bool {
		for id := range s.customers(t) {
			if orphans[id] != "" {
				return false
			}
		}
		return true
	})
	s.finished(t, "camp")
	s.finished(t, "next")
	r.Drain()
	r.wait(t)
	s.agree(t)
	for i := range 3 {
		name := fmt.Sprintf("c-talks-%d", i+1)
		if c := s.of(t, name); len(c) != 1 || c[0].Disposition != dialwright.Answered || c[0].Error == "" || c[0].HungUpBy != "system" {
			t.Errorf("%s was talking when the worker died: %+v", name, c)
		}
		name = fmt.Sprintf("c-rings-%d", i+1)
		if c := s.of(t, name); len(c) != 2 || c[0].Disposition != dialwright.Unknown || c[1].Outcome != "agreed" {
			t.Errorf("%s was rung when the worker died: %+v", name, c)
		}
	}
	for i := range 4 {
		name := fmt.Sprintf("w-%d", i+1)
		if c := s.of(t, name); len(c) != 1 || c[0].Outcome != "agreed" {
			t.Errorf("%s had not been called when the worker died: %+v", name, c)
		}
	}
}

// BenchmarkRecovery measures from the start of a new incarnation until no
// channel of twenty orphaned calls is left.
func BenchmarkRecovery(b *testing.B) {
	const calls = 20
	s := newScene(b, sceneOptions{rough: true, personas: "customers:\n" + crowd("c", 1, calls, "[[answer, silent: 10m, hang_up]]")})
	n := 0
	var total time.Duration
	for b.Loop() {
		b.StopTimer()
		n++
		s.start(b, fmt.Sprintf("camp%d", n), "c", nil)
		p := startProcess(b, s.path)
		until(b, "all talk", func() bool { return s.talking(b) == calls })
		p.kill()
		if up := s.customers(b); len(up) != calls {
			b.Fatalf("%d of %d calls survived the worker", len(up), calls)
		}
		b.StartTimer()
		began := time.Now()
		r := s.run(b)
		until(b, "nothing is left", func() bool {
			all, err := s.hand.ListChannels(b.Context())
			must(b, err)
			return len(all) == 0
		})
		total += time.Since(began)
		b.StopTimer()
		s.finished(b, fmt.Sprintf("camp%d", n))
		r.stop(b)
		b.StartTimer()
	}
	b.ReportMetric(float64(total.Milliseconds())/float64(n), "ms/recovery")
}

// TestKilledInTransfer: kill -9 while an agent talks with a customer. Their
// channels, snoops and bridges go, and the agent is free again.
func TestKilledInTransfer(t *testing.T) {
	t.Parallel()
	s := newScene(t, sceneOptions{rough: true, personas: `
customers:
- {name: c-group, number: "+8613800000001", trunk: keys, calls: [[answer, wait, press: "8", stay]], expect: {disposition: answered}}
agents:
- {name: sales-anna, calls: [[answer, silent: 80s, hang_up]]}
`})
	// The agent logs in with a first incarnation, which ends in good order.
	first := s.run(t)
	until(t, "the agent is there", func() bool {
		if first.Ready(t.Context()) != nil {
			return false
		}
		must(t, first.AgentReady(t.Context(), "sales-anna", 0))
		return true
	})
	first.Drain()
	first.wait(t)
	s.start(t, "camp", "c", nil)
	p := startProcess(t, s.path)
	agent := func() routing.Agent {
		all, err := s.db.Agents(t.Context())
		must(t, err)
		return all[0]
	}
	until(t, "they talk, and are recorded apart", func() bool {
		bridges, err := s.hand.ListBridges(t.Context())
		must(t, err)
		return agent().State == routing.Talking && len(bridges) == 3
	})
	p.kill()
	r := s.run(t)
	s.finished(t, "camp")
	until(t, "the agent is free", func() bool { return agent().ReadyAt(time.Now()) || agent().State == routing.Off })
	if a := agent(); a.Call != "" {
		t.Errorf("the agent is free, but with a call: %+v", a)
	}
	until(t, "nothing is left", func() bool {
		all, err := sim.Leftovers(t.Context(), s.hand)
		must(t, err)
		return len(all) == 0
	})
	r.Drain()
	r.wait(t)
	s.agree(t)
	if c := s.last(t, "c-group"); c.Disposition != dialwright.Answered || c.Error == "" {
		t.Errorf("%+v", c)
	}
}
