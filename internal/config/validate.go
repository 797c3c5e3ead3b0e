package config

import (
	"fmt"
	"net"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dialwright/dialwright/compliance"
	"github.com/nyaruka/phonenumbers"
)

// nameRE is what names may look like: they stand in Asterisk's configuration,
// in channel names and in Stasis applications.
var nameRE = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)

// bad reports a value that was read but cannot be used, at the place it (or
// the nearest section around it) was set.
func (l *loader) bad(key, hint, format string, args ...any) {
	at, near := place{}, key
	for {
		if p, ok := l.places[near]; ok {
			at = p
			break
		}
		i := strings.LastIndexByte(near, '.')
		if i < 0 {
			break
		}
		near = near[:i]
	}
	if at.file == "" {
		at.file = l.file
	}
	l.problem(at, key, hint, "%s: %s", key, fmt.Sprintf(format, args...))
}

// failed tells whether something at or under key could not even be read.
func (l *loader) failed(key string) bool {
	return slices.ContainsFunc(l.problems, func(p Problem) bool {
		return p.Key == key || strings.HasPrefix(p.Key, key+".")
	})
}

func (l *loader) oneOf(key, got string, allowed ...string) {
	if !slices.Contains(allowed, got) {
		hint := didYouMean(got, allowed)
		if !strings.HasPrefix(hint, "did you mean") {
			hint = "" // the message lists them already
		}
		l.bad(key, hint, "%q is not one of %s", got, strings.Join(allowed, ", "))
	}
}

func (l *loader) within(key string, got, least, most int) {
	if got < least || got > most {
		l.bad(key, "", "%d is not within %d and %d", got, least, most)
	}
}

func (l *loader) period(key string, got, least, most time.Duration) {
	if got < least || got > most {
		l.bad(key, "", "%s is not within %s and %s", got, least, most)
	}
}

func (l *loader) address(key, got string, emptyOK bool) {
	if got == "" && emptyOK {
		return
	}
	host, port, err := net.SplitHostPort(got)
	n, perr := strconv.Atoi(port)
	if err != nil || perr != nil || n < 0 || n > 65535 || strings.ContainsAny(host, " /") {
		l.bad(key, "", "%q is not an address like 127.0.0.1:8080", got)
	}
}

func (l *loader) validate(c *Config) {
	l.validateWorker(c)
	l.validateEngines(c)
	l.validateNLU(c)
	l.validateTrunks(c.Trunks)
	l.validateAgents(c)
	l.validateCompliance(&c.Compliance)
	l.validateServices(&c.Services)
	l.validateHTTP(&c.HTTP)
	l.oneOf("log.level", c.Log.Level, "trace", "debug", "info", "warn", "error")
	l.oneOf("log.format", c.Log.Format, "console", "json")
	l.period("drain.limit", c.Drain.Limit, 0, 24*time.Hour)
	if c.Flows == "" {
		l.bad("flows", "name the directory of the flow files", "is empty")
	}
}

func (l *loader) validateWorker(c *Config) {
	if !nameRE.MatchString(c.Worker.Name) {
		l.bad("worker.name", "letters, digits, - and _", "%q cannot stand in a Stasis application's name", c.Worker.Name)
	}
	l.within("worker.max_calls", c.Worker.MaxCalls, 1, 100_000)
	l.period("worker.poll", c.Worker.Poll, 50*time.Millisecond, time.Minute)
	scheme, rest, ok := strings.Cut(string(c.Database), "://")
	if !ok || rest == "" || !slices.Contains([]string{"sqlite", "postgres", "postgresql"}, scheme) {
		l.bad("database", "sqlite://dialwright.db or postgres://user@host/name", "%q is not a database's address", c.Database)
	}
	a := &c.Asterisk
	if err := checkURL(a.URL, "http", "https"); err != nil {
		l.bad("asterisk.url", "", "%v", err)
	}
	if a.Username == "" || strings.ContainsAny(a.Username, ": \t") {
		l.bad("asterisk.username", "", "%q must be one word without a colon", a.Username)
	}
	l.period("asterisk.request_timeout", a.RequestTimeout, 100*time.Millisecond, time.Minute)
	l.period("asterisk.max_call", a.MaxCall, 10*time.Second, 24*time.Hour)
	l.period("asterisk.max_ring", a.MaxRing, 5*time.Second, 3*time.Minute)
	l.address("asterisk.sip_listen", a.SIPListen, false)
	if _, err := netip.ParseAddr(a.MediaAddress); a.MediaAddress != "" && err != nil {
		l.bad("asterisk.media_address", "", "%q is not an IP address", a.MediaAddress)
	}
	if listen, err := netip.ParseAddrPort(c.Media.Listen); err != nil || listen.Addr().IsUnspecified() {
		l.bad("media.listen", "as in 127.0.0.1:0", "%q is not an IP address of this machine with a port", c.Media.Listen)
	}
	l.oneOf("media.format", c.Media.Format, "slin16", "ulaw", "alaw")
}

