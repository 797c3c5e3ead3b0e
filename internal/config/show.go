package config

import (
	"iter"
	"maps"
	"reflect"
)

// Entry is one value in force.
type Entry struct {
	Key    string `json:"key"`
	Value  string `json:"value"`  // secrets masked
	Origin string `json:"origin"` // default, file:line, a variable's name, or a flag
}

// Show lists every value in force and where it came from.
func (c *Config) Show() []Entry {
	all := leaves(reflect.ValueOf(c).Elem(), "")
	out := make([]Entry, 0, len(all))
	for _, leaf := range all {
		e := Entry{Key: leaf.key, Value: flat(leaf.value), Origin: "default"}
		if o, ok := c.origins[leaf.key]; ok {
			e.Origin = o
		}
		out = append(out, e)
	}
	return out
}

// Origin tells where the value of a key came from.
func (c *Config) Origin(key string) string {
	if o, ok := c.origins[key]; ok {
		return o
	}
	return "default"
}

func mapKeys[V any](m map[string]V) iter.Seq[string] { return maps.Keys(m) }
