//go:build unix

package ari_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	ariv6 "github.com/CyCoreSystems/ari/v6"

	"github.com/dialwright/dialwright/ari"
)

// TestRealOperations uses every operation on a real Asterisk, and lets the requests be
// checked against the description that this Asterisk serves of itself.
func TestRealOperations(t *testing.T) {
	a := startAsterisk(t)
	c := dialReal(t, realOptions(t, a, "ops.w1"))
	t.Run("system", func(t *testing.T) { realSystem(t, c) })
	t.Run("channel", func(t *testing.T) { realChannel(t, c) })
	t.Run("bridge", func(t *testing.T) { realBridge(t, c) })
	t.Run("media", func(t *testing.T) { realMedia(t, c) })
	t.Run("record", func(t *testing.T) { realRecord(t, c, a.Dir) })
	t.Run("refusals", func(t *testing.T) { realRefusals(t, c, realOptions(t, a, "ops.w2")) })
	nothingLeft(t, c)
	if st := c.Stats(); st.Malformed != 0 || st.Reconnects != 0 {
		t.Errorf("stats %+v", st)
	}
}

func realSystem(t *testing.T, c *ari.Client) {
	ctx := t.Context()
	in := c.Info()
	if in.Major < 20 || !in.Described || !in.Features.TechCause || !in.Features.ExternalMedia ||
		!in.Features.EventFilter || !in.Features.CreateVariables || in.StartedAt.IsZero() || !in.Modules["res_ari.so"] {
		t.Errorf("info %+v", in)
	}
	t.Logf("%s: %+v", in.Version, in.Features)
	must(t, c.Ping(ctx))
	m, err := c.Module(ctx, "app_stasis.so")
	if err != nil || m.Status != "Running" {
		t.Errorf("module %+v, %v", m, err)
	}
	if _, err := c.Module(ctx, "chan_none.so"); !errors.Is(err, ari.ErrNotFound) {
		t.Errorf("a module that is not there: %v", err)
	}
	apps, err := c.Applications(ctx)
	if err != nil || len(apps) != 1 || apps[0].Name != "ops.w1" {
		t.Errorf("applications %+v, %v", apps, err)
	}
	must(t, c.SetDeviceState(ctx, "Stasis:agent 7/x", "BUSY"))
	if st, err := c.DeviceState(ctx, "Stasis:agent 7/x"); err != nil || st != "BUSY" {
		t.Errorf("device state %q, %v", st, err)
	}
	must(t, c.Subscribe(ctx, "ops.w1", "deviceState:Stasis:agent 7/x"))
	must(t, c.Unsubscribe(ctx, "ops.w1", "deviceState:Stasis:agent 7/x"))
	must(t, c.DeleteDeviceState(ctx, "Stasis:agent 7/x"))
	if _, err := c.Endpoints(ctx); err != nil {
		t.Error(err)
	}
	if _, err := c.Endpoint(ctx, "PJSIP", "nobody"); !errors.Is(err, ari.ErrNotFound) {
		t.Errorf("an endpoint that is not there: %v", err)
	}
	must(t, c.EventFilter(ctx, "ops.w1", nil, []string{"ChannelVarset", "ChannelDialplan"}))
}