func (l *loader) validateEngines(c *Config) {
	l.oneOf("asr.engine", c.ASR.Engine, "vosk")
	if err := checkURL(c.ASR.URL, "ws", "wss"); err != nil {
		l.bad("asr.url", "", "%v", err)
	}
	l.within("asr.alternatives", c.ASR.Alternatives, 0, 8) // as many as an engine gives
	if c.TTS.Cache == "" {
		l.bad("tts.cache", "name a directory", "is empty")
	}
	l.within("tts.workers", c.TTS.Workers, 1, 256)
	l.period("tts.timeout", c.TTS.Timeout, time.Second, 10*time.Minute)
	for language, voice := range c.TTS.Voices {
		key := "tts.voices." + language
		engine, name, ok := strings.Cut(voice, "/")
		if !ok || name == "" {
			l.bad(key, "as in flite/slt or espeak-ng/cmn", "%q is not engine/voice", voice)
			continue
		}
		l.oneOf(key, engine, "flite", "espeak-ng")
	}
}

func (l *loader) validateNLU(c *Config) {
	l.oneOf("nlu.engine", c.NLU.Engine, "embedded", "rasa", "llm")
	l.period("nlu.timeout", c.NLU.Timeout, 50*time.Millisecond, 5*time.Second)
	switch {
	case c.NLU.Engine == "rasa":
		l.web("nlu.url", c.NLU.URL, false)
	case c.NLU.Engine == "llm" && c.Services.LLM.URL == "":
		l.bad("nlu.engine", "set services.llm.url and services.llm.model", "llm needs the language model of services.llm")
	}
}

func (l *loader) codecs(key string, codecs []string) {
	for _, codec := range codecs {
		l.oneOf(key, codec, "g722", "alaw", "ulaw", "slin16", "slin", "opus", "g729")
	}
}

// named reports entries without a usable name, and names used twice.
func (l *loader) named(list, name string, i int, seen map[string]bool) string {
	key := join(list, name)
	if !nameRE.MatchString(name) {
		key = join(list, strconv.Itoa(i))
		l.bad(key, "letters, digits, - and _, at most 64", "the name %q cannot be used", name)
	} else if seen[name] {
		key = join(list, strconv.Itoa(i))
		l.bad(key, "", "two entries have the name %q", name)
	}
	seen[name] = true
	return key
}

func (l *loader) validateTrunks(trunks []Trunk) {
	seen := map[string]bool{}
	for i, t := range trunks {
		key := l.named("trunks", t.Name, i, seen)
		if !strings.Contains(t.Endpoint, "{number}") || !strings.Contains(t.Endpoint, "/") {
			l.bad(key+".endpoint", "as in PJSIP/{number}@"+t.Name, "%q is not a dial string with {number} in it", t.Endpoint)
		}
		l.within(key+".capacity", t.Capacity, 1, 100_000)
		if t.CallsPerSecond <= 0 || t.CallsPerSecond > 10_000 {
			l.bad(key+".calls_per_second", "", "%v is not within 0 and 10000", t.CallsPerSecond)
		}
		l.oneOf(key+".number_format", t.NumberFormat, "e164", "digits", "national")
		l.within(key+".port", t.Port, 1, 65535)
		l.codecs(key+".codecs", t.Codecs)
		for field, s := range map[string]string{"caller_id": t.CallerID, "host": t.Host, "username": t.Username} {
			l.oneLine(key+"."+field, s)
		}
	}
}

// oneLine refuses what would break out of a line of Asterisk's configuration.
func (l *loader) oneLine(key, s string) {
	if strings.ContainsAny(s, "\r\n;[]") {
		l.bad(key, "", "%q holds a line end, a semicolon or a bracket", s)
	}
}

