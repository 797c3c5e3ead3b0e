//go:build !pocketsphinx

package pocketsphinx

import (
	"fmt"

	"github.com/dialwright/dialwright/asr"
	"github.com/dialwright/dialwright/asr/voskserver"
)

// New fails in a build without the tag "pocketsphinx", saying how to make one with it.
func New(Options) (voskserver.Backend, error) {
	return nil, fmt.Errorf("pocketsphinx: %w: this binary was built without it; "+
		"install libpocketsphinx-dev, libsphinxbase-dev and pocketsphinx-en-us (Debian) and rebuild with: "+
		"CGO_ENABLED=1 go build -tags pocketsphinx ./cmd/dialwright", asr.ErrUnavailable)
}
