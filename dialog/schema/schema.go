// Package schema holds the JSON Schemas (draft 2020-12) of the flow language
// and of the language of its tests. Editors complete and check with them what
// people write; what only the loader can know (names that are declared
// nowhere, nodes that nothing leads to) is for `dialwright flow check`.
package schema

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Where the schemas are published.
const (
	FlowID  = "https://dialwright.github.io/schema/flow.schema.json"
	TestsID = "https://dialwright.github.io/schema/tests.schema.json"
)

// Flow is the schema of flow.yaml and of the files it includes.
func Flow() ([]byte, error) {
	return write(object{
		"$schema": draft, "$id": FlowID, "title": "Dialwright flow",
		"description": "A telephone conversation: flow.yaml, or a file that it includes (one without the key flow).",
		"type":        "object",
		"if":          object{"required": []string{"flow"}}, "then": ref("flow"), "else": ref("included"),
		"$defs": flowDefinitions(),
	})
}

// Tests is the schema of the files in a flow's directory tests.
func Tests() ([]byte, error) {
	s := testsFile()
	s["$schema"], s["$id"], s["title"], s["$defs"] = draft, TestsID, "Tests of a Dialwright flow", testDefinitions()
	return write(s)
}

const draft = "https://json-schema.org/draft/2020-12/schema"

func write(s object) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		return nil, fmt.Errorf("write the schema: %w", err)
	}
	return out.Bytes(), nil
}

// object is a piece of a schema; its keys come out in the order of the alphabet.
type object map[string]any

// about adds a description, and gives a copy.
func about(text string, s object) object {
	out := object{"description": text}
	for k, v := range s {
		out[k] = v
	}
	return out
}

func ref(name string) object { return object{"$ref": "#/$defs/" + name} }

// fields is a mapping with these keys and no others.
func fields(description string, properties object, required ...string) object {
	s := object{"type": "object", "additionalProperties": false, "properties": properties}
	if description != "" {
		s["description"] = description
	}
	if len(required) > 0 {
		s["required"] = required
	}
	return s
}

// named is a mapping with keys of the author's.
func named(description string, value object) object {
	return object{"description": description, "type": "object", "additionalProperties": value}
}

func list(item object, least int) object {
	s := object{"type": "array", "items": item}
	if least > 0 {
		s["minItems"] = least
	}
	return s
}

func either(all ...object) object { return object{"anyOf": all} }

func enum(values ...string) object { return object{"enum": values} }

// word is a text that is not blank.
func word() object { return object{"type": "string", "pattern": `\S`} }

func truth() object { return object{"type": "boolean"} }

func whole(least, most int) object {
	return object{"type": "integer", "minimum": least, "maximum": most}
}

func number(least, most float64) object {
	return object{"type": "number", "minimum": least, "maximum": most}
}

// oneOf asks for exactly one of the keys.
func oneOf(keys ...string) []object {
	var all []object
	for _, k := range keys {
		all = append(all, object{"required": []string{k}})
	}
	return all
}

// merged joins properties.
func merged(all ...object) object {
	out := object{}
	for _, o := range all {
		for k, v := range o {
			out[k] = v
		}
	}
	return out
}

// without leaves properties out.
func without(o object, keys ...string) object {
	out := merged(o)
	for _, k := range keys {
		delete(out, k)
	}
	return out
}
