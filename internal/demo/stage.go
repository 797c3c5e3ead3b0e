package demo

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/ari"
	"github.com/dialwright/dialwright/asr"
	"github.com/dialwright/dialwright/asr/pocketsphinx"
	"github.com/dialwright/dialwright/asr/voskserver"
	asteriskconfig "github.com/dialwright/dialwright/asterisk-config"
	"github.com/dialwright/dialwright/campaign"
	"github.com/dialwright/dialwright/compliance"
	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/internal/config"
	"github.com/dialwright/dialwright/internal/worker"
	"github.com/dialwright/dialwright/report"
	"github.com/dialwright/dialwright/sim"
	"github.com/dialwright/dialwright/sim/pbx"
	"github.com/dialwright/dialwright/store"
)

// stage is everything the demo plays on.
type stage struct {
	o         Options
	script    *sim.Script
	network   *sim.Network
	asterisk  *pbx.Instance
	asr       func() error // ends the recogniser
	asrURL    string
	config    *config.Config
	db        *store.DB
	engines   *worker.Engines
	contacts  map[dialwright.ContactID]campaign.Contact
	rehearsed *rehearsal // nil: the demo
}

// setUp builds the stage. Even with an error, what it gives must be closed.
func setUp(ctx context.Context, o Options) (*stage, error) {
	s := &stage{o: o, contacts: map[dialwright.ContactID]campaign.Contact{}}
	var err error
	if s.script, err = sim.LoadFile(o.Personas); err != nil {
		return s, err
	}
	if o.Rehearse != "" {
		if s.rehearsed, err = rehearse(&s.o, s.script); err != nil {
			return s, err
		}
	}
	if err := clearOut(o.Out); err != nil {
		return s, err
	}
	for _, step := range []struct {
		what string
		do   func(context.Context) error
	}{
		{"starting the telephone network: three trunks, customers, agents", s.startNetwork},
		{"starting Dialwright's Asterisk", s.startAsterisk},
		{"starting the recogniser", s.startRecogniser},
		{"writing dialwright.yaml and opening the database", s.openStore},
		{"synthesising the prompts", s.prepare},
		{"importing contacts and starting the campaigns", s.fill},
	} {
		if step.what == "starting the recogniser" && s.rehearsed != nil && !s.rehearsed.speech {
			continue
		}
		began := time.Now()
		if err := step.do(ctx); err != nil {
			return s, fmt.Errorf("%s: %w", step.what, err)
		}
		o.Say("%s … %.1f s", step.what, time.Since(began).Seconds())
	}
	return s, nil
}

// clearOut empties a directory that a former demo made. Another directory
// that holds something is left alone.
func clearOut(dir string) error {
	const marker = "dialwright.yaml"
	entries, err := os.ReadDir(dir)
	if err == nil && len(entries) > 0 {
		if !slices.ContainsFunc(entries, func(e os.DirEntry) bool { return e.Name() == marker }) {
			return fmt.Errorf("%s is not empty and not a former demo's: choose another directory with --out", dir)
		}
		if err := os.RemoveAll(dir); err != nil {
			return fmt.Errorf("clearing the former demo away: %w", err)
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("making the demo's directory: %w", err)
	}
	return nil
}

func (s *stage) startNetwork(ctx context.Context) (err error) {
	s.network, err = sim.Start(ctx, sim.Options{Root: s.o.Root, Script: s.script,
		Recordings: filepath.Join(s.o.Out, "far-side"), Logger: s.o.Logger})
	return err
}

func (s *stage) startAsterisk(ctx context.Context) (err error) {
	s.asterisk, err = pbx.Start(ctx, pbx.Options{Root: s.o.Root, Params: asteriskconfig.Params{
		Trunks: s.network.Trunks(0), Agents: s.network.Agents()}})
	return err
}

func (s *stage) startRecogniser(ctx context.Context) error {
	engine, err := pocketsphinx.New(pocketsphinx.Options{Streams: s.o.Concurrent + 1, Logger: s.o.Logger})
	if err != nil {
		return err
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return errors.Join(err, engine.Close())
	}
	s.asrURL = "ws://" + l.Addr().String()
	serving, cancel := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan error, 1)
	server := voskserver.New(engine, voskserver.Options{Logger: s.o.Logger, MaxStreams: s.o.Concurrent + 1})
	go func() { ended <- server.Serve(serving, l) }()
	s.asr = func() error {
		cancel()
		err := <-ended
		if errors.Is(err, asr.ErrClosed) {
			err = nil
		}
		return errors.Join(err, engine.Close())
	}
	return nil
}

