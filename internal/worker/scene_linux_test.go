package worker_test

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/ari"
	asteriskconfig "github.com/dialwright/dialwright/asterisk-config"
	"github.com/dialwright/dialwright/campaign"
	"github.com/dialwright/dialwright/compliance"
	"github.com/dialwright/dialwright/internal/asterisktest"
	"github.com/dialwright/dialwright/internal/config"
	"github.com/dialwright/dialwright/internal/worker"
	"github.com/dialwright/dialwright/report"
	"github.com/dialwright/dialwright/sim"
	"github.com/dialwright/dialwright/store"
)

// keysFlow is answered by keys, so that no recogniser is needed.
const keysFlow = `
flow: keys
slots: {callback_at: time}
defaults:
  no_input_after: 25s
  no_input: [{end: no_input}]
  no_match: [{end: not_understood}]
nodes:
  greet:
    say: Press a key.
    listen:
      digits: {"1": agreed, "3": later, "4": closed, "5": outside, "6": support, "7": night, "8": sales}
  agreed: {say: Thank you., end: agreed}
  later:
    set: {callback_at: '= now + duration("4s")'}
    callback: callback_at
    say: Until later.
    end: later
  closed: {transfer: {group: closed, ring_timeout: 2s, max_wait: 4s, on: {connected: talked, nobody: sorry}}}
  outside: {transfer: {number: "+8613800000099", ring_timeout: 8s, on: {connected: talked, nobody: sorry}}}
  support: {transfer: {queue: support, max_wait: 10s, on: {connected: talked, nobody: sorry}}}
  night: {transfer: {queue: night, max_wait: 3s, on: {connected: talked, nobody: sorry}}}
  sales: {transfer: {group: sales, ring_timeout: 8s, max_wait: 15s, on: {connected: talked, nobody: sorry}}}
  talked: {say: You are back with me., end: talked}
  sorry:
    say: Nobody is free. Press one.
    listen: {digits: {"1": taken_back}}
  taken_back: {end: taken_back}
on_hangup: {outcome: hung_up}
`

// scene is a telephone network, an Asterisk of ours and a database, ready for
// a worker.
type scene struct {
	script   *sim.Script
	network  *sim.Network
	asterisk *asterisktest.Instance
	hand     *ari.Client // looks at our Asterisk, past the worker
	path     string      // of dialwright.yaml
	config   *config.Config
	db       *store.DB
	maxCalls int // of a worker
	log      logBook
}

// logBook is what workers have logged, read while they write.
type logBook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logBook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logBook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

type sceneOptions struct {
	personas string
	dsn      string                                   // default: a file of SQLite
	url      func(t testing.TB, direct string) string // ARI as the worker reaches it; default: directly
	queues   []asteriskconfig.Queue
	maxCalls int    // of a worker; default 100
	patience string // until silence is no input; default 25s
	rough    bool   // the test provokes trouble that Asterisk complains of
}

// limit of one test: what hangs fails.
const limit = time.Minute

func newScene(t testing.TB, o sceneOptions) *scene {
	t.Helper()
	s := &scene{maxCalls: cmp.Or(o.maxCalls, 100)}
	var err error
	s.script, err = sim.Load("personas.yaml", []byte(o.personas))
	must(t, err)
	s.network, err = sim.Start(t.Context(), sim.Options{Script: s.script, Recordings: t.TempDir(), Logger: zerolog.Nop()})
	must(t, err)
	t.Cleanup(func() { must(t, s.network.Close()) })
	s.asterisk = asterisktest.Start(t, asterisktest.Options{IgnoreLog: o.rough,
		AllowWarnings: []string{"Event source not found: channel:"}, // it ended before it was watched
		Params:        asteriskconfig.Params{Trunks: s.network.Trunks(0), Agents: s.network.Agents(), Queues: o.queues}})
	s.hand, err = ari.Dial(t.Context(), ari.Options{URL: s.asterisk.ARIURL, Username: s.asterisk.User, Password: s.asterisk.Password,
		App: "hand", Logger: zerolog.Nop()})
	must(t, err)
	t.Cleanup(func() {
		s.nothingLeft(t)
		must(t, s.hand.Close())
	})
	url := s.asterisk.ARIURL
	if o.url != nil {
		url = o.url(t, url)
	}
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "keys.yaml"), []byte(strings.Replace(keysFlow, "25s", cmp.Or(o.patience, "25s"), 1)), 0o600))
	if o.dsn == "" {
		o.dsn = "sqlite://" + filepath.Join(dir, "test.db")
	}
	s.path = filepath.Join(dir, "dialwright.yaml")
	must(t, os.WriteFile(s.path, s.yaml(dir, o.dsn, url), 0o600))
	s.config, err = config.Load(config.Options{Path: s.path})
	must(t, err)
	s.db, err = store.Open(t.Context(), string(s.config.Database))
	must(t, err)
	t.Cleanup(func() { must(t, s.db.Close()) })
	must(t, s.db.Migrate(t.Context()))
	return s
}

