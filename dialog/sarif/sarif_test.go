package sarif_test

import (
	"encoding/json"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/dialog/sarif"
)

// written is what a reader of the format looks for.
type written struct {
	Schema  string `json:"$schema"`
	Version string
	Runs    []struct {
		ColumnKind string
		Tool       struct {
			Driver struct {
				Name           string
				InformationURI string `json:"informationUri"`
				Rules          []struct {
					ID               string
					ShortDescription struct{ Text string }
				}
			}
		}
		Results []struct {
			RuleID              string `json:"ruleId"`
			RuleIndex           int
			Level               string
			Message             struct{ Text string }
			PartialFingerprints map[string]string
			Locations           []struct {
				PhysicalLocation struct {
					ArtifactLocation struct{ URI string }
					Region           struct{ StartLine, StartColumn int }
				}
			}
		}
	}
}

func read(t *testing.T, problems dialog.Problems) written {
	t.Helper()
	data, err := sarif.SARIF(problems)
	if err != nil {
		t.Fatal(err)
	}
	var w written
	if err := json.Unmarshal(data, &w); err != nil {
		t.Fatal(err)
	}
	if w.Version != "2.1.0" || w.Schema == "" || len(w.Runs) != 1 || w.Runs[0].ColumnKind != "unicodeCodePoints" ||
		w.Runs[0].Tool.Driver.Name != "dialwright" || w.Runs[0].Results == nil {
		t.Fatalf("%s", data)
	}
	for _, r := range w.Runs[0].Results {
		rules := w.Runs[0].Tool.Driver.Rules
		if r.RuleIndex >= len(rules) || rules[r.RuleIndex].ID != r.RuleID || rules[r.RuleIndex].ShortDescription.Text == "" {
			t.Errorf("rule %s is not the one at %d", r.RuleID, r.RuleIndex)
		}
		if r.Message.Text == "" || len(r.Locations) != 1 || len(r.PartialFingerprints) != 1 {
			t.Errorf("incomplete: %+v", r)
		}
		at := r.Locations[0].PhysicalLocation
		if _, err := url.Parse(at.ArtifactLocation.URI); err != nil || at.Region.StartLine < 1 || at.Region.StartColumn < 1 {
			t.Errorf("no such place: %+v, %v", at, err)
		}
	}
	return w
}

func TestNothingWrong(t *testing.T) {
	if w := read(t, nil); len(w.Runs[0].Results) != 0 {
		t.Errorf("%+v", w)
	}
}

func TestPlacesAndLevels(t *testing.T) {
	w := read(t, dialog.Problems{
		{File: "flows/my flow/flow.yaml", Line: 3, Column: 7, Severity: dialog.SevError, Message: "unknown key \"sey\" in node a", Hint: "did you mean \"say\"?"},
		{File: "/srv/flow.yaml", Line: 9, Column: 1, Severity: dialog.SevWarning, Message: "prompt <b> is never said"},
		{File: "/srv/flow.yaml", Severity: dialog.SevWarning, Message: "prompt <b> is never said"},
	})
	got := w.Runs[0].Results
	first, second, third := got[0], got[1], got[2]
	if first.Level != "error" || first.Message.Text != `unknown key "sey" in node a (did you mean "say"?)` {
		t.Errorf("%+v", first)
	}
	at := first.Locations[0].PhysicalLocation
	if at.ArtifactLocation.URI != "flows/my%20flow/flow.yaml" || at.Region.StartLine != 3 || at.Region.StartColumn != 7 {
		t.Errorf("%+v", at)
	}
	if second.Level != "warning" || second.Locations[0].PhysicalLocation.ArtifactLocation.URI != "file:///srv/flow.yaml" {
		t.Errorf("%+v", second)
	}
	if second.PartialFingerprints["dialwright/v1"] == third.PartialFingerprints["dialwright/v1"] {
		t.Error("two problems share a fingerprint")
	}
}

// Every broken flow of the corpus can be told.
func TestCorpus(t *testing.T) {
	files, err := filepath.Glob("../../testdata/flows/bad/*.yaml")
	if err != nil || len(files) < 80 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		_, err = dialog.Parse(file, src)
		var problems dialog.Problems
		if !errors.As(err, &problems) {
			t.Fatalf("%s: %v", file, err)
		}
		if w := read(t, problems); len(w.Runs[0].Results) != len(problems) {
			t.Errorf("%s: %d of %d problems", file, len(w.Runs[0].Results), len(problems))
		}
	}
}
