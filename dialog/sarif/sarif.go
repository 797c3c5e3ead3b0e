// Package sarif writes what is wrong with flows as SARIF 2.1.0 (OASIS, Static
// Analysis Results Interchange Format), which editors show and code review
// systems put beside the lines of a change.
package sarif

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/dialwright/dialwright/dialog"
)

const (
	schemaURI = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	homepage  = "https://github.com/dialwright/dialwright"

	// The rules. A code review system lets people silence one of them.
	ruleError   = "flow-error"
	ruleWarning = "flow-warning"
)

// The parts of the format that are used; names as in the specification.
type (
	log struct {
		Schema  string `json:"$schema"`
		Version string `json:"version"`
		Runs    []run  `json:"runs"`
	}
	run struct {
		Tool       tool     `json:"tool"`
		ColumnKind string   `json:"columnKind"`
		Results    []result `json:"results"` // empty, not absent: it was looked, and nothing found
	}
	tool struct {
		Driver driver `json:"driver"`
	}
	driver struct {
		Name           string `json:"name"`
		InformationURI string `json:"informationUri"`
		Rules          []rule `json:"rules"`
	}
	rule struct {
		ID      string        `json:"id"`
		Short   message       `json:"shortDescription"`
		Default configuration `json:"defaultConfiguration"`
	}
	configuration struct {
		Level string `json:"level"`
	}
	message struct {
		Text string `json:"text"`
	}
	result struct {
		RuleID       string            `json:"ruleId"`
		RuleIndex    int               `json:"ruleIndex"`
		Level        string            `json:"level"`
		Message      message           `json:"message"`
		Locations    []location        `json:"locations"`
		Fingerprints map[string]string `json:"partialFingerprints"`
	}
	location struct {
		Physical physical `json:"physicalLocation"`
	}
	physical struct {
		Artifact artifact `json:"artifactLocation"`
		Region   region   `json:"region"`
	}
	artifact struct {
		URI string `json:"uri"`
	}
	region struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn"`
	}
)

// SARIF writes problems, of one flow or several, as one log with one run. A
// file's path stays as it is: relative ones are relative to where the command
// ran, which for a check in CI is the root of the repository.
func SARIF(problems dialog.Problems) ([]byte, error) {
	r := run{ColumnKind: "unicodeCodePoints", Results: []result{}, Tool: tool{driver{Name: "dialwright", InformationURI: homepage, Rules: []rule{
		{ruleError, message{"The flow does not load."}, configuration{"error"}},
		{ruleWarning, message{"The flow loads; somebody should look at it."}, configuration{"warning"}},
	}}}}
	seen := map[string]int{}
	for _, p := range problems {
		r.Results = append(r.Results, resultOf(p, seen))
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(log{Schema: schemaURI, Version: "2.1.0", Runs: []run{r}}); err != nil {
		return nil, fmt.Errorf("write SARIF: %w", err)
	}
	return out.Bytes(), nil
}

func resultOf(p dialog.Problem, seen map[string]int) result {
	res := result{RuleID: ruleError, Level: "error", Message: message{p.Message}}
	if p.Severity == dialog.SevWarning {
		res.RuleID, res.RuleIndex, res.Level = ruleWarning, 1, "warning"
	}
	if p.Hint != "" {
		res.Message.Text += " (" + p.Hint + ")"
	}
	res.Locations = []location{{physical{artifact{uri(p.File)}, region{max(p.Line, 1), max(p.Column, 1)}}}}
	// The same problem is the same one after lines were added above it.
	sum := sha256.Sum256([]byte(p.File + "\x00" + string(p.Severity) + "\x00" + p.Message))
	key := hex.EncodeToString(sum[:8])
	seen[key]++
	res.Fingerprints = map[string]string{"dialwright/v1": fmt.Sprintf("%s:%d", key, seen[key])}
	return res
}

// uri is a path as RFC 3986 has it.
func uri(path string) string {
	slashed := filepath.ToSlash(path)
	u := url.URL{Path: slashed}
	if strings.HasPrefix(slashed, "/") {
		u.Scheme = "file"
	}
	return u.String()
}