func (s *stage) openStore(ctx context.Context) (err error) {
	path := filepath.Join(s.o.Out, "dialwright.yaml")
	if err := os.WriteFile(path, s.yaml(), 0o600); err != nil {
		return err
	}
	if s.config, err = config.Load(config.Options{Path: path}); err != nil {
		return err
	}
	if s.db, err = store.Open(ctx, string(s.config.Database)); err != nil {
		return err
	}
	if err := s.db.Migrate(ctx); err != nil {
		return err
	}
	s.engines, err = worker.OpenEngines(s.config, s.o.Logger)
	return err
}

// yaml is the configuration, for people who look at the demo afterwards.
func (s *stage) yaml() []byte {
	var b bytes.Buffer
	p := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	flows, err := filepath.Abs(s.o.Flows)
	if err != nil {
		flows = s.o.Flows
	}
	p("# Written by `dialwright demo`: with it, every command shows what the demo did, as in\n#   dialwright -c %s calls list", filepath.Join(s.o.Out, "dialwright.yaml"))
	p("worker: {name: demo, max_calls: %d, poll: 200ms}", s.o.Concurrent)
	p("database: sqlite://dialwright.db")
	p("asterisk: {url: %q, username: %q, password: %q}", s.asterisk.ARIURL, s.asterisk.User, s.asterisk.Password)
	p("media: {recordings: recordings}")
	if s.asrURL == "" { // by keys: nobody is heard
		s.asrURL = "ws://127.0.0.1:9"
	}
	p("asr: {url: %q, languages: [en]}", s.asrURL)
	p("tts: {cache: %q, voices: {en: flite/slt, zh: espeak-ng/cmn}}", promptCache())
	p("compliance: {region: CN, zone: Asia/Shanghai}")
	p("flows: %q", flows)
	p("trunks:")
	for _, t := range s.network.Trunks(0) {
		p("  - {name: %s, endpoint: \"PJSIP/{number}@%s\", capacity: %d, calls_per_second: 8, number_format: digits, codecs: [%s], host: %s, port: %d}",
			t.Name, t.Name, s.o.Concurrent, strings.Join(t.Codecs, ", "), t.Host, t.Port)
	}
	if len(s.script.Agents) > 0 {
		p("agents:")
	}
	for _, a := range s.script.Agents {
		p("  - {name: %s, endpoint: %q, groups: {%s}, wrap_up: 2s, contact: %q}", a.Name, s.network.AgentEndpoint(a.Name),
			strings.Join(s.groups(a), ", "), s.network.AgentContact(a.Name))
	}
	return b.Bytes()
}

// groups of an agent, with levels of skill: in a rehearsal all that the flow
// names.
func (s *stage) groups(a sim.Persona) []string {
	names := []string{groupOf(a)}
	if s.rehearsed != nil && len(s.rehearsed.groups) > 0 {
		names = s.rehearsed.groups
	}
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = fmt.Sprintf("%q: 1", n)
	}
	return out
}

// groupOf is the skill group of an agent: each language has its own.
func groupOf(a sim.Persona) string {
	if a.Language == "zh" {
		return "sales-zh"
	}
	return "sales"
}

// promptCache is shared by all demos, so that the second one starts at once.
func promptCache() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		dir = os.TempDir()
	}
	return filepath.Join(dir, "dialwright", "prompts")
}

func (s *stage) prepare(ctx context.Context) error {
	for _, c := range s.campaigns() {
		flow, err := dialog.Load(filepath.Join(s.o.Flows, c.Flow))
		if err != nil {
			return err
		}
		if err := worker.PreparePrompts(ctx, s.engines.Voice, flow, nil); err != nil {
			return err
		}
	}
	return nil
}

// campaigns are the demo's two: English by speech, Mandarin by keys.
func (s *stage) campaigns() []campaign.Campaign {
	again := campaign.RetryRule{After: 3 * time.Second}
	base := campaign.Campaign{
		Caps: []compliance.Cap{{Max: 5, Within: time.Hour}, {Max: 20, Within: 24 * time.Hour}},
		Zone: noonZone(time.Now()), Region: "CN", CallsPerSecond: 4, RingTimeout: 7 * time.Second, MaxDuration: 2 * time.Minute,
		MaxAttempts: 2, Retry: campaign.RetryPolicy{dialwright.Busy: again, dialwright.NoAnswer: again, dialwright.Unknown: again},
		VoicemailPolicy: campaign.VoicemailMessage, CallerID: "+862160000000",
	}
	if r := s.rehearsed; r != nil {
		base.ID, base.List, base.Flow, base.Trunks, base.MaxConcurrent = "rehearsal", "customers", r.flow, r.trunks, s.o.Concurrent
		return []campaign.Campaign{base.WithDefaults()}
	}
	en, zh := base, base
	en.ID, en.List, en.Flow, en.Trunks = "renewal", "customers-en", "renewal", []string{sim.TrunkA, sim.TrunkB}
	zh.ID, zh.List, zh.Flow, zh.Trunks = "renewal-zh", "customers-zh", "renewal-zh", []string{sim.TrunkKeys}
	en.MaxConcurrent, zh.MaxConcurrent = s.o.Concurrent, 3
	return []campaign.Campaign{en.WithDefaults(), zh.WithDefaults()}
}

