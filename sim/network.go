package sim

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	ariv6 "github.com/CyCoreSystems/ari/v6"
	"github.com/dialwright/dialwright/ari"
	asteriskconfig "github.com/dialwright/dialwright/asterisk-config"
	"github.com/dialwright/dialwright/sim/pbx"
	"github.com/rs/zerolog"
)

// Options say what network to start.
type Options struct {
	Root       string // of Asterisk; default: pbx.FindRoot()
	Script     *Script
	Recordings string // directory of the far side's recordings; required
	Voices     string // cache of synthesised sentences; default: in the user's cache directory
	RTPPorts   int    // default 480: 120 calls at once
	Logger     zerolog.Logger
}

// Network is a running telephone network.
type Network struct {
	script *Script
	dir    string
	log    zerolog.Logger
	far    *pbx.Instance
	ari    *ari.Client
	lib    *library

	ctx    context.Context // ends all calls
	cancel context.CancelFunc
	wg     sync.WaitGroup

	mu      sync.Mutex       // guards what follows
	calls   map[string]*call // by channel id
	seen    map[string]bool  // channel ids that were taken
	count   map[string]int   // of calls taken, by persona
	records []Recording
	idle    chan struct{} // closed while no call runs
	closed  bool
}

// Start starts the network: its Asterisk, its voices, its people. Close it.
func Start(ctx context.Context, o Options) (*Network, error) {
	if o.Script == nil || o.Recordings == "" {
		return nil, errors.New("sim: a script and a directory for recordings are required")
	}
	if err := os.MkdirAll(o.Recordings, 0o755); err != nil {
		return nil, fmt.Errorf("sim: make the directory of recordings: %w", err)
	}
	if o.Voices == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return nil, fmt.Errorf("sim: find a place for voices: %w", err)
		}
		o.Voices = filepath.Join(cache, "dialwright", "voices")
	}
	far, err := pbx.Start(ctx, pbx.Options{
		Root: o.Root, RTPPorts: o.RTPPorts, Files: farFiles,
		Params: asteriskconfig.Params{Modules: []string{"res_convert.so"}}, // file convert
	})
	if err != nil {
		return nil, fmt.Errorf("sim: %w", err)
	}
	n := &Network{script: o.Script, dir: o.Recordings, log: o.Logger, far: far, calls: map[string]*call{}, seen: map[string]bool{}, count: map[string]int{}, idle: closedChan()}
	n.ctx, n.cancel = context.WithCancel(context.WithoutCancel(ctx))
	v := &voices{dir: o.Voices, pbx: far}
	if n.lib, err = v.prepare(ctx, o.Script); err != nil {
		return nil, errors.Join(err, n.Close())
	}
	n.ari, err = ari.Dial(ctx, ari.Options{URL: far.ARIURL, Username: far.User, Password: far.Password, App: app, Logger: o.Logger})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("sim: %w", err), n.Close())
	}
	n.wg.Go(n.listen)
	return n, nil
}

func closedChan() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}

// listen takes the calls that come in.
func (n *Network) listen() {
	for ev := range n.ari.Unclaimed() {
		switch v := ev.V6.(type) {
		case *ariv6.StasisStart:
			if len(v.Args) == 1 && strings.HasPrefix(v.Args[0], "sip:") {
				n.take(v.Channel.ID, v.Args[0], v.Channel.Caller.Number)
			}
		case *ariv6.StasisEnd, *ariv6.ChannelDestroyed:
			// It overtook the registration of the call's watch.
			n.mu.Lock()
			if c := n.calls[ev.ChannelID]; c != nil {
				c.gone()
			}
			n.mu.Unlock()
		}
	}
}

// take starts a call on its own goroutine.
func (n *Network) take(channel, uri, from string) {
	user, line := n.where(uri)
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed {
		return // Close ends the channel with its Asterisk
	}
	if n.seen[channel] {
		return // told a second time, as after a gap in the events
	}
	n.seen[channel] = true
	c := &call{net: n, watch: n.ari.Channel(channel), channel: channel, rec: Recording{Channel: channel, Number: user, Trunk: line, Caller: from}}
	c.ctx, c.cancel = context.WithCancel(n.ctx)
	c.persona, c.steps = n.who(user, line, &c.rec)
	if len(n.calls) == 0 {
		n.idle = make(chan struct{})
	}
	n.calls[channel] = c
	n.wg.Go(func() {
		c.run()
		n.mu.Lock()
		defer n.mu.Unlock()
		delete(n.calls, channel)
		n.records = append(n.records, c.rec)
		if len(n.calls) == 0 {
			close(n.idle)
		}
	})
}

