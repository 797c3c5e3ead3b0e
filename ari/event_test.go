package ari

import (
	"encoding/json"
	"testing"

	ariv6 "github.com/CyCoreSystems/ari/v6"
)

func TestDecodeEvent(t *testing.T) {
	for _, tc := range []struct {
		raw             string
		channel, bridge string
		v6              string
	}{
		{`{"type":"Dial","peer":{"id":"p","state":"Ringing"},"caller":{"id":"c"},"dialstatus":"RINGING"}`, "p", "", "*ari.Dial"},
		{`{"type":"PeerStatusChange","peer":{"peer_status":"Reachable"},"endpoint":{"technology":"PJSIP","resource":"t"}}`, "", "", "*ari.PeerStatusChange"},
		{`{"type":"ChannelEnteredBridge","bridge":{"id":"b"},"channel":{"id":"c"}}`, "c", "b", "*ari.ChannelEnteredBridge"},
		{`{"type":"PlaybackFinished","playback":{"id":"p","target_uri":"bridge:b"}}`, "", "b", "*ari.PlaybackFinished"},
		{`{"type":"RecordingFinished","recording":{"name":"r","target_uri":"channel:c"}}`, "c", "", "*ari.RecordingFinished"},
		{`{"type":"ChannelToneDetected","channel":{"id":"c"}}`, "c", "", "*ari.ChannelToneDetected"},
		{`{"type":"ApplicationRegistered","application":"a"}`, "", "", "*ari.ApplicationRegistered"},
		{`{"type":"ApplicationUnregistered","application":"a"}`, "", "", "*ari.ApplicationUnregistered"},
		{`{"type":"ApplicationReplaced","application":"a"}`, "", "", "*ari.ApplicationReplaced"},
		{`{"type":"ChannelTransfer","refer_to":{"requested_destination":{"destination":"200"}},"referred_by":{"source_channel":{"id":"s"}}}`, "s", "", "*ari.ChannelTransfer"},
		{`{"type":"SomethingNew","channel":{"id":"c"}}`, "c", "", "*ari.GenericEvent"},
		{`{"type":"StasisStart","channel":{"id":"c","creationtime":"never"}}`, "c", "", "*ari.GenericEvent"},
		{`{"type":"StasisEnd","channel":{"id":"c"},"caller":"odd"}`, "c", "", "*ari.StasisEnd"},
	} {
		ev, err := decodeEvent([]byte(tc.raw))
		if err != nil {
			t.Errorf("%s: %v", tc.raw, err)
			continue
		}
		if ev.ChannelID != tc.channel || ev.BridgeID != tc.bridge || typeName(ev.V6) != tc.v6 {
			t.Errorf("%s: channel %q bridge %q %T", tc.raw, ev.ChannelID, ev.BridgeID, ev.V6)
		}
	}
	ev, err := decodeEvent([]byte(`{"type":"ChannelDestroyed","timestamp":"2026-01-02T03:04:05.678+0200","cause":21,"cause_txt":"Rejected","tech_cause":"603","channel":{"id":"c"}}`))
	if err != nil || ev.Cause != 21 || ev.TechCause != 603 || ev.CauseText != "Rejected" || ev.At.UTC().Format("15:04:05.000") != "01:04:05.678" {
		t.Errorf("end %+v, %v", ev, err)
	}
}

func typeName(ev ariv6.Event) string {
	switch ev.(type) {
	case *GenericEvent:
		return "*ari.GenericEvent"
	case nil:
		return "nil"
	}
	return "*ari." + ev.GetType()
}

func FuzzDecodeEvent(f *testing.F) {
	for _, s := range []string{
		`{"type":"StasisStart","timestamp":"2026-11-22T18:27:54.109+0000","args":["a"],"channel":{"id":"c","name":"PJSIP/x","state":"Up","caller":{"name":"","number":"1"},"dialplan":{"context":"d","exten":"s","priority":1,"app_name":"Stasis","app_data":"a"},"creationtime":"2026-11-22T18:27:54.109+0000"},"application":"a"}`,
		`{"type":"Dial","peer":{"id":"p"},"caller":{"id":"c"}}`,
		`{"type":"BridgeAttendedTransfer","transferer_first_leg":{"id":"a"},"transferee":{"id":"b"}}`,
		`{"type":"ChannelDestroyed","cause":"16","tech_cause":486,"channel":{"id":"x"}}`,
		`{"type":"ChannelTransfer","refer_to":{"requested_destination":{}},"referred_by":{"source_channel":{"id":"s"}}}`,
		`{"type":"PlaybackFinished","playback":{"id":"p","target_uri":"channel:x"}}`,
		`{"type":"ChannelVarset","channel":null}`, `{"type":"X","channel":[]}`, `{}`, `null`, "\xff",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		ev, err := decodeEvent(data)
		if err != nil {
			if m := malformed(data); !json.Valid(m.Raw) || m.V6 == nil {
				t.Fatalf("malformed event %+v", m)
			}
			return
		}
		if ev.Type == "" || ev.V6 == nil {
			t.Fatalf("event without type or value: %+v", ev)
		}
		ev.V6.Keys()
		if len(ev.channels) > 0 && ev.ChannelID != ev.channels[0] {
			t.Fatalf("channel %q of %v", ev.ChannelID, ev.channels)
		}
		r := newRouter(newCounters("a"))
		r.route(ev)
		if got := <-r.unclaimed.out; got.Type != ev.Type {
			t.Fatalf("routed as %s", got.Type)
		}
		r.close()
	})
}

func FuzzVersion(f *testing.F) {
	for _, s := range []string{"22.10.1+dfsg+~cs6.17", "certified-20.7-cert1", "GIT-master-1a2b", "", "99999999999999999999.1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if major, minor := parseVersion(s); major < 0 || minor < 0 {
			t.Fatalf("%d.%d", major, minor)
		}
	})
}

func TestVersion(t *testing.T) {
	for s, want := range map[string][2]int{
		"22.10.1+dfsg+~cs6.17.60671434-1": {22, 10}, "certified-20.7-cert1": {20, 7}, "GIT-master-1a2b3cM": {0, 0}, "18.26.4~dfsg": {18, 26},
	} {
		if a, b := parseVersion(s); a != want[0] || b != want[1] {
			t.Errorf("%s: %d.%d", s, a, b)
		}
	}
	if f := byVersion(20, 9); !f.ExternalMedia || !f.AudioSocket || f.TechCause || f.RESTOverWebsocket {
		t.Errorf("20.9: %+v", f)
	}
}
