package flowtest

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

// The shape that CI systems read.
type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Time     string       `xml:"time,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Time     string      `xml:"time,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	File    string        `xml:"file,attr"`
	Line    int           `xml:"line,attr"`
	Time    string        `xml:"time,attr"` // the conversation's own
	Failure *junitFailure `xml:"failure"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

// WriteJUnit writes reports as JUnit XML.
func WriteJUnit(w io.Writer, reports []Report) error {
	all := junitSuites{Name: "dialwright flow test"}
	total := 0.0
	for i := range reports {
		r := &reports[i]
		s := junitSuite{Name: r.Flow, Tests: len(r.Results), Failures: r.Failed(), Time: seconds(r.Took.Seconds())}
		for j := range r.Results {
			res := &r.Results[j]
			c := junitCase{Name: res.Test.Name, Class: r.Flow, File: res.Test.File, Line: res.Test.At.Line, Time: seconds(res.Lasted.Seconds())}
			if f := res.Failure; f != nil {
				c.Failure = &junitFailure{Message: f.Message, Type: "conversation", Text: printable(f.String())}
			}
			s.Cases = append(s.Cases, c)
		}
		all.Tests, all.Failures, total = all.Tests+s.Tests, all.Failures+s.Failures, total+r.Took.Seconds()
		all.Suites = append(all.Suites, s)
	}
	all.Time = seconds(total)
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return fmt.Errorf("write JUnit: %w", err)
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(all); err != nil {
		return fmt.Errorf("write JUnit: %w", err)
	}
	if _, err := io.WriteString(w, "\n"); err != nil {
		return fmt.Errorf("write JUnit: %w", err)
	}
	return nil
}

func seconds(s float64) string { return fmt.Sprintf("%.3f", s) }

// printable takes out what XML cannot hold.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, s)
}