func (l *loader) validateAgents(c *Config) {
	seen := map[string]bool{}
	for i, a := range c.Agents {
		key := l.named("agents", a.Name, i, seen)
		if !strings.Contains(a.Endpoint, "/") {
			l.bad(key+".endpoint", "as in PJSIP/"+a.Name, "%q is not a dial string", a.Endpoint)
		}
		for group, weight := range a.Groups {
			if !nameRE.MatchString(group) {
				l.bad(key+".groups", "letters, digits, - and _", "the skill group %q cannot be used", group)
			}
			l.within(key+".groups."+group, weight, 1, 1000)
		}
		l.period(key+".wrap_up", a.WrapUp, 0, time.Hour)
		l.codecs(key+".codecs", a.Codecs)
		l.oneLine(key+".contact", a.Contact)
		l.oneLine(key+".username", a.Username)
	}
	known := make([]string, 0, len(c.Agents))
	for _, a := range c.Agents {
		known = append(known, a.Name)
	}
	seen = map[string]bool{}
	for i, q := range c.Queues {
		key := l.named("queues", q.Name, i, seen)
		l.oneOf(key+".strategy", q.Strategy, "ringall", "leastrecent", "fewestcalls", "random", "rrmemory", "rrordered", "linear", "wrandom")
		for _, m := range q.Members {
			if !slices.Contains(known, m) {
				l.bad(key+".members", didYouMean(m, known), "there is no agent %q", m)
			}
		}
	}
}

func (l *loader) validateCompliance(c *Compliance) {
	if c.Region != "" && !phonenumbers.GetSupportedRegions()[c.Region] {
		l.bad("compliance.region", "two capital letters as in CN, US, GB", "%q is not a country with a numbering plan", c.Region)
	}
	if c.Zone != "" {
		if _, err := time.LoadLocation(c.Zone); err != nil || c.Zone == "Local" {
			l.bad("compliance.zone", "an IANA name as in Asia/Shanghai", "%q is not a known time zone", c.Zone)
		}
	}
	for i, limit := range c.Caps {
		l.within(fmt.Sprintf("compliance.caps.%d.max", i), limit.Max, 1, 1000)
		l.period(fmt.Sprintf("compliance.caps.%d.within", i), limit.Within, time.Second, 366*24*time.Hour)
	}
	if rules := (compliance.Rules{Hours: c.Hours, Legal: c.Legal}); !l.failed("compliance") {
		if err := rules.Check(); err != nil {
			l.bad("compliance", "", "%v", err)
		}
	}
}

var hostRE = regexp.MustCompile(`^(\*\.)?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?$`)

func (l *loader) validateServices(s *Services) {
	for i, h := range s.Hosts {
		if !hostRE.MatchString(h) {
			l.bad("services.hosts."+strconv.Itoa(i), "as in crm.example.com, *.example.com or 127.0.0.1:8080", "%q is not a host", h)
		}
	}
	l.web("services.crm.url", s.CRM.URL, true)
	seen := map[string]bool{}
	for i, x := range s.Senders {
		key := l.named("services.senders", x.Name, i, seen)
		l.web(key+".url", x.URL, false)
	}
	l.web("services.llm.url", s.LLM.URL, true)
	if s.LLM.URL != "" && s.LLM.Model == "" {
		l.bad("services.llm.model", "name the model that the server has", "is empty")
	}
	for key, price := range map[string]float64{"input_price": s.LLM.InputPrice, "output_price": s.LLM.OutputPrice} {
		if price < 0 || price > 1e6 {
			l.bad("services.llm."+key, "", "%v is not within 0 and 1000000", price)
		}
	}
}

func (l *loader) web(key, address string, emptyOK bool) {
	if address == "" && emptyOK {
		return
	}
	if err := checkURL(address, "http", "https"); err != nil {
		l.bad(key, "", "%v", err)
	}
}

func (l *loader) validateHTTP(h *HTTP) {
	l.address("http.listen", h.Listen, true)
	host, _, err := net.SplitHostPort(h.Listen)
	if err != nil || h.Token != "" {
		return
	}
	addr, err := netip.ParseAddr(host)
	if host != "localhost" && (err != nil || !addr.IsLoopback()) {
		l.bad("http.token", "set http.token or http.token_file", "must be set when http.listen (%s) can be reached from elsewhere", h.Listen)
	}
}
