package main

import "github.com/dialwright/dialwright/converse/flowtest"

// The report of flow test --json. Names are kept stable.
type testRun struct {
	OK      bool        `json:"ok"`
	Tests   int         `json:"tests"`
	Failed  int         `json:"failed"`
	Seconds float64     `json:"seconds"`
	Flows   []testSuite `json:"flows"`
}

type testSuite struct {
	Path        string     `json:"path"`
	Flow        string     `json:"flow"`
	Tests       []testCase `json:"tests"`
	Nodes       testShare  `json:"nodes"`
	Transitions testShare  `json:"transitions"`
	Coverage    testWalks  `json:"coverage"`
}

// testWalks is where the tests came, for whoever draws the flow.
type testWalks struct {
	Tests  int            `json:"tests"`
	Visits map[string]int `json:"visits"` // by node
	Walks  []testWalk     `json:"walks"`
}

type testWalk struct {
	From  string `json:"from"`
	To    string `json:"to"`
	Count int    `json:"count"`
}

type testCase struct {
	Name    string            `json:"name"`
	File    string            `json:"file"`
	Line    int               `json:"line"`
	OK      bool              `json:"ok"`
	LastedS float64           `json:"lasted_s"` // the conversation's own time
	Failure *flowtest.Failure `json:"failure,omitempty"`
}

type testShare struct {
	flowtest.Share
	Percent float64 `json:"percent"`
}

func testReport(reports []flowtest.Report) testRun {
	run := testRun{OK: true, Flows: []testSuite{}}
	for i := range reports {
		r := &reports[i]
		s := testSuite{Path: r.Path, Flow: r.Flow, Tests: []testCase{}, Nodes: shareOf(r.Coverage.Nodes), Transitions: shareOf(r.Coverage.Transitions)}
		s.Coverage = testWalks{Tests: len(r.Results), Visits: r.Coverage.Visits, Walks: []testWalk{}}
		for _, w := range r.Coverage.Walked() {
			s.Coverage.Walks = append(s.Coverage.Walks, testWalk{w.From, w.To, r.Coverage.Walks[w]})
		}
		for j := range r.Results {
			res := &r.Results[j]
			s.Tests = append(s.Tests, testCase{Name: res.Test.Name, File: res.Test.File, Line: res.Test.At.Line,
				OK: res.Failure == nil, LastedS: res.Lasted.Seconds(), Failure: res.Failure})
		}
		run.Tests, run.Failed, run.Seconds = run.Tests+len(r.Results), run.Failed+r.Failed(), run.Seconds+r.Took.Seconds()
		run.Flows = append(run.Flows, s)
	}
	run.OK = run.Failed == 0
	return run
}

func shareOf(s flowtest.Share) testShare {
	if s.Missing == nil {
		s.Missing = []string{}
	}
	return testShare{s, s.Percent()}
}
