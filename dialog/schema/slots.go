package schema

import "slices"

// slotTypes are the kinds of values.
func slotTypes() []string {
	return []string{"text", "choice", "number", "money", "percent", "ordinal", "digits", "phone", "id", "plate", "email", "name", "address",
		"time", "date", "duration", "boolean", "consent", "recording"}
}

func typesBut(not ...string) object {
	return enum(slices.DeleteFunc(slotTypes(), func(s string) bool { return slices.Contains(not, s) })...)
}

// limits says what min and max are for slots of these types.
func limits(limit object, types ...string) object {
	return object{"if": object{"required": []string{"type"}, "properties": object{"type": enum(types...)}},
		"then": object{"properties": object{"min": limit, "max": limit}}}
}

func slotDefinitions() object {
	currency := object{"type": "string", "pattern": "^[A-Z]{3}$", "description": "ISO 4217, as in EUR."}
	region := object{"type": "string", "pattern": "^[A-Z]{2}$", "description": "ISO 3166, as in GB."}
	limit := object{"type": []string{"number", "string"}}
	slot := fields("", object{
		"type":         about("What kind of value.", enum(slotTypes()...)),
		"entity":       about("An entity of the flow, instead of a type.", word()),
		"min":          about("A number, a length of digits, \"30m\", \"today\", \"+3 days\".", limit),
		"max":          about("A number, a length of digits, \"6 months\", \"+30 days\", \"2026-12-31\".", limit),
		"choices":      named("What can be chosen, with how people say it.", ref("choice")),
		"currency":     currency,
		"region":       region,
		"scope":        about("What is agreed to; of a consent.", word()),
		"past":         about("Whether a time may have passed.", truth()),
		"confirm":      about("Whether it is read back.", enum("always", "unsure", "never")),
		"remember":     about("For the call, or for later calls to the contact too.", enum("call", "contact")),
		"example":      about("How people might say it.", word()),
		"out_of_range": about("Said when the value is beyond min or max.", ref("prompt")),
	})
	slot["oneOf"] = oneOf("type", "entity")
	slot["allOf"] = []object{limits(object{"type": "number"}, "number", "money", "ordinal", "digits"), limits(word(), "time", "date", "duration")}
	keyed := fields("", object{"phrases": ref("texts"), "digits": ref("keys"), "say": about("How it is said to the customer.", word())})
	entity := fields("", object{
		"values":  object{"description": "Things, with what people call them.", "type": "object", "minProperties": 1, "additionalProperties": ref("entity-value")},
		"pattern": about("RE2, letters of any case.", object{"type": "string", "pattern": `\S`, "maxLength": 200}),
		"fuzzy":   about("Whether names that are recognised nearly right count (default true).", truth()),
	})
	entity["oneOf"] = oneOf("values", "pattern")
	declared := func(description string, value object) object {
		return object{"description": description, "type": "object", "propertyNames": ref("identifier"), "additionalProperties": value}
	}
	return object{
		"slots":        declared("What is found out in a conversation.", ref("slot")),
		"slot":         either(typesBut("choice"), slot),
		"choice":       either(word(), list(word(), 1), keyed),
		"entity-value": object{"anyOf": []object{{"type": "null"}, word(), list(word(), 0), keyed}},
		"entities":     declared("Kinds of values of the flow's own.", entity),
		"contact": declared("Fields of the contact that the flow uses; name and number are always there.", either(typesBut("choice", "recording"), fields("", object{
			"type": typesBut("choice", "recording"), "currency": currency, "region": region}, "type"))),
		"intents": named("What customers may mean, with examples of how they say it.", ref("intent")),
		"intent": either(word(), list(word(), 1), func() object {
			in := fields("", object{
				"phrases": about("Examples of what people say.", ref("texts")),
				"digits":  about("The key that means the same.", ref("keys")),
				"fill":    about("Slots that are filled from the same words.", ref("slot-names"))})
			in["anyOf"] = oneOf("phrases", "digits")
			return in
		}()),
	}
}
