package schema

// flowDefinitions are the parts of the flow language by name.
func flowDefinitions() object {
	all := object{
		"flow": fields("flow.yaml", flowKeys(), "flow"),
		"included": fields("A file named by include.", object{
			"slots": ref("slots"), "entities": ref("entities"), "intents": ref("intents"), "global": ref("globals"), "prompts": ref("prompts"),
			"nodes": ref("nodes"), "flows": ref("flows"), "knowledge": ref("knowledge"), "pronounce": ref("pronounce"),
		}),
		"word":      word(),
		"node-name": about("The name of a node.", word()),
		"duration": object{"type": "string", "description": "A length of time with its unit.", "pattern": `^[+]?([0-9]+([.][0-9]*)?|[.][0-9]+)(ns|us|µs|μs|ms|s|m|h)(([0-9]+([.][0-9]*)?|[.][0-9]+)(ns|us|µs|μs|ms|s|m|h))*$`,
			"examples": []string{"800ms", "5s", "2m"}},
		"expression": about("An expression, as in amount > 500 && filled(\"day\").", either(word(), truth())),
		"keys":       object{"description": "Telephone keys.", "anyOf": []object{{"type": "string", "pattern": `^[0-9*#]+$`}, {"type": "integer", "minimum": 0}}},
		"key":        object{"description": "One telephone key.", "anyOf": []object{{"type": "string", "pattern": `^[0-9*#]$`}, whole(0, 9)}},
		"texts":      either(word(), list(word(), 1)),
		"slot-names": about("One slot, or several.", either(word(), list(word(), 0))),
		"slot-name":  about("A slot.", either(word(), object{"type": "array", "items": word(), "minItems": 1, "maxItems": 1})),
		"value":      about("A value, null (which clears the slot), or a text that begins with = and is an expression.", object{"type": []string{"string", "number", "boolean", "null"}}),
		"format":     about("A text with places {{EXPRESSION}}.", word()),
		"json":       about("A value; texts have places {{EXPRESSION}}, or begin with = and are expressions.", object{"type": []string{"string", "number", "boolean", "null", "array", "object"}}),
		"formats":    named("Names and texts with places {{EXPRESSION}}.", ref("format")),
		"identifier": object{"type": "string", "maxLength": 64, "pattern": `^[^\x00-\x40\x5b-\x5e\x60\x7b-\x7f][^\x00-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f]*$`},
	}
	return merged(all, promptDefinitions(), slotDefinitions(), listenDefinitions(), nodeDefinitions(), workDefinitions())
}

func flowKeys() object {
	return object{
		"flow":         about("The flow's name.", word()),
		"language":     about("The language of its prompts (default en).", enum("en", "zh")),
		"voice":        about("Engine and voice, as in flite/slt.", word()),
		"include":      about("Other files of the flow, relative, inside its directory.", object{"type": "array", "items": word(), "maxItems": 64}),
		"start":        about("The node a conversation begins with (default: the first).", word()),
		"on_answer":    about("The node a conversation begins with; another word for start.", word()),
		"on_voicemail": about("The node to go to when a machine answers.", word()),
		"on_screening": about("The node to go to when a call screener asks who calls.", word()),
		"on_error":     about("The node to go to when something fails.", word()),
		"on_silence":   ref("timer"),
		"on_hangup":    ref("finale"),
		"timers":       object{"type": "object", "description": "What happens so long after the answer.", "additionalProperties": ref("timer"), "maxProperties": 16},
		"max_length": about("How long a conversation may be; when it is over, the flow ends at its next question.", either(ref("duration"), fields("", object{
			"after": ref("duration"), "say": ref("prompt"), "goto": ref("node-name")}, "after"))),
		"disclosure":  about("Said before anything else; nobody can interrupt it.", ref("prompt")),
		"opt_out":     about("Whether (or where) wishes not to be called again are heard everywhere.", either(truth(), word())),
		"contact":     ref("contact"),
		"slots":       ref("slots"),
		"entities":    ref("entities"),
		"intents":     ref("intents"),
		"global":      ref("globals"),
		"prompts":     ref("prompts"),
		"pronounce":   ref("pronounce"),
		"experiments": ref("experiments"),
		"knowledge":   ref("knowledge"),
		"defaults":    fields("What holds at every node that does not say otherwise.", settings()),
		"nodes":       ref("nodes"),
		"flows":       ref("flows"),
	}
}

func promptDefinitions() object {
	form := object{
		"text":     about("What is said; a list is variants.", either(word(), list(ref("variant"), 1))),
		"parts":    ref("parts"),
		"audio":    ref("recording"),
		"variants": about("Chosen without repeating.", list(ref("variant"), 1)),
		"prompt":   about("The name of a prompt.", word()),
	}
	manners := object{
		"voice": about("Engine and voice.", word()), "language": about("Of what is said.", word()),
		"rate":     about("1 is normal speed.", number(0.5, 2)),
		"barge_in": ref("barge_in"),
	}
	spoken := fields("", merged(form, manners))
	spoken["anyOf"] = oneOf("text", "parts", "audio", "variants", "prompt")
	spoken["if"] = object{"required": []string{"audio"}} // its text is what the transcript shows
	spoken["then"] = object{"properties": object{"text": word()}}
	trial := object{"description": "What is said in each variant of an experiment.", "type": "object", "required": []string{"experiment"},
		"properties": merged(manners, object{"experiment": about("Its name.", word())}), "additionalProperties": ref("prompt")}
	variant := fields("", object{"text": word(), "parts": ref("parts"), "audio": ref("recording"), "weight": whole(1, 1000)})
	variant["anyOf"] = oneOf("text", "parts", "audio")
	part := fields("", object{"text": word(), "audio": ref("recording"), "pause": ref("duration")})
	part["anyOf"] = oneOf("text", "audio", "pause")
	play := fields("", object{"audio": ref("recording"), "text": about("What it says, for the transcript.", word()), "barge_in": ref("barge_in")}, "audio")
	return object{
		"prompt": object{"description": "Something to say: a text with places {{…}}, @NAME of a prompt, a list of variants, or a mapping.",
			"if":   object{"type": "object"},
			"then": object{"if": object{"required": []string{"experiment"}}, "then": trial, "else": spoken},
			"else": either(word(), list(ref("variant"), 1))},
		"variant":   either(word(), variant),
		"parts":     about("Texts, recordings and pauses, one after the other.", object{"type": "array", "items": either(word(), part), "minItems": 1, "maxItems": 64}),
		"recording": object{"type": "string", "description": "A .wav inside the flow's directory: 16 bit, mono, 8 or 16 kHz.", "pattern": `\.[wW][aA][vV]\s*$`},
		"play":      about("A recording.", either(ref("recording"), play)),
		"barge_in": about("Whether the customer may interrupt, and what an interruption is.", either(truth(), fields("", object{
			"after":       about("Speech of at least so long.", ref("duration")),
			"protect":     about("Not during the first so long.", ref("duration")),
			"min_words":   whole(1, 10),
			"backchannel": about("Words such as yes, uh-huh while listening.", enum("ignore", "interrupt"))}))),
		"prompts":   named("Prompts by name, used as say: \"@name\".", ref("prompt")),
		"pronounce": named("Words and how they are spoken.", ref("word")),
		"experiments": named("Experiments with the weights of their variants.", object{"type": "object", "minProperties": 2,
			"additionalProperties": whole(1, 1000)}),
		"knowledge": named("Knowledge by name, with its files.", ref("texts")),
	}
}