func realChannel(t *testing.T, c *ari.Client) {
	ctx := t.Context()
	id := "ops-cust/1 ä"
	w := answered(t, c, id, "echo", 0)
	ch, err := c.GetChannel(ctx, id)
	if err != nil || ch.State != "Up" || ch.AppName != "Stasis" || ch.AppData != "ops.w1,one,two" {
		t.Errorf("channel %+v, %v", ch, err)
	}
	if v, err := c.GetVariable(ctx, id, "WHO"); err != nil || v != "a b+c&d" {
		t.Errorf("variable of the originate: %q, %v", v, err)
	}
	for _, v := range []string{"x=1&y=+2;z", "50 % of \"all\"", "中文"} {
		must(t, c.SetVariable(ctx, id, "MINE", v))
		if got, err := c.GetVariable(ctx, id, "MINE"); err != nil || got != v {
			t.Errorf("%q came back as %q, %v", v, got, err)
		}
	}
	if v, err := c.GetVariable(ctx, id, "CALLERID(num)"); err != nil || v != "100" {
		t.Errorf("caller id %q, %v", v, err)
	}
	must(t, c.Ring(ctx, id))
	must(t, c.RingStop(ctx, id))
	must(t, c.Answer(ctx, id))
	must(t, c.Progress(ctx, id))
	must(t, c.Mute(ctx, id, "both"))
	must(t, c.Unmute(ctx, id, "both"))
	must(t, c.StartMOH(ctx, id, "default"))
	must(t, c.StopMOH(ctx, id))
	// The far end is Echo(): the digits come back ('#' would end it).
	must(t, c.SendDTMF(ctx, id, "4*", ari.DTMFOptions{Duration: 80 * time.Millisecond, Between: 80 * time.Millisecond}))
	for _, want := range []string{"4", "*"} {
		ev := await(t, w, "ChannelDtmfReceived")
		if d, ok := ev.V6.(*ariv6.ChannelDtmfReceived); !ok || d.Digit != want {
			t.Errorf("digit %s, want %s", ev.Raw, want)
		}
	}
	must(t, c.Continue(ctx, id, "test", "leave", 0))
	await(t, w, "StasisEnd")
	must(t, c.HangupCause(ctx, id, 17))
	if ev := await(t, w, "ChannelDestroyed"); ev.Cause != 17 {
		t.Errorf("end %+v", ev)
	}
	busy := c.Channel("busy")
	defer busy.Close()
	if _, err := c.Originate(ctx, ari.OriginateRequest{ID: "busy", OtherID: "busy-2", Endpoint: "Local/busy@test"}); err != nil {
		t.Fatal(err)
	}
	if ev := await(t, busy, "ChannelDestroyed"); ev.Cause != 17 || ev.Synthetic {
		t.Errorf("busy: %+v", ev)
	}
}

func realBridge(t *testing.T, c *ari.Client) {
	ctx := t.Context()
	one, two := answered(t, c, "one", "echo", 0), answered(t, c, "two", "echo", 0)
	br := c.Bridge("br")
	defer br.Close()
	_, err := c.CreateBridge(ctx, "br", "mixing,dtmf_events")
	must(t, err)
	must(t, c.AddToBridge(ctx, "br", "one", "two"))
	if ev := await(t, br, "ChannelEnteredBridge"); ev.ChannelID != "one" || ev.BridgeID != "br" {
		t.Errorf("entered %+v", ev)
	}
	await(t, one, "ChannelEnteredBridge")
	await(t, two, "ChannelEnteredBridge")
	must(t, c.RemoveFromBridge(ctx, "br", "two"))
	await(t, two, "ChannelLeftBridge")
	if b, err := c.GetBridge(ctx, "br"); err != nil || !slices.Equal(b.ChannelIDs, []string{"one"}) {
		t.Errorf("bridge %+v, %v", b, err)
	}
	must(t, c.StartBridgeMOH(ctx, "br", ""))
	must(t, c.StopBridgeMOH(ctx, "br"))
	if _, err := c.PlayBridge(ctx, "br", "pb-br", "tone:ring"); err != nil {
		t.Fatal(err)
	}
	await(t, br, "PlaybackStarted")
	must(t, c.StopPlayback(ctx, "pb-br"))
	await(t, br, "PlaybackFinished")
	must(t, c.DestroyBridge(ctx, "br"))
	await(t, br, "BridgeDestroyed")
	for _, w := range []*ari.Watch{one, two} {
		must(t, c.Hangup(ctx, w.ID(), ""))
		await(t, w, "ChannelDestroyed")
	}
}

