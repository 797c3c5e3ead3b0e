package asteriskconfig

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
)

var (
	// A section's name is also a dial string's part, so it is one plain word.
	word = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,78}$`)
	// Names that pjsip.conf uses itself.
	reserved = []string{"global", "system", "udp", "general", "default"}
	// A host is a name (RFC 1123) or an address.
	hostname = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$`)
	module   = regexp.MustCompile(`^[a-z0-9_]+\.so$`)
	codec    = regexp.MustCompile(`^[a-z0-9]+$`)

	strategies = []string{"ringall", "leastrecent", "fewestcalls", "random", "rrmemory", "rrordered", "linear", "wrandom"}
)

// validate lists everything that is wrong, not only the first.
func (p Params) validate() error {
	v := &problems{}
	v.directories(p.Directories)
	v.address("http bind", p.HTTP.Bind)
	v.port("http", p.HTTP.Port)
	v.address("sip bind", p.SIP.Bind)
	v.port("sip", p.SIP.Port)
	if p.MediaAddress != "" {
		v.address("media address", p.MediaAddress)
	}
	v.port("rtp start", p.RTP.Start)
	v.port("rtp end", p.RTP.End)
	v.when(p.RTP.End-p.RTP.Start < 3, "rtp: %d to %d is not a range of at least four ports", p.RTP.Start, p.RTP.End)
	v.when(!word.MatchString(p.ARI.User), "ari: user %q must be one plain word", p.ARI.User)
	v.when(p.ARI.Password == "", "ari: a password is required")
	v.line("ari: password", p.ARI.Password)
	v.line("music directory", p.MusicDirectory)
	v.when(strings.ContainsAny(p.InboundApp, ",() \t\n"), "inbound application %q must be one word", p.InboundApp)
	v.when(p.MaxFiles < 1024, "open files: %d is too few, 1024 or more", p.MaxFiles)
	v.when(p.MaxCalls < 0, "calls at once: %d is negative", p.MaxCalls)
	v.when(p.SessionLimit < 10, "http: %d connections are too few, 10 or more", p.SessionLimit)
	for _, m := range p.Modules {
		v.when(!module.MatchString(m), "module %q does not look like res_pjsip.so", m)
	}
	endpoints := v.endpoints(p)
	v.queues(p.Queues, endpoints)
	return errors.Join(v.errs...)
}

type problems struct{ errs []error }

func (v *problems) when(bad bool, format string, args ...any) {
	if bad {
		v.errs = append(v.errs, fmt.Errorf(format, args...))
	}
}

func (v *problems) port(what string, n int) {
	v.when(n < 1 || n > 65535, "%s: port %d is not between 1 and 65535", what, n)
}

func (v *problems) address(what, s string) {
	_, err := netip.ParseAddr(s)
	v.when(err != nil, "%s: %q is not an IP address", what, s)
}

// line refuses what would begin another line of the file, and with it a setting
// or a section that nobody wrote.
func (v *problems) line(what, s string) {
	v.when(strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }), "%s: holds a line break or another control character", what)
	v.when(strings.TrimSpace(s) != s, "%s: begins or ends with a space, which Asterisk would drop", what)
	v.when(strings.HasPrefix(s, ">"), "%s: begins with >, which Asterisk would drop", what)
}

func (v *problems) directories(d Directories) {
	all := []string{d.Etc, d.Modules, d.Data, d.Lib, d.Spool, d.Run, d.Log}
	if d == (Directories{}) {
		return
	}
	for _, dir := range all {
		v.when(!strings.HasPrefix(dir, "/"), "directories: %q is not an absolute path; either all seven are set, or none", dir)
		v.line("directories", dir)
	}
	const limit = 107 - len("/asterisk.ctl") // sun_path, unix(7)
	v.when(len(d.Run) > limit, "directories: run directory %q is too long for a socket's path (%d bytes at most)", d.Run, limit)
}

// endpoints checks trunks and agents, and returns the agents' names.
func (v *problems) endpoints(p Params) []string {
	var names, agents []string
	name := func(kind, s string) {
		v.when(!word.MatchString(s) || slices.Contains(reserved, s), "%s: name %q must be one plain word, and none that pjsip.conf uses itself", kind, s)
		v.when(slices.Contains(names, s), "%s %s: the name is taken by another trunk or agent", kind, s)
		names = append(names, s)
	}
	for _, t := range p.Trunks {
		name("trunk", t.Name)
		v.when(!hostname.MatchString(t.Host), "trunk %s: host %q is neither a name nor an address", t.Name, t.Host)
		v.port("trunk "+t.Name, t.Port)
		v.codecs("trunk "+t.Name, t.Codecs)
		v.when(t.MaxChannels < 0, "trunk %s: %d channels are negative", t.Name, t.MaxChannels)
		v.when(t.Register && t.Username == "", "trunk %s: to register takes a username", t.Name)
		for _, s := range []string{t.FromUser, t.FromDomain, t.Username, t.Password} {
			v.line("trunk "+t.Name, s)
		}
		for _, m := range t.Match {
			_, errPrefix := netip.ParsePrefix(m)
			v.when(!hostname.MatchString(m) && errPrefix != nil, "trunk %s: match %q is neither a host nor a network", t.Name, m)
		}
	}
	for _, a := range p.Agents {
		name("agent", a.Name)
		agents = append(agents, a.Name)
		v.codecs("agent "+a.Name, a.Codecs)
		v.when(a.Contact == "" && a.Password == "", "agent %s: needs a contact, or a password to register with", a.Name)
		v.when(a.Contact != "" && !strings.HasPrefix(a.Contact, "sip:") && !strings.HasPrefix(a.Contact, "sips:"), "agent %s: contact %q does not look like sip:anna@192.0.2.7:5060", a.Name, a.Contact)
		for _, s := range []string{a.Contact, a.Username, a.Password} {
			v.line("agent "+a.Name, s)
		}
	}
	return agents
}

func (v *problems) codecs(who string, list []string) {
	for _, c := range list {
		v.when(!codec.MatchString(c), "%s: codec %q does not look like g722, alaw or ulaw", who, c)
	}
}

func (v *problems) queues(queues []Queue, agents []string) {
	var names []string
	for _, q := range queues {
		v.when(!word.MatchString(q.Name) || slices.Contains(reserved, q.Name), "queue: name %q must be one plain word", q.Name)
		v.when(slices.Contains(names, q.Name), "queue %s: defined twice", q.Name)
		names = append(names, q.Name)
		v.when(!slices.Contains(strategies, q.Strategy), "queue %s: strategy %q is none of app_queue's: %s", q.Name, q.Strategy, strings.Join(strategies, ", "))
		for _, m := range q.Members {
			v.when(!slices.Contains(agents, m), "queue %s: member %q is no agent", q.Name, m)
		}
	}
}
