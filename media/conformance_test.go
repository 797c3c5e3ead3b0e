package media_test

import (
	"testing"

	"github.com/dialwright/dialwright/media"
	"github.com/dialwright/dialwright/media/mediatest"
)

func TestRTPConforms(t *testing.T) {
	mediatest.Run(t, func(t *testing.T) mediatest.Harness {
		rtp, err := media.NewRTP(media.RTPOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return mediatest.Harness{
			Transport: rtp,
			Peer:      func(f media.Format) (mediatest.Peer, error) { return mediatest.NewRTPPeer(f, rtp.Addr()) },
			Formats: []media.Format{
				{In: media.SLin16, Out: media.ULaw},
				{In: media.ULaw, Out: media.ULaw},
				{In: media.ALaw, Out: media.ALaw},
				{In: media.SLin8, Out: media.SLin8},
			},
		}
	})
}