func realMedia(t *testing.T, c *ari.Client) {
	ctx := t.Context()
	m := c.Channel("m")
	defer m.Close()
	em, err := c.ExternalMedia(ctx, ari.ExternalMediaRequest{ID: "m", ExternalHost: "127.0.0.1:9", Format: "slin16",
		Encapsulation: "rtp", Transport: "udp", ConnectionType: "client", Direction: "both"})
	if err != nil || !em.Local.IsValid() || !em.Local.Addr().IsLoopback() || em.Local.Port() == 0 {
		t.Fatalf("media at %v, %v", em.Local, err)
	}
	await(t, m, "StasisStart")
	customer := answered(t, c, "cust", "echo", 0)
	bridgeUp(t, c, "media-br", "m", "cust")
	s := c.Channel("snoop")
	defer s.Close()
	if _, err := c.Snoop(ctx, "cust", ari.SnoopRequest{ID: "snoop", Spy: "in", Whisper: "none", AppArgs: "x"}); err != nil {
		t.Fatal(err)
	}
	await(t, s, "StasisStart")
	must(t, c.Hangup(ctx, "cust", ""))
	await(t, customer, "ChannelDestroyed")
	await(t, s, "StasisEnd")
	must(t, c.Hangup(ctx, "m", ""))
	await(t, m, "ChannelDestroyed")
	must(t, c.DestroyBridge(ctx, "media-br"))
}

func realRecord(t *testing.T, c *ari.Client, dir string) {
	ctx := t.Context()
	w := answered(t, c, "rec", "echo", 0)
	must(t, c.RecordChannel(ctx, "rec", ari.RecordRequest{Name: "calls/rec 1", Format: "wav", IfExists: "overwrite",
		MaxDuration: time.Minute, MaxSilence: 30 * time.Second, TerminateOn: "#"}))
	await(t, w, "RecordingStarted")
	must(t, c.StopRecording(ctx, "calls/rec 1"))
	await(t, w, "RecordingFinished")
	file := filepath.Join(dir, "spool", "recording", "calls", "rec 1.wav")
	if st, err := os.Stat(file); err != nil || st.Size() < 44 {
		t.Errorf("recording %v, %v", st, err)
	}
	must(t, c.DeleteRecording(ctx, "calls/rec 1"))
	br := c.Bridge("rec-br")
	defer br.Close()
	bridgeUp(t, c, "rec-br", "rec")
	must(t, c.RecordBridge(ctx, "rec-br", ari.RecordRequest{Name: "mix", Format: "wav"}))
	await(t, br, "RecordingStarted")
	must(t, c.StopRecording(ctx, "mix"))
	await(t, br, "RecordingFinished")
	must(t, c.Hangup(ctx, "rec", ""))
	await(t, w, "ChannelDestroyed")
	must(t, c.DestroyBridge(ctx, "rec-br"))
	must(t, c.DeleteRecording(ctx, "mix"))
}

