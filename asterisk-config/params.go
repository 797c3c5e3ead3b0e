package asteriskconfig

import "time"

// Params is all that the templates ask about. Zero values mean what the
// fields' comments say; Render reports what is missing or malformed.
type Params struct {
	Directories    Directories   // zero: Asterisk's built-in directories
	HTTP           HTTP          // where ARI listens
	ARI            ARI           // who may use it
	SIP            Listen        // pjsip's UDP transport
	MediaAddress   string        // put into SDP; empty: Asterisk looks its host name up
	RTP            Ports         // default 10000 to 20000
	MaxFiles       int           // open files; default 65536
	MaxCalls       int           // calls at once that Asterisk lets in; 0: no limit
	Modules        []string      // loaded besides Modules()
	Trunks         []Trunk       // ways out to the telephone network
	Agents         []Agent       // telephones of human agents
	Queues         []Queue       // queues of app_queue
	InboundApp     string        // Stasis application of calls that come in; empty: they are refused
	MusicDirectory string        // hold music; default: moh below Directories.Etc, else moh/dialwright
	SessionLimit   int           // HTTP connections at once; default 2000
	Qualify        time.Duration // default of Trunk.Qualify; 0: trunks are not asked
}

// Directories are an instance's own. Either all are set, or none.
type Directories struct {
	Etc     string // configuration
	Modules string // *.so
	Data    string // sounds, documentation, the description of ARI
	Lib     string // the internal database
	Spool   string // recordings
	Run     string // pid file and control socket; a short path, a socket's has 108 bytes
	Log     string
}

// HTTP is where ARI listens.
type HTTP struct {
	Bind         string // default 127.0.0.1
	Port         int    // default 8088
	SessionLimit int    // filled from Params.SessionLimit
}

// ARI is the user that Dialwright signs on as.
type ARI struct {
	User     string // default dialwright
	Password string // required
}

// Listen is a UDP address.
type Listen struct {
	Bind string // default 127.0.0.1
	Port int    // default 5060
}

// Ports is a range of UDP ports, both ends included.
type Ports struct{ Start, End int }

// Trunk is one way out: a SIP peer at a fixed address.
type Trunk struct {
	Name          string   // also the endpoint's: PJSIP/number@Name
	Host          string   // name or address
	Port          int      // default 5060
	Codecs        []string // default g722, alaw, ulaw
	MaxChannels   int      // 0: no limit
	FromUser      string   // user part of From; empty: the caller id
	FromDomain    string
	Username      string // for peers that want digest authentication
	Password      string
	Register      bool          // tell the peer where we are
	Match         []string      // addresses whose calls are this trunk's
	SessionTimers bool          // RFC 4028; many simple peers answer re-INVITEs badly
	Qualify       time.Duration // between two OPTIONS; 0: Params.Qualify
}

// Agent is the telephone of one human agent.
type Agent struct {
	Name     string   // also the endpoint's: PJSIP/Name
	Contact  string   // sip:anna@192.0.2.7:5060; empty: the telephone registers
	Username string   // default: Name
	Password string   // required of a telephone that registers
	Codecs   []string // default g722, alaw, ulaw
}

// Queue is a queue of app_queue.
type Queue struct {
	Name        string
	Strategy    string        // default rrmemory
	Members     []string      // agents, by name
	RingTimeout time.Duration // of one member; default 15 s
	WrapUp      time.Duration // a member's pause after each call
}

// withDefaults returns a copy in which everything that has a default is set.
func (p Params) withDefaults() Params {
	text(&p.HTTP.Bind, "127.0.0.1")
	number(&p.HTTP.Port, 8088)
	number(&p.SessionLimit, 2000)
	p.HTTP.SessionLimit = p.SessionLimit
	text(&p.ARI.User, "dialwright")
	text(&p.SIP.Bind, "127.0.0.1")
	number(&p.SIP.Port, 5060)
	if p.RTP == (Ports{}) {
		p.RTP = Ports{Start: 10000, End: 20000}
	}
	number(&p.MaxFiles, 65536)
	p.Modules = append(Modules(), p.Modules...)
	if p.MusicDirectory == "" {
		p.MusicDirectory = "moh/dialwright" // Asterisk takes it below its data directory
		if p.Directories.Etc != "" {
			p.MusicDirectory = p.Directories.Etc + "/moh"
		}
	}
	p.Trunks = append([]Trunk(nil), p.Trunks...)
	for i := range p.Trunks {
		t := &p.Trunks[i]
		number(&t.Port, 5060)
		codecs(&t.Codecs)
		number(&t.Qualify, p.Qualify)
	}
	p.Agents = append([]Agent(nil), p.Agents...)
	for i := range p.Agents {
		text(&p.Agents[i].Username, p.Agents[i].Name)
		codecs(&p.Agents[i].Codecs)
	}
	p.Queues = append([]Queue(nil), p.Queues...)
	for i := range p.Queues {
		text(&p.Queues[i].Strategy, "rrmemory")
		number(&p.Queues[i].RingTimeout, 15*time.Second)
	}
	return p
}

func text(s *string, def string) {
	if *s == "" {
		*s = def
	}
}

func number[T int | time.Duration](n *T, def T) {
	if *n == 0 {
		*n = def
	}
}

func codecs(c *[]string) {
	if len(*c) == 0 {
		*c = []string{"g722", "alaw", "ulaw"}
	}
}