// where splits sip:user@127.0.0.1:port into whom was called and over which line.
func (n *Network) where(uri string) (user, line string) {
	u, err := url.Parse(strings.Replace(uri, "sip:", "sip://", 1))
	if err != nil || u.User == nil {
		return uri, ""
	}
	_, portText, err := net.SplitHostPort(u.Host)
	if err != nil {
		return u.User.Username(), ""
	}
	port, err := strconv.Atoi(portText)
	if err != nil {
		return u.User.Username(), ""
	}
	for i, name := range lines() {
		if n.far.Extra[i] == port {
			line = name
		}
	}
	return u.User.Username(), line
}

// who finds the persona and what it does this time. The caller holds mu.
func (n *Network) who(user, line string, rec *Recording) (*Persona, []Step) {
	p := n.find(user, line)
	if p == nil {
		return nil, []Step{{Kind: RefuseStep, Refusal: "invalid_number"}}
	}
	rec.Persona, rec.Agent = p.Name, line == agentsLine
	if slices.Contains(p.Congested, line) {
		rec.Congested = true
		return p, []Step{{Kind: RefuseStep, Refusal: "congestion"}}
	}
	for _, other := range n.calls {
		if other.persona == p && !other.rec.Congested {
			rec.problem("called while already in a call")
			return p, []Step{{Kind: RefuseStep, Refusal: "busy"}}
		}
	}
	steps := p.call(n.count[p.Name])
	n.count[p.Name]++
	rec.Call = n.count[p.Name]
	return p, steps
}

func (n *Network) find(user, line string) *Persona {
	if line == agentsLine {
		for i := range n.script.Agents {
			if n.script.Agents[i].Name == user {
				return &n.script.Agents[i]
			}
		}
		return nil
	}
	for i := range n.script.Customers {
		p := &n.script.Customers[i]
		if (p.Trunk == "keys") == (line == TrunkKeys) && sameNumber(p.Number, user) {
			return p
		}
	}
	return nil
}

// sameNumber compares as a carrier does: with or without +, international
// prefix, or country code and trunk zero.
func sameNumber(persona, dialled string) bool {
	a, b := digits(persona), strings.TrimLeft(digits(dialled), "0")
	return a == b || len(b) >= 7 && strings.HasSuffix(a, b)
}

// Recordings returns what the far side has on record of the calls that are
// over, in the order of their ends.
func (n *Network) Recordings() []Recording {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.records)
}

// WaitIdle returns when no call is up, and everything about those that were is
// on record.
func (n *Network) WaitIdle(ctx context.Context) error {
	n.mu.Lock()
	idle := n.idle
	n.mu.Unlock()
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("sim: calls are still up: %w", context.Cause(ctx))
	}
}

// Warnings returns what the far side's Asterisk complained about.
func (n *Network) Warnings() ([]string, error) { return n.far.Warnings() }

// PID is the process id of the far side's Asterisk.
func (n *Network) PID() int { return n.far.PID() }

// Leftovers lists the channels and bridges that the far side still has.
func (n *Network) Leftovers(ctx context.Context) ([]string, error) { return Leftovers(ctx, n.ari) }

// Leftovers lists the channels and bridges that an Asterisk still has.
func Leftovers(ctx context.Context, c *ari.Client) ([]string, error) {
	channels, err := c.ListChannels(ctx)
	if err != nil {
		return nil, fmt.Errorf("look for leftovers: %w", err)
	}
	bridges, err := c.ListBridges(ctx)
	if err != nil {
		return nil, fmt.Errorf("look for leftovers: %w", err)
	}
	var all []string
	for _, ch := range channels {
		all = append(all, fmt.Sprintf("channel %s (%s, %s)", ch.ID, ch.Name, ch.State))
	}
	for _, b := range bridges {
		all = append(all, fmt.Sprintf("bridge %s (%s, %d channels)", b.ID, b.Name, len(b.ChannelIDs)))
	}
	return all, nil
}

// Close hangs everybody up, stops the far side's Asterisk, and returns when
// nothing of it is left. It may be called again.
func (n *Network) Close() error {
	n.mu.Lock()
	n.closed = true
	n.mu.Unlock()
	n.cancel()
	n.waitCalls()
	var err error
	if n.ari != nil {
		err = n.ari.Close() // ends listen
	}
	n.wg.Wait()
	return errors.Join(err, n.far.Close())
}

// waitCalls lets the calls hang up while ARI is still there.
func (n *Network) waitCalls() {
	n.mu.Lock()
	idle := n.idle
	n.mu.Unlock()
	<-idle // a call's own end is bounded
}