// noonZone is the zone in which it is about noon: a demo must be able to call
// at any hour, and the legal hours hold for it as for everybody.
func noonZone(now time.Time) string {
	switch offset := 12 - now.UTC().Hour(); { // POSIX names count west
	case offset < 0:
		return fmt.Sprintf("Etc/GMT+%d", -offset)
	case offset > 0:
		return fmt.Sprintf("Etc/GMT-%d", offset)
	}
	return "Etc/GMT"
}

// fill imports the contacts and starts the campaigns.
func (s *stage) fill(ctx context.Context) error {
	for _, c := range s.campaigns() {
		path := filepath.Join(s.o.Out, c.List+".csv")
		if err := os.WriteFile(path, s.contactFile(c), 0o644); err != nil {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		got, err := campaign.Import(ctx, f, campaign.ImportOptions{List: c.List, Region: c.Region}, s.db)
		if err = errors.Join(err, f.Close()); err != nil {
			return err
		}
		if got.Rejected > 0 {
			return fmt.Errorf("%d of %d contacts of %s were rejected", got.Rejected, got.Rows, path)
		}
		if err := s.db.CreateCampaign(ctx, c, time.Now()); err != nil {
			return err
		}
		if _, err := s.db.OrderCampaign(ctx, c.ID, campaign.Start, "demo", time.Now()); err != nil {
			return err
		}
		people, err := s.db.ContactPage(ctx, c.List, "", 10_000)
		if err != nil {
			return err
		}
		for _, p := range people {
			s.contacts[p.ID] = p
		}
	}
	return nil
}

// contactFile is the CSV file of a campaign's customers.
func (s *stage) contactFile(c campaign.Campaign) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	fields := map[string]bool{}
	for _, p := range s.script.Customers {
		for name := range p.Contact {
			fields[name] = true
		}
	}
	names := slices.Sorted(maps.Keys(fields))
	_ = w.Write(append([]string{"name", "number", "zone"}, names...)) // a buffer takes everything
	for _, p := range s.script.Customers {
		if s.rehearsed != nil || (p.Language == "zh") == (c.ID == "renewal-zh") {
			row := []string{p.Name, p.Number, c.Zone}
			for _, name := range names {
				row = append(row, p.Contact[name])
			}
			_ = w.Write(row)
		}
	}
	w.Flush()
	return b.Bytes()
}

func (s *stage) calls(ctx context.Context) ([]report.Call, error) {
	return s.db.ListCalls(ctx, report.Filter{Limit: 10_000})
}

// ours lists what our Asterisk still has.
func (s *stage) ours(ctx context.Context) []string {
	c, err := ari.Dial(ctx, ari.Options{URL: s.asterisk.ARIURL, Username: s.asterisk.User, Password: s.asterisk.Password, App: "leftovers"})
	if err != nil {
		return []string{err.Error()}
	}
	all, err := sim.Leftovers(ctx, c)
	if err = errors.Join(err, c.Close()); err != nil {
		all = append(all, err.Error())
	}
	return all
}

// close takes the stage down, in the opposite order.
func (s *stage) close() error {
	var errs []error
	if s.engines != nil {
		errs = append(errs, s.engines.Close())
	}
	if s.db != nil {
		errs = append(errs, s.db.Close())
	}
	if s.asr != nil {
		errs = append(errs, s.asr())
	}
	pids := map[string]int{}
	if s.asterisk != nil {
		pids["Asterisk"] = s.asterisk.PID()
		errs = append(errs, s.asterisk.Close())
	}
	if s.network != nil {
		pids["the network's Asterisk"] = s.network.PID()
		errs = append(errs, s.network.Close())
	}
	for _, name := range slices.Sorted(maps.Keys(pids)) {
		if pids[name] != 0 && alive(pids[name]) {
			errs = append(errs, fmt.Errorf("process %d of %s is still there", pids[name], name))
		}
	}
	return errors.Join(errs...)
}

func alive(pid int) bool {
	_, err := os.Stat(fmt.Sprintf("/proc/%d", pid))
	return err == nil
}
