package nlu

import (
	"strconv"
	"strings"
)

var enUnits = map[string]int{
	"zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
	"ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
	"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}

var enScales = map[string]float64{"hundred": 100, "thousand": 1e3, "grand": 1e3, "million": 1e6, "billion": 1e9}

// enNumberAt reads the number that begins at words[i] and returns how many
// words it takes; 0 when none begins there.
func enNumberAt(words []string, i int) (value float64, used int) {
	if i >= len(words) {
		return 0, 0
	}
	if v, err := parseDecimal(words[i]); err == nil {
		used = 1
		for i+used < len(words) {
			s, ok := enScales[words[i+used]]
			if !ok {
				break
			}
			v *= s
			used++
		}
		return v, used
	}
	return enSpelledAt(words, i)
}

func enSpelledAt(words []string, i int) (float64, int) {
	total, group, used := 0.0, 0.0, 0
	last := 1000 // size of the last unit word: only smaller ones may follow it
	for j := i; j < len(words); j++ {
		w := words[j]
		if v, ok := enUnits[w]; ok {
			if used > 0 && (v == 0 || (v >= 10 && last < 100) || last < 20) {
				break
			}
			group += float64(v)
			last, used = max(v, 1), j-i+1
			if v >= 10 && v < 20 {
				last = 1
			}
			continue
		}
		if s, ok := enScales[w]; ok && (used > 0 || j > i) {
			if group == 0 {
				group = 1
			}
			if s == 100 {
				group *= s
			} else {
				total += group * s
				group = 0
			}
			last, used = 1000, j-i+1
			continue
		}
		if w == "a" && j == i && j+1 < len(words) && enScales[words[j+1]] > 0 {
			continue
		}
		if w == "and" && used > 0 && last == 1000 && j+1 < len(words) && isUnit(words[j+1]) {
			continue
		}
		if w == "point" && used > 0 {
			if frac, n := enFraction(words, j+1); n > 0 {
				return total + group + frac, j + 1 + n - i
			}
		}
		break
	}
	return total + group, used
}

func isUnit(w string) bool { _, ok := enUnits[w]; return ok }

// enFraction reads the digits after "point".
func enFraction(words []string, i int) (value float64, used int) {
	scale := 0.1
	for j := i; j < len(words); j++ {
		d, ok := enUnits[words[j]]
		if words[j] == "oh" || words[j] == "o" {
			d, ok = 0, true
		}
		if !ok || d > 9 {
			break
		}
		value += float64(d) * scale
		scale /= 10
		used++
	}
	return value, used
}

func parseDecimal(s string) (float64, error) {
	if s == "" || s[0] < '0' || s[0] > '9' || len(s) > 18 || strings.ContainsAny(s, "xXeEpP_") {
		return 0, strconv.ErrSyntax
	}
	return strconv.ParseFloat(s, 64)
}
