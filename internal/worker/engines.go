package worker

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/rs/zerolog"

	"github.com/dialwright/dialwright/asr"
	"github.com/dialwright/dialwright/internal/config"
	"github.com/dialwright/dialwright/media"
	"github.com/dialwright/dialwright/tts"
)

// Engines are what turns audio into words and back, and carries it. Close
// ends them all.
type Engines struct {
	Transport media.Transport
	Voice     *tts.Cache
	Services  *Services
	// Understanding is on another machine, or nowhere.
	Understanding *Understanding
	asr           asr.Engine
	languages     []string
}

// OpenEngines starts what the configuration names.
func OpenEngines(c *config.Config, log zerolog.Logger) (*Engines, error) {
	listen, err := netip.ParseAddrPort(c.Media.Listen)
	if err != nil {
		return nil, fmt.Errorf("media.listen: %w", err)
	}
	voice, err := OpenVoice(c)
	if err != nil {
		return nil, err
	}
	transport, err := media.NewRTP(media.RTPOptions{Listen: listen, Logger: log})
	if err != nil {
		return nil, errors.Join(err, voice.Close())
	}
	services, err := NewServices(c.Services)
	if err != nil {
		return nil, errors.Join(err, transport.Close(), voice.Close())
	}
	understanding, err := NewUnderstanding(c)
	if err != nil {
		services.Close()
		return nil, errors.Join(err, transport.Close(), voice.Close())
	}
	return &Engines{Transport: transport, Voice: voice, Services: services, Understanding: understanding, languages: c.ASR.Languages,
		asr: asr.NewVosk(asr.VoskOptions{URL: c.ASR.URL, Logger: log})}, nil
}

// Recogniser gives the recogniser for a language, nil when it knows only
// others: such a flow is answered by keys.
func (e *Engines) Recogniser(language string) asr.Engine {
	base, _, _ := strings.Cut(strings.ToLower(language), "-")
	if slices.ContainsFunc(e.languages, func(l string) bool {
		known, _, _ := strings.Cut(strings.ToLower(l), "-")
		return known == base
	}) {
		return e.asr
	}
	return nil
}

// Close ends the engines and waits for them. Calls must have ended.
func (e *Engines) Close() error {
	e.Services.Close()
	return errors.Join(e.Understanding.Close(), e.Transport.Close(), e.asr.Close(), e.Voice.Close())
}

// formatFor is the media leg's format on a trunk. A flow that is answered by
// speech is heard as media.format says, wideband by default, whatever the
// trunk carries: acoustic models are made for one rate. One that is answered
// by keys takes what the trunk carries, so that Asterisk need not transcode.
// Towards Asterisk, RTP takes static payload types only.
func formatFor(codecs []string, fallback string, speech bool) media.Format {
	out := media.ULaw
	if len(codecs) > 0 && codecs[0] == "alaw" {
		out = media.ALaw
	}
	in, err := media.ParseCodec(fallback)
	if err != nil {
		in = media.SLin16 // of an empty configuration; others are checked
	}
	if !speech && len(codecs) > 0 {
		if c, err := media.ParseCodec(codecs[0]); err == nil && c.Rate() == outRate && c != media.SLin8 {
			in = c
		}
	}
	if in == media.ALaw || in == media.ULaw {
		out = in
	}
	return media.Format{In: in, Out: out}
}