func realRefusals(t *testing.T, c *ari.Client, o ari.Options) {
	ctx := t.Context()
	w := answered(t, c, "twice", "echo", 0)
	must(t, c.Hangup(ctx, "twice", ""))
	await(t, w, "ChannelDestroyed")
	if err := c.Hangup(ctx, "twice", ""); !errors.Is(err, ari.ErrNotFound) {
		t.Errorf("hung up twice: %v", err)
	}
	if _, err := c.GetVariable(ctx, "twice", "X"); !errors.Is(err, ari.ErrNotFound) {
		t.Errorf("variable of nobody: %v", err)
	}
	rings := c.Channel("rings")
	defer rings.Close()
	if _, err := c.Originate(ctx, ari.OriginateRequest{ID: "rings", Endpoint: "Local/ring@test"}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.CreateBridge(ctx, "b", ""); err != nil {
		t.Fatal(err)
	}
	if err := c.AddToBridge(ctx, "b", "rings"); !errors.Is(err, ari.ErrNotInStasis) {
		t.Errorf("a ringing channel into a bridge: %v", err)
	}
	must(t, c.DestroyBridge(ctx, "b"))
	must(t, c.Hangup(ctx, "rings", ""))
	await(t, rings, "ChannelDestroyed")
	o.Password = "wrong"
	if _, err := ari.Dial(ctx, o); !errors.Is(err, ari.ErrUnauthorized) {
		t.Errorf("wrong password: %v", err)
	}
	o.Password = ""
	o.URL = strings.TrimSuffix(o.URL, "/ari")
	if _, err := ari.Dial(ctx, o); !errors.Is(err, ari.ErrNotFound) {
		t.Errorf("not ARI: %v", err)
	}
}

// TestRealConflict has an Asterisk to itself: 22.10 leaks something when a Local channel
// is asked for under an id in use, and never ends in an orderly way afterwards.
func TestRealConflict(t *testing.T) {
	a := startAsterisk(t, "'twice' already in use", "Unable to allocate owner channel structure")
	c := dialReal(t, realOptions(t, a, "conflict.w1"))
	answered(t, c, "twice", "echo", 0)
	_, err := c.Originate(t.Context(), ari.OriginateRequest{ID: "twice", Endpoint: "Local/echo@test"})
	if !errors.Is(err, ari.ErrConflict) {
		t.Errorf("an id in use: %v", err)
	}
	must(t, a.Kill())
}

// TestRealDescription compares every request that TestRealOperations makes with the
// description of the API that Asterisk serves: method, path and parameter names.
func TestRealDescription(t *testing.T) {
	a := startAsterisk(t)
	type op struct{ params map[string]bool }
	ops := map[string]op{}
	for _, f := range []string{"applications", "asterisk", "bridges", "channels", "deviceStates", "endpoints", "events", "playbacks", "recordings"} {
		var doc struct {
			APIs []struct {
				Path       string
				Operations []struct {
					HTTPMethod string
					Parameters []struct{ Name string }
				}
			}
		}
		fetch(t, a.ARIURL+"/api-docs/"+f+".json", a.User, a.Password, &doc)
		for _, api := range doc.APIs {
			for _, o := range api.Operations {
				params := map[string]bool{}
				for _, p := range o.Parameters {
					params[p.Name] = true
				}
				ops[o.HTTPMethod+" "+api.Path] = op{params}
			}
		}
	}
	for _, r := range allRequests(t) {
		if strings.HasPrefix(r.Path, "/api-docs/") {
			continue // not described by itself
		}
		name, o, ok := "", op{}, false
		for k, v := range ops {
			method, pattern, _ := strings.Cut(k, " ")
			// A literal path wins over one with a variable in the same place.
			if method == r.Method && fits(pattern, r.Path) && (!ok || strings.Count(pattern, "{") < strings.Count(name, "{")) {
				name, o, ok = k, v, true
			}
		}
		if !ok {
			t.Errorf("%s %s: Asterisk knows no such operation", r.Method, r.Path)
			continue
		}
		for p := range r.Query {
			if !o.params[p] {
				t.Errorf("%s: no parameter %q", name, p)
			}
		}
		var body map[string]any
		if len(r.Body) > 0 && !strings.HasSuffix(r.Path, "/eventFilter") {
			must(t, json.Unmarshal(r.Body, &body))
		}
		for p := range body {
			if !o.params[p] {
				t.Errorf("%s: no parameter %q in the body", name, p)
			}
		}
	}
}

func fits(pattern, p string) bool {
	a, b := strings.Split(pattern, "/"), strings.Split(p, "/")
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] && !strings.HasPrefix(a[i], "{") {
			return false
		}
	}
	return true
}

func fetch(t *testing.T, url, user, password string, out any) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	must(t, err)
	req.SetBasicAuth(user, password)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(req)
	must(t, err)
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != 200 {
		t.Fatalf("%s: %s", url, resp.Status)
	}
	must(t, json.NewDecoder(resp.Body).Decode(out))
}
