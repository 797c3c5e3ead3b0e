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
	asr       asr.Engine
	languages []string
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
	return &Engines{Transport: transport, Voice: voice, languages: c.ASR.Languages,
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
	return errors.Join(e.Transport.Close(), e.asr.Close(), e.Voice.Close())
}

// formatFor is the media leg's format for a trunk: Asterisk need not transcode
// an A-law or µ-law trunk, and a wideband trunk's speech reaches the
// recogniser whole. Towards Asterisk, RTP takes static payload types only.
func formatFor(codecs []string, fallback string) media.Format {
	first := fallback
	if len(codecs) > 0 && codecs[0] != "g722" {
		first = codecs[0]
	}
	switch first {
	case "alaw":
		return media.Format{In: media.ALaw, Out: media.ALaw}
	case "ulaw":
		return media.Format{In: media.ULaw, Out: media.ULaw}
	}
	return media.Format{In: media.SLin16, Out: media.ULaw}
}
