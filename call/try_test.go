package call

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/compliance"
)

const (
	firstTry  = "call1-cust-1"
	secondTry = "call1-cust-2"
)

func TestTryEnds(t *testing.T) {
	for _, c := range []struct {
		name string
		q850 int
		sip  int
		want dialwright.Disposition
	}{
		{"busy", 17, 486, dialwright.Busy}, {"rejected", 21, 603, dialwright.Rejected},
		{"no such number", 1, 404, dialwright.InvalidNumber}, {"not wanted", 21, 607, dialwright.Unwanted},
	} {
		t.Run(c.name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				done := w.place(t.Context())
				w.asterisk.SetState(firstTry, "Ringing")
				synctest.Wait()
				if got := w.records.last(t); len(got.Tries) != 1 || got.Tries[0].Disposition != dialwright.Unknown {
					t.Errorf("while it rings, the record says %+v", got)
				}
				w.asterisk.End(firstTry, c.q850, c.sip)
				res := <-done
				if res.Disposition != c.want || res.Err != nil || res.Untidy || w.originated() != 1 {
					t.Errorf("result %+v after %d tries", res, w.originated())
				}
				got := w.records.last(t)
				if got.Disposition != c.want || got.EndedAt.IsZero() || got.Tries[0].SIPCode != c.sip || got.Cause.Q850 != c.q850 {
					t.Errorf("record %+v", got)
				}
				if !slices.Equal(w.released, []dialwright.Disposition{c.want}) {
					t.Errorf("lines given back: %v", w.released)
				}
			})
		})
	}
}

func TestFailOver(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		done := w.place(t.Context())
		w.asterisk.End(firstTry, 34, 503)
		synctest.Wait()
		w.asterisk.SetState(secondTry, "Ringing")
		w.asterisk.Answer(secondTry)
		time.Sleep(3 * time.Second) // in the bubble: the prompt is over
		w.asterisk.Digit(secondTry, "1")
		res := <-done
		if res.Disposition != dialwright.Answered || res.Outcome != "agreed" || res.Err != nil {
			t.Errorf("result %+v", res)
		}
		got := w.records.last(t)
		if len(got.Tries) != 2 || got.Tries[0].Disposition != dialwright.Congestion || got.Tries[1].Disposition != dialwright.Answered ||
			got.Tries[0].Trunk != "one" || got.Tries[1].Trunk != "two" || got.HungUpBy != "bot" {
			t.Errorf("record %+v", got)
		}
		if !slices.Equal(w.released, []dialwright.Disposition{dialwright.Congestion, dialwright.Answered}) {
			t.Errorf("lines given back: %v", w.released)
		}
	})
}

func TestEveryTrunkFails(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		done := w.place(t.Context())
		w.asterisk.End(firstTry, 34, 503)
		synctest.Wait()
		w.asterisk.End(secondTry, 34, 503)
		if res := <-done; res.Disposition != dialwright.Congestion || res.Err != nil || w.originated() != 2 {
			t.Errorf("result %+v after %d tries", res, w.originated())
		}
	})
}

