package engine_test

import (
	"math"
	"strings"
	"testing"

	"github.com/dialwright/dialwright/nlu"
	"github.com/dialwright/dialwright/nlu/engine"
	"github.com/dialwright/dialwright/nlu/engine/enginetest"
)

func TestLocal(t *testing.T) {
	enginetest.Run(t, func(*testing.T) engine.Engine {
		return engine.Local("phrases", nlu.NewPhrases(enginetest.Intents()))
	})
}

func TestRestrict(t *testing.T) {
	q := nlu.Query{Among: []string{"a", "b"}}
	got, err := engine.Restrict(q, []nlu.Candidate{{Intent: "c", Score: 1}, {Intent: "a", Score: 0.2}, {Intent: "b", Score: 0.7}})
	if err != nil || len(got) != 2 || got[0].Intent != "b" {
		t.Errorf("%+v %v", got, err)
	}
	for what, bad := range map[string][]nlu.Candidate{
		"not from 0": {{Intent: "a", Score: math.NaN()}}, "twice": {{Intent: "a", Score: 0.1}, {Intent: "a", Score: 0.1}},
	} {
		if _, err := engine.Restrict(q, bad); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}
