package config

import (
	"time"

	"github.com/dialwright/dialwright/compliance"
)

// Config is everything dialwright.yaml may say. Load fills it; what the file
// leaves out has its default. Paths are relative to the working directory or
// absolute, whatever the file's own place was.
type Config struct {
	Worker     Worker     `yaml:"worker"`
	Database   DSN        `yaml:"database"` // sqlite://path or postgres://…
	Asterisk   Asterisk   `yaml:"asterisk"`
	Media      Media      `yaml:"media"`
	ASR        ASR        `yaml:"asr"`
	TTS        TTS        `yaml:"tts"`
	NLU        NLU        `yaml:"nlu"`
	Trunks     []Trunk    `yaml:"trunks"`
	Agents     []Agent    `yaml:"agents"`
	Queues     []Queue    `yaml:"queues"`
	Compliance Compliance `yaml:"compliance"`
	Services   Services   `yaml:"services"`
	HTTP       HTTP       `yaml:"http"`
	Log        Log        `yaml:"log"`
	Drain      Drain      `yaml:"drain"`
	Flows      Path       `yaml:"flows"` // directory of flow files

	origins map[string]string // key path to where its value came from
}

// Worker is this process.
type Worker struct {
	Name     string        `yaml:"name"`      // stands in Stasis application names; default: the host's name
	MaxCalls int           `yaml:"max_calls"` // calls at once, over all campaigns
	Poll     time.Duration `yaml:"poll"`      // how often the database is asked for changed orders
}

// Asterisk is the one this worker drives.
type Asterisk struct {
	URL            string        `yaml:"url"` // ARI root, http://127.0.0.1:8088/ari
	Username       string        `yaml:"username"`
	Password       Secret        `yaml:"password"`
	RequestTimeout time.Duration `yaml:"request_timeout"` // of one REST request
	MaxCall        time.Duration `yaml:"max_call"`        // absolute limit of a call, enforced by Asterisk itself
	MaxRing        time.Duration `yaml:"max_ring"`        // an outbound try rings no longer

	// What only `dialwright asterisk config` reads.
	SIPListen    string `yaml:"sip_listen"`    // address of pjsip's UDP transport
	RTPPorts     Ports  `yaml:"rtp_ports"`     // as in 10000-20000
	MediaAddress string `yaml:"media_address"` // announced in SDP; empty: Asterisk chooses
}

// Media is the audio between Asterisk and this worker.
type Media struct {
	Listen     string `yaml:"listen"`     // UDP address of the RTP socket; port 0: any
	Format     string `yaml:"format"`     // slin16 (wideband in, µ-law out), ulaw or alaw
	Recordings Path   `yaml:"recordings"` // directory of the WAV files; empty: do not record
}

// ASR is the recogniser.
type ASR struct {
	Engine    string   `yaml:"engine"`    // vosk: whatever speaks the Vosk websocket protocol
	URL       string   `yaml:"url"`       // ws://127.0.0.1:2700
	Languages []string `yaml:"languages"` // those it understands; flows in others take keys only
	// Alternatives is how many other transcripts it is asked for; 0: none
	Alternatives int `yaml:"alternatives"`
}

// TTS is the synthesiser.
type TTS struct {
	Cache   Path              `yaml:"cache"`   // directory of synthesised prompts
	Voices  map[string]string `yaml:"voices"`  // language to engine/voice: en to flite/slt
	Workers int               `yaml:"workers"` // synthesiser processes at once
	Timeout time.Duration     `yaml:"timeout"` // of one synthesis
}

// NLU is what understands customers.
type NLU struct {
	Engine  string        `yaml:"engine"`  // embedded, rasa or llm (the model of services.llm)
	URL     string        `yaml:"url"`     // rasa: its root, http://127.0.0.1:5005
	Token   Secret        `yaml:"token"`   // rasa
	Timeout time.Duration `yaml:"timeout"` // then the embedded engine decides
}

// Trunk is a way out to the telephone network.
type Trunk struct {
	Name           string  `yaml:"name"`
	Endpoint       string  `yaml:"endpoint"`         // dial string; {number} stands for the number
	Capacity       int     `yaml:"capacity"`         // calls at once
	CallsPerSecond float64 `yaml:"calls_per_second"` // new calls, at most
	NumberFormat   string  `yaml:"number_format"`    // e164 (+8613…), digits (8613…) or national (013…)
	CallerID       string  `yaml:"caller_id"`

	// What only `dialwright asterisk config` reads.
	Host     string   `yaml:"host"` // empty: the endpoint is configured by hand
	Port     int      `yaml:"port"`
	Codecs   []string `yaml:"codecs"` // in order of preference: g722, alaw, ulaw
	Username string   `yaml:"username"`
	Password Secret   `yaml:"password"`
}