func TestRefusals(t *testing.T) {
	t.Run("before the first try", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			w.ledger.dncFrom = 1
			res := <-w.place(t.Context())
			if res.Blocked == nil || res.Blocked.Rule != "dnc" || w.originated() != 0 || len(w.records.saved) != 0 {
				t.Errorf("result %+v, %d originated, saved %v", res, w.originated(), w.records.saved)
			}
			if len(w.released) != 1 {
				t.Error("the line was not given back")
			}
		})
	})
	t.Run("before the second", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			w.ledger.dncFrom = 2
			done := w.place(t.Context())
			w.asterisk.End(firstTry, 34, 503)
			res := <-done
			if res.Blocked != nil || res.Disposition != dialwright.Congestion || w.originated() != 1 {
				t.Errorf("result %+v after %d tries", res, w.originated())
			}
			if got := w.records.last(t); len(got.Tries) != 1 || got.EndedAt.IsZero() {
				t.Errorf("record %+v", got)
			}
		})
	})
	t.Run("the ledger fails", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			w.ledger.fail = errors.New("disk full")
			if res := <-w.place(t.Context()); res.Disposition != dialwright.Failed || !errors.Is(res.Err, w.ledger.fail) || w.originated() != 0 {
				t.Errorf("result %+v, %d originated", res, w.originated())
			}
		})
	})
	t.Run("the clearance is for another try", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			ask := w.order.Clear
			w.order.Clear = func(ctx context.Context, _ int) (*compliance.Clearance, compliance.Decision, error) {
				return ask(ctx, 7)
			}
			if res := <-w.place(t.Context()); !errors.Is(res.Err, compliance.ErrOther) || w.originated() != 0 {
				t.Errorf("result %+v, %d originated", res, w.originated())
			}
		})
	})
	t.Run("the record cannot be written", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			w.records.fail = errors.New("disk full")
			if res := <-w.place(t.Context()); !errors.Is(res.Err, w.records.fail) || w.originated() != 0 {
				t.Errorf("result %+v, %d originated: a crash would not know the try", res, w.originated())
			}
		})
	})
}

func TestRingTimeout(t *testing.T) {
	t.Run("Asterisk ends the ringing", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			done := w.place(t.Context())
			w.asterisk.SetState(firstTry, "Ringing")
			time.Sleep(w.order.RingTimeout)
			w.asterisk.End(firstTry, 0, 0)
			if res := <-done; res.Disposition != dialwright.NoAnswer {
				t.Errorf("result %+v", res)
			}
		})
	})
	t.Run("Asterisk does not", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			done, began := w.place(t.Context()), time.Now()
			w.asterisk.SetState(firstTry, "Ringing")
			if res := <-done; res.Disposition != dialwright.NoAnswer {
				t.Errorf("result %+v", res)
			}
			if rang := time.Since(began); rang != w.order.RingTimeout+hangupWait {
				t.Errorf("it rang for %s", rang)
			}
		})
	})
}

// answering lets a request be answered with a status.
func answering(w *world, method, suffix string, status int) {
	w.asterisk.Intercept(func(rw http.ResponseWriter, r *http.Request) bool {
		if r.Method != method || !strings.HasSuffix(r.URL.Path, suffix) {
			return false
		}
		rw.WriteHeader(status)
		_ = json.NewEncoder(rw).Encode(map[string]string{"message": "no"})
		return true
	})
}

func TestOriginateErrors(t *testing.T) {
	for _, c := range []struct {
		status, tries int
		want          dialwright.Disposition
	}{
		{http.StatusInternalServerError, 2, dialwright.TrunkFailure}, // the endpoint cannot be reached: the other trunk
		{http.StatusBadRequest, 1, dialwright.Failed},                // our mistake
	} {
		inWorld(t, func(t *testing.T, w *world) {
			answering(w, "POST", "/channels", c.status)
			if res := <-w.place(t.Context()); res.Disposition != c.want || res.Err == nil || w.originated() != c.tries || res.Untidy {
				t.Errorf("status %d: result %+v after %d tries", c.status, res, w.originated())
			}
			if got := w.records.last(t); got.Error == "" || got.EndedAt.IsZero() {
				t.Errorf("status %d: record %+v", c.status, got)
			}
		})
	}
	t.Run("no answer", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			w.asterisk.Intercept(func(_ http.ResponseWriter, r *http.Request) bool {
				if r.Method != "POST" || !strings.HasSuffix(r.URL.Path, "/channels") {
					return false
				}
				_, _ = io.Copy(io.Discard, r.Body)
				time.Sleep(time.Minute)
				return true
			})
			if res := <-w.place(t.Context()); res.Disposition != dialwright.Unknown || res.Err == nil || w.originated() != 1 {
				t.Errorf("nobody knows whether it rang: %+v after %d tries", res, w.originated())
			}
			time.Sleep(time.Minute)
		})
	})
}

