package dialwright_test

import (
	"errors"
	"testing"

	"github.com/dialwright/dialwright"
)

func TestParseNumber(t *testing.T) {
	for _, c := range []struct {
		in, region string
		want       dialwright.Number
	}{
		{"13800138000", "CN", "+8613800138000"},
		{"+86 138-0013-8000", "", "+8613800138000"},
		{"0086 138 0013 8000", "", "+8613800138000"},
		{"１３８００１３８０００", "CN", "+8613800138000"},
		{"010-62345678", "CN", "+861062345678"},
		{"(0571) 8765 4321", "CN", "+8657187654321"},
		{"(202) 555-0123", "US", "+12025550123"},
		{"020 7946 0958", "GB", "+442079460958"},
	} {
		got, err := dialwright.ParseNumber(c.in, c.region)
		if err != nil || got != c.want {
			t.Errorf("ParseNumber(%q, %q) = %q, %v; want %q", c.in, c.region, got, err, c.want)
		}
	}
	for _, in := range []string{"", "   ", "abc", "123", "+", "+86", "1380013800012345678", "1\x002", "138001380001"} {
		if got, err := dialwright.ParseNumber(in, "CN"); !errors.Is(err, dialwright.ErrNumber) {
			t.Errorf("ParseNumber(%q) = %q, %v; want ErrNumber", in, got, err)
		}
	}
	if _, err := dialwright.ParseNumber("13800138000", ""); !errors.Is(err, dialwright.ErrNumber) {
		t.Errorf("a local number without a region: %v", err)
	}
}

func FuzzParseNumber(f *testing.F) {
	f.Add("13800138000", "CN")
	f.Add("+1 (202) 555-0123", "")
	f.Fuzz(func(t *testing.T, in, region string) {
		n, err := dialwright.ParseNumber(in, region)
		if err != nil {
			return
		}
		again, err := dialwright.ParseNumber(string(n), "")
		if err != nil || again != n {
			t.Errorf("%q became %q, which reads as %q, %v", in, n, again, err)
		}
	})
}
