//go:build !pocketsphinx

package pocketsphinx

import (
	"errors"
	"strings"
	"testing"

	"github.com/dialwright/dialwright/asr"
)

func TestWithoutTheTagNewSaysHowToRebuild(t *testing.T) {
	_, err := New(Options{})
	if !errors.Is(err, asr.ErrUnavailable) {
		t.Fatalf("%v", err)
	}
	for _, part := range []string{"libpocketsphinx-dev", "pocketsphinx-en-us", "go build -tags pocketsphinx"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q does not mention %s", err, part)
		}
	}
}
