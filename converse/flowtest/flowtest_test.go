package flowtest_test

import (
	"testing"

	"github.com/dialwright/dialwright/converse/flowtest"
)

func TestX(t *testing.T) {
	s, err := flowtest.Open("../../testdata/flows/renewal")
	if err != nil {
		t.Fatal(err)
	}
	r := s.Run(t.Context(), flowtest.Options{})
	for _, res := range r.Results {
		if res.Failure != nil {
			t.Errorf("%s", res.Failure)
		}
	}
	t.Logf("%+v %s", r.Coverage, r.Took)
}
