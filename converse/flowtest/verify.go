package flowtest

import "context"

// TB is what Verify needs of a testing.TB.
type TB interface {
	Helper()
	Context() context.Context
	Fatal(args ...any)
	Errorf(format string, args ...any)
}

// Verify runs the tests of a flow's directory as part of a Go test. Each
// conversation that fails fails it, and so does a share of the nodes below
// atLeast percent.
func Verify(t TB, dir string, atLeast float64) Report {
	t.Helper()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	r := s.Run(t.Context(), Options{})
	for i := range r.Results {
		if f := r.Results[i].Failure; f != nil {
			t.Errorf("%s", f)
		}
	}
	if got := r.Coverage.Nodes.Percent(); got < atLeast {
		t.Errorf("%s: the tests reach %.0f %% of the nodes, not %.0f; missing: %v", dir, got, atLeast, r.Coverage.Nodes.Missing)
	}
	return r
}
