//go:build unix

package sim_test

import (
	"strings"
	"testing"
	"time"

	ariv6 "github.com/CyCoreSystems/ari/v6"
)

const waiting = `
customers:
- name: patient
  number: "+8613800000001"
  calls: [[answer, stay: 40s]]
  expect: {disposition: answered}
agents:
- name: anna
  calls: [[ring: 500ms, answer, say: "hello this is anna", hang_up]]
- name: ben
  calls: [[ignore]]
`

// TestQueueHandsTheCustomerBack sends a customer through Asterisk's own queues
// by the context dialwright-queue, and takes them back with the result.
func TestQueueHandsTheCustomerBack(t *testing.T) {
	w := newTown(t, waiting)
	const id = "queued-cust-1"
	watch := w.dial(t, id, "PJSIP/8613800000001@trunk-a", 10*time.Second)
	event(t, watch, "StasisStart")
	for _, c := range []struct{ queue, timeout, want string }{
		{"queue-anna", "20", "queue-result,CONTINUE,PJSIP/anna,"},
		{"queue-ben", "2", "queue-result,TIMEOUT,,"},
		{"queue-zoe", "2", "queue-result,NOQUEUE,,"},
	} {
		for name, value := range map[string]string{"DIALWRIGHT_QUEUE": c.queue, "DIALWRIGHT_QUEUE_TIMEOUT": c.timeout, "DIALWRIGHT_QUEUE_APP": "near"} {
			if err := w.ari.SetVariable(t.Context(), id, name, value); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.ari.Continue(t.Context(), id, "dialwright-queue", "s", 1); err != nil {
			t.Fatal(err)
		}
		ev := event(t, watch, "StasisStart", "ChannelDestroyed")
		back, ok := ev.V6.(*ariv6.StasisStart)
		if !ok {
			t.Fatalf("%s: the customer is gone: %s", c.queue, ev.Raw)
		}
		if got := strings.Join(back.Args, ","); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: back with %q, want %q…", c.queue, got, c.want)
		}
	}
	if err := w.ari.Hangup(t.Context(), id, "normal"); err != nil {
		t.Error(err)
	}
	if r := w.recording(t, "anna", 1); len(r.Said) != 1 || r.Said[0].Cut {
		t.Errorf("anna's call is %+v", r)
	}
	if r := w.recording(t, "ben", 1); r.Ended != "caller" || !r.Answered.IsZero() {
		t.Errorf("ben's call is %+v", r)
	}
}