// yaml is the configuration. The recogniser knows no language of ours: it is
// never asked.
func (s *scene) yaml(dir, dsn, url string) []byte {
	var b bytes.Buffer
	p := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	p("worker: {name: test, max_calls: %d, poll: 50ms}", s.maxCalls)
	p("database: %q", dsn)
	p("asterisk: {url: %q, username: %q, password: %q}", url, s.asterisk.User, s.asterisk.Password)
	p("media: {recordings: %q}", filepath.Join(dir, "recordings"))
	p("asr: {url: \"ws://127.0.0.1:1\", languages: [zh]}")
	p("tts: {cache: %q, voices: {en: flite/slt}}", filepath.Join(dir, "prompts"))
	p("flows: %q", dir)
	p("trunks:")
	for _, t := range s.network.Trunks(0) {
		p("  - {name: %s, endpoint: \"PJSIP/{number}@%s\", capacity: 100, calls_per_second: 50, number_format: digits, codecs: [%s], host: %s, port: %d}",
			t.Name, t.Name, strings.Join(t.Codecs, ", "), t.Host, t.Port)
	}
	if len(s.script.Agents) > 0 {
		p("agents:")
	}
	for _, a := range s.script.Agents { // each is a group of their own: sales-anna
		group, _, _ := strings.Cut(a.Name, "-")
		p("  - {name: %s, endpoint: %q, groups: {%s: 1}, wrap_up: 1s}", a.Name, s.network.AgentEndpoint(a.Name), group)
	}
	return b.Bytes()
}

// start imports the customers whose names begin with prefix and starts a
// campaign that calls them.
func (s *scene) start(t testing.TB, id, prefix string, change func(*campaign.Campaign)) {
	t.Helper()
	var b bytes.Buffer
	b.WriteString("name,number\n")
	for _, p := range s.script.Customers {
		if strings.HasPrefix(p.Name, prefix) {
			fmt.Fprintf(&b, "%s,%s\n", p.Name, p.Number)
		}
	}
	got, err := campaign.Import(t.Context(), &b, campaign.ImportOptions{List: prefix, Region: "CN"}, s.db)
	must(t, err)
	if got.Rejected > 0 {
		t.Fatalf("%d of %d contacts were rejected", got.Rejected, got.Rows)
	}
	c := campaign.Campaign{ID: dialwright.CampaignID(id), List: prefix, Flow: "keys.yaml", Region: "CN", Zone: noonZone(time.Now()),
		Caps: []compliance.Cap{{Max: 100, Within: time.Hour}}, MaxConcurrent: 50, RingTimeout: 20 * time.Second,
		MaxDuration: 90 * time.Second, MaxAttempts: 1, Trunks: []string{sim.TrunkKeys}, CallerID: "+862160000000"}
	if change != nil {
		change(&c)
	}
	must(t, s.db.CreateCampaign(t.Context(), c.WithDefaults(), time.Now()))
	s.order(t, id, campaign.Start)
}

func (s *scene) order(t testing.TB, id string, o campaign.Order) {
	t.Helper()
	_, err := s.db.OrderCampaign(t.Context(), dialwright.CampaignID(id), o, "test", time.Now())
	must(t, err)
}

// noonZone is the zone in which it is about noon: the legal hours hold for
// tests as for everybody.
func noonZone(now time.Time) string {
	switch offset := 12 - now.UTC().Hour(); { // POSIX names count west
	case offset < 0:
		return fmt.Sprintf("Etc/GMT+%d", -offset)
	case offset > 0:
		return fmt.Sprintf("Etc/GMT-%d", offset)
	}
	return "Etc/GMT"
}

// run starts a worker and ends it, if the test has not, when the test ends.
func (s *scene) run(t testing.TB) *running {
	t.Helper()
	engines, err := worker.OpenEngines(s.config, zerolog.Nop())
	must(t, err)
	log := zerolog.New(zerolog.MultiLevelWriter(zerolog.NewTestWriter(t), &s.log)).Level(zerolog.WarnLevel)
	w, err := worker.New(worker.Options{Config: s.config, Store: s.db, Engines: engines, Clock: dialwright.SystemClock{},
		Logger: log, Metrics: prometheus.NewRegistry()})
	must(t, err)
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	r := &running{Worker: w, cancel: cancel, ended: make(chan struct{})}
	go func() {
		defer close(r.ended)
		r.err = w.Run(ctx)
	}()
	t.Cleanup(func() {
		r.stop(t)
		must(t, engines.Close())
	})
	return r
}

// running is a worker at work.
type running struct {
	*worker.Worker
	cancel context.CancelFunc
	ended  chan struct{}
	err    error // valid when ended
}

// stop ends the worker: running calls are hung up.
func (r *running) stop(t testing.TB) {
	t.Helper()
	r.cancel()
	r.wait(t)
}

// wait until the worker has ended by itself.
func (r *running) wait(t testing.TB) {
	t.Helper()
	select {
	case <-r.ended:
		must(t, r.err)
	case <-time.After(30 * time.Second):
		t.Fatal("the worker does not end")
	}
}

