package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

func content(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestFlowGraph(t *testing.T) {
	d := withShop(t)
	for _, c := range []struct{ args, want string }{ // for other programs: lines may be long
		{"flow graph flows/shop", "<b>greet</b>"},
		{"flow graph shop --format dot", "digraph \"shop\" {"},
	} {
		if out, _, code := d.run(strings.Fields(c.args)...); code != exitOK || !strings.Contains(out, c.want) {
			t.Errorf("%s: exit code %d\n%s", c.args, code, out)
		}
	}
	d.says(exitOK, nil, "flow", "graph", "flows/shop", "--format", "html", "--coverage", "--out", "shop.html")
	if page := content(t, "shop.html"); !strings.Contains(page, `data-node="greet"`) || !strings.Contains(page, "cov1") || !strings.Contains(page, "cov0") {
		t.Error("the page does not show what tests came to")
	}
	out, _, _ := d.run("flow", "graph", "flows/shop", "--coverage", "--json")
	var m struct {
		Nodes    []struct{ Name, Kind string }
		Coverage struct {
			Tests  int
			Visits map[string]int
			Walks  []struct{ From, To string }
		}
	}
	if err := json.Unmarshal([]byte(out), &m); err != nil || len(m.Nodes) != 6 || m.Coverage.Tests != 1 || m.Coverage.Visits["when"] != 1 || len(m.Coverage.Walks) != 2 {
		t.Errorf("%v\n%s", err, out)
	}
	d.says(exitUsage, []string{"one of mermaid, dot, html, json"}, "flow", "graph", "flows/shop", "--format", "png")
	d.says(exitNotFound, []string{"no such file"}, "flow", "graph", "flows/other")
	d.says(exitNotFound, []string{"write no/where.html: no such file or directory"}, "flow", "graph", "flows/shop", "--out", "no/where.html")
	d.write("flows/bad/flow.yaml", "flow: bad\nnodes: {a: {sey: x, end: done}}\n")
	d.says(exitConfig, []string{`unknown key "sey"`}, "flow", "graph", "flows/bad")
	d.write("flows/lonely/flow.yaml", chatFlow)
	d.says(exitNotFound, []string{"there are no tests"}, "flow", "graph", "flows/lonely", "--coverage")
}

func TestFlowSchema(t *testing.T) {
	d := newDesk(t)
	out, _, code := d.run("flow", "schema")
	var s struct {
		Schema string         `json:"$schema"`
		Defs   map[string]any `json:"$defs"`
	}
	if err := json.Unmarshal([]byte(out), &s); err != nil || code != exitOK || !strings.Contains(s.Schema, "2020-12") || s.Defs["node"] == nil {
		t.Errorf("exit code %d, %v", code, err)
	}
	d.says(exitOK, nil, "flow", "schema", "--tests", "--out", "tests.schema.json")
	if !strings.Contains(content(t, "tests.schema.json"), "barge_in") {
		t.Error("this is not the schema of tests")
	}
}

func TestFlowCheckLooksFurther(t *testing.T) {
	d := withShop(t)
	flow := strings.Replace(chatFlow, "Will you pay?", "Will you pay? Press 7.", 1)
	d.write("flows/shop/flow.yaml", flow)
	d.says(exitOK, []string{"warning: say of node greet announces the key 7, which is not taken there"}, "flow", "check", "flows/shop")
	d.says(exitOK, []string{"warning: intent pay has only 2 examples"}, "flow", "check", "flows/shop", "--strict", "--sarif", "found.sarif")
	var log struct {
		Runs []struct {
			Results []struct {
				Locations []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI string }
						Region           struct{ StartLine int }
					}
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(content(t, "found.sarif")), &log); err != nil || len(log.Runs) != 1 || len(log.Runs[0].Results) < 3 {
		t.Fatalf("%v %+v", err, log)
	}
	for _, r := range log.Runs[0].Results {
		if at := r.Locations[0].PhysicalLocation; at.ArtifactLocation.URI != "flows/shop/flow.yaml" || at.Region.StartLine < 1 {
			t.Errorf("%+v", at)
		}
	}
	d.says(exitNotFound, []string{"write no/found.sarif"}, "flow", "check", "flows/shop", "--sarif", "no/found.sarif")
}

func TestFlowCheckVoices(t *testing.T) {
	d := withShop(t)
	d.says(exitOK, []string{`warning: no voice is cached for "When?"`}, "flow", "check", "flows/shop", "--voices")
}
