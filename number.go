package dialwright

import (
	"errors"
	"fmt"
	"strings"

	"github.com/nyaruka/phonenumbers"
	"golang.org/x/text/width"
)

// Number is a telephone number in E.164 form, for example +8613800138000.
type Number string

// ErrNumber is wrapped by every error about a number that cannot be dialled.
var ErrNumber = errors.New("not a telephone number")

// ParseNumber reads a number as people write it: with or without a country
// code, with blanks, dashes and brackets, with full-width digits. region is
// the ISO 3166 code of the country a number without a code belongs to, for
// example CN; it may be empty when every number carries its country code.
func ParseNumber(s, region string) (Number, error) {
	text := strings.TrimSpace(width.Narrow.String(s))
	if text == "" {
		return "", fmt.Errorf("%w: it is empty", ErrNumber)
	}
	if len(text) > 64 {
		return "", fmt.Errorf("%w: %d characters long", ErrNumber, len(text))
	}
	if region == "" && !strings.HasPrefix(text, "+") && !strings.HasPrefix(text, "00") {
		return "", fmt.Errorf("%w: %q has no country code and no default region is set", ErrNumber, s)
	}
	if strings.HasPrefix(text, "00") {
		text = "+" + text[2:]
	}
	parsed, err := phonenumbers.Parse(text, region)
	if err != nil {
		return "", fmt.Errorf("%w: %q: %w", ErrNumber, s, err)
	}
	if !phonenumbers.IsPossibleNumber(parsed) {
		return "", fmt.Errorf("%w: %q has the wrong number of digits for %s", ErrNumber, s, regionName(parsed, region))
	}
	if !phonenumbers.IsValidNumber(parsed) {
		return "", fmt.Errorf("%w: %q is in no number range of %s", ErrNumber, s, regionName(parsed, region))
	}
	return Number(phonenumbers.Format(parsed, phonenumbers.E164)), nil
}

func regionName(n *phonenumbers.PhoneNumber, fallback string) string {
	if r := phonenumbers.GetRegionCodeForCountryCode(int(n.GetCountryCode())); r != "" && r != "ZZ" {
		return r
	}
	return fallback
}

// Digits is the number without its plus sign.
func (n Number) Digits() string { return strings.TrimPrefix(string(n), "+") }