// Agent is one human agent.
type Agent struct {
	Name     string         `yaml:"name"`
	Endpoint string         `yaml:"endpoint"` // dial string, PJSIP/anna
	Groups   map[string]int `yaml:"groups"`   // skill group to weight, 1 or more
	WrapUp   time.Duration  `yaml:"wrap_up"`  // pause after each call

	// What only `dialwright asterisk config` reads.
	Contact  string   `yaml:"contact"` // sip:anna@192.0.2.7:5060; empty: the telephone registers
	Codecs   []string `yaml:"codecs"`
	Username string   `yaml:"username"`
	Password Secret   `yaml:"password"`
}

// Queue is a queue of Asterisk's own app_queue that flows transfer to.
type Queue struct {
	Name     string   `yaml:"name"`
	Strategy string   `yaml:"strategy"` // app_queue's word: rrmemory, leastrecent, …
	Members  []string `yaml:"members"`  // agents, by name
}

// Compliance is what campaigns follow unless they say otherwise.
type Compliance struct {
	Region string `yaml:"region"` // ISO 3166 country of numbers without a country code
	Zone   string `yaml:"zone"`   // IANA zone of contacts that have none
	// Hours are a campaign's own, in the contact's zone, as in
	// "mon-fri 09:00-20:00; sat 10:00-18:00"; not set: Legal alone.
	Hours compliance.Hours  `yaml:"hours"`
	Legal compliance.Window `yaml:"legal"` // nobody is called outside of it, on any day
	Caps  []compliance.Cap  `yaml:"caps"`  // most tries to one number, over all campaigns
}

// Services are the other systems that flows may reach.
type Services struct {
	Hosts   []string `yaml:"hosts"` // allowed in requests of flows: crm.example.com, *.example.com, 127.0.0.1:8080
	CRM     Webhook  `yaml:"crm"`
	Senders []Sender `yaml:"senders"`
	LLM     LLM      `yaml:"llm"`
}

// Webhook is an address that JSON is posted to.
type Webhook struct {
	URL   string `yaml:"url"`   // empty: there is none
	Token Secret `yaml:"token"` // bearer token
}

// Sender delivers messages of flows: send: {via: NAME}.
type Sender struct {
	Name  string `yaml:"name"`
	URL   string `yaml:"url"`
	Token Secret `yaml:"token"`
}

// LLM is a server that speaks OpenAI's chat completions.
type LLM struct {
	URL         string  `yaml:"url"` // its root, http://127.0.0.1:8000/v1; empty: there is none
	Model       string  `yaml:"model"`
	Key         Secret  `yaml:"key"`
	InputPrice  float64 `yaml:"input_price"`  // of a million tokens; flows count max_cost in the same money
	OutputPrice float64 `yaml:"output_price"` // of a million tokens
}

// HTTP is serve's own server: health, metrics, live calls.
type HTTP struct {
	Listen string `yaml:"listen"` // empty: no server
	Token  Secret `yaml:"token"`  // bearer token of /v1; must be set off loopback
}

// Log is what is logged and how.
type Log struct {
	Level  string `yaml:"level"`  // trace, debug, info, warn, error
	Format string `yaml:"format"` // console or json
}

// Drain is how serve ends.
type Drain struct {
	Limit time.Duration `yaml:"limit"` // running calls may go on this long after SIGTERM
}

// Default is the configuration of an empty file.
func Default() *Config {
	return &Config{
		Worker:   Worker{Name: hostName(), MaxCalls: 500, Poll: time.Second},
		Database: "sqlite://dialwright.db",
		Asterisk: Asterisk{
			URL: "http://127.0.0.1:8088/ari", Username: "dialwright",
			RequestTimeout: 10 * time.Second, MaxCall: time.Hour, MaxRing: 45 * time.Second,
			SIPListen: "127.0.0.1:5060", RTPPorts: Ports{First: 10000, Last: 20000},
		},
		Media:      Media{Listen: "127.0.0.1:0", Format: "slin16", Recordings: "recordings"},
		ASR:        ASR{Engine: "vosk", URL: "ws://127.0.0.1:2700", Languages: []string{"en"}},
		TTS:        TTS{Cache: "cache/tts", Voices: map[string]string{"en": "flite/slt", "zh": "espeak-ng/cmn"}, Workers: 2, Timeout: 20 * time.Second},
		NLU:        NLU{Engine: "embedded", Timeout: 400 * time.Millisecond},
		Compliance: Compliance{Legal: compliance.DefaultLegal(), Caps: compliance.DefaultCaps()},
		HTTP:       HTTP{Listen: "127.0.0.1:8080"},
		Log:        Log{Level: "info", Format: "console"},
		Drain:      Drain{Limit: 5 * time.Minute},
		Flows:      "flows",
	}
}

func defaultTrunk() Trunk {
	return Trunk{Capacity: 10, CallsPerSecond: 5, NumberFormat: "digits", Port: 5060, Codecs: []string{"g722", "alaw", "ulaw"}}
}

func defaultAgent() Agent {
	return Agent{WrapUp: 10 * time.Second, Codecs: []string{"g722", "alaw", "ulaw"}}
}

func defaultQueue() Queue { return Queue{Strategy: "rrmemory"} }