// fails waits until the worker has ended by itself and gives the reason.
func (r *running) fails(t testing.TB) error {
	t.Helper()
	select {
	case <-r.ended:
	case <-time.After(limit):
		t.Fatal("the worker does not end")
	}
	err := r.err
	r.err = nil
	return err
}

// calls are the records, in the order in which the calls began.
func (s *scene) calls(t testing.TB) []report.Call {
	t.Helper()
	all, err := s.db.ListCalls(context.WithoutCancel(t.Context()), report.Filter{Limit: 10_000})
	must(t, err)
	slices.SortFunc(all, func(a, b report.Call) int { return a.StartedAt.Compare(b.StartedAt) })
	return all
}

// of are the records of one persona's calls.
func (s *scene) of(t testing.TB, persona string) []report.Call {
	t.Helper()
	i := slices.IndexFunc(s.script.Customers, func(p sim.Persona) bool { return p.Name == persona })
	if i < 0 {
		t.Fatalf("nobody is called %s", persona)
	}
	return slices.DeleteFunc(s.calls(t), func(c report.Call) bool { return string(c.Number) != s.script.Customers[i].Number })
}

// last is the record of a persona's last call.
func (s *scene) last(t testing.TB, persona string) report.Call {
	t.Helper()
	all := s.of(t, persona)
	if len(all) == 0 {
		t.Fatalf("no call of %s is on record", persona)
	}
	return all[len(all)-1]
}

// talking counts calls that have been answered and not ended.
func (s *scene) talking(t testing.TB) int {
	n := 0
	for _, c := range s.calls(t) {
		if !c.AnsweredAt.IsZero() && c.EndedAt.IsZero() {
			n++
		}
	}
	return n
}

// finished waits until a campaign has nobody left to call.
func (s *scene) finished(t testing.TB, id string) {
	t.Helper()
	until(t, "campaign "+id+" is finished", func() bool {
		c, err := s.db.GetCampaign(t.Context(), dialwright.CampaignID(id))
		must(t, err)
		return c.State == campaign.Finished
	})
	counts, err := s.db.Count(t.Context(), dialwright.CampaignID(id))
	must(t, err)
	if len(counts) != 1 || counts[campaign.Done] == 0 {
		t.Errorf("campaign %s is finished, but its contacts are %v", id, counts)
	}
}

// customers are the ids of the customers' channels that our Asterisk has, with
// their states.
func (s *scene) customers(t testing.TB) map[string]string {
	t.Helper()
	all, err := s.hand.ListChannels(t.Context())
	must(t, err)
	found := map[string]string{}
	for _, ch := range all {
		if _, role, _, ok := dialwright.ParseChannelID(ch.ID); ok && role == dialwright.RoleCustomer {
			found[ch.ID] = ch.State
		}
	}
	return found
}

// agree compares our records with the far side's: every try was one call there,
// and nobody was called while another call to them was up.
func (s *scene) agree(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
	defer cancel()
	must(t, s.network.WaitIdle(ctx))
	far := map[string]int{}
	for _, r := range s.network.Recordings() {
		if r.Agent {
			continue
		}
		far[r.Persona]++
		for _, p := range r.Problems {
			t.Errorf("the far side on %s's call %d: %s", r.Persona, r.Call, p)
		}
	}
	for _, p := range s.script.Customers {
		tries, ended := 0, time.Time{}
		for _, c := range s.of(t, p.Name) {
			tries += len(c.Tries)
			if c.EndedAt.IsZero() {
				t.Errorf("%s: call %s has no end", p.Name, c.ID)
			}
			if c.StartedAt.Before(ended) {
				t.Errorf("%s: call %s began while another was running", p.Name, c.ID)
			}
			ended = c.EndedAt
		}
		if tries != far[p.Name] && p.Expect.Attempts > 0 {
			t.Errorf("%s: %d tries on record, %d at the far side", p.Name, tries, far[p.Name])
		}
	}
}

// nothingLeft checks both Asterisks for channels and bridges.
func (s *scene) nothingLeft(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 40*time.Second)
	defer cancel()
	if err := s.network.WaitIdle(ctx); err != nil {
		t.Error(err)
	}
	for side, list := range map[string]func() ([]string, error){
		"far": func() ([]string, error) { return s.network.Leftovers(ctx) },
		"our": func() ([]string, error) { return sim.Leftovers(ctx, s.hand) },
	} {
		if all, err := list(); err != nil || len(all) > 0 {
			t.Errorf("%s Asterisk has left over: %v %v", side, all, err)
		}
	}
}

// until waits for something, by looking.
func until(t testing.TB, what string, is func() bool) {
	t.Helper()
	tick := time.NewTicker(25 * time.Millisecond)
	defer tick.Stop()
	deadline := time.NewTimer(limit)
	defer deadline.Stop()
	for !is() {
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatalf("not within %s: %s", limit, what)
		}
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