// TestHangupWhilePreparing: the ringing ends while the media leg is being made.
func TestHangupWhilePreparing(t *testing.T) {
	for name, end := range map[string]func(w *world, cancel context.CancelFunc){
		"by the network": func(w *world, _ context.CancelFunc) { w.asterisk.End(firstTry, 17, 486) },
		"by us":          func(_ *world, cancel context.CancelFunc) { cancel() },
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				w.asterisk.Intercept(func(_ http.ResponseWriter, r *http.Request) bool {
					if strings.HasSuffix(r.URL.Path, "/externalMedia") {
						time.Sleep(3 * time.Second)
					}
					return false
				})
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				done := w.place(ctx)
				w.asterisk.SetState(firstTry, "Ringing")
				time.Sleep(time.Second)
				if len(w.transport.left()) != 1 {
					t.Fatal("the preparation has not begun")
				}
				end(w, cancel)
				res := <-done
				if want := map[string]dialwright.Disposition{"by us": dialwright.Cancelled, "by the network": dialwright.Busy}[name]; res.Disposition != want {
					t.Errorf("result %+v", res)
				}
				time.Sleep(10 * time.Second) // the slow request has had its time
			})
		})
	}
}

// TestNoMedia: somebody answers, but there is no way to talk with them.
func TestNoMedia(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		answering(w, "POST", "/externalMedia", http.StatusInternalServerError)
		done := w.place(t.Context())
		w.asterisk.SetState(firstTry, "Ringing")
		w.asterisk.Answer(firstTry)
		res := <-done
		if res.Disposition != dialwright.Abandoned || res.Err == nil {
			t.Errorf("result %+v", res)
		}
		if got := w.records.last(t); got.AnsweredAt.IsZero() || got.Error == "" {
			t.Errorf("record %+v", got)
		}
	})
}

func TestCancel(t *testing.T) {
	t.Run("while it rings", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			ctx, cancel := context.WithCancel(t.Context())
			done := w.place(ctx)
			w.asterisk.SetState(firstTry, "Ringing")
			synctest.Wait()
			cancel()
			if res := <-done; res.Disposition != dialwright.Cancelled || res.Err != nil {
				t.Errorf("result %+v", res)
			}
		})
	})
	t.Run("while it talks", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			ctx, cancel := context.WithCancel(t.Context())
			done := w.place(ctx)
			w.asterisk.Answer(firstTry)
			time.Sleep(2 * time.Second)
			cancel()
			if res := <-done; res.Disposition != dialwright.Answered || res.Outcome != "hung_up" || res.Err != nil {
				t.Errorf("result %+v", res)
			}
			if got := w.records.last(t); got.HungUpBy != "system" {
				t.Errorf("record %+v", got)
			}
		})
	})
	t.Run("Asterisk cannot be reached", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			ctx, cancel := context.WithCancel(t.Context())
			done := w.place(ctx)
			w.asterisk.Answer(firstTry)
			time.Sleep(2 * time.Second)
			answering(w, "DELETE", "", http.StatusInternalServerError)
			cancel()
			if res := <-done; !res.Untidy {
				t.Errorf("the line is still up, and nobody is told: %+v", res)
			}
			w.asterisk.Intercept(nil)
			for _, id := range w.asterisk.Channels() {
				w.asterisk.End(id, 16, 0)
			}
			for _, b := range []string{dialwright.BridgeID("call1")} {
				w.asterisk.VanishBridge(b)
			}
		})
	})
}

func TestCustomerHangsUp(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		done := w.place(t.Context())
		w.asterisk.Answer(firstTry)
		time.Sleep(1500 * time.Millisecond)
		w.asterisk.End(firstTry, 16, 0)
		if res := <-done; res.Disposition != dialwright.Answered || res.Outcome != "hung_up" {
			t.Errorf("result %+v", res)
		}
		if got := w.records.last(t); got.HungUpBy != "customer" || got.Tries[0].TalkMS < 1400 {
			t.Errorf("record %+v", got)
		}
	})
}
