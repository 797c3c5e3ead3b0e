package schema

// testsFile is a file of tests.
func testsFile() object {
	return fields("Conversations with a flow, held on a virtual clock by dialwright flow test.", object{
		"flow":     about("The flow's path, relative to this file (default: the directory above).", word()),
		"defaults": fields("What every test begins with.", beginning()),
		"tests":    list(ref("test"), 1),
	}, "tests")
}

func beginning() object {
	return object{
		"now":     object{"type": "string", "description": "When the conversation begins, with its zone.", "examples": []string{"2026-06-01T10:00:00+08:00"}, "pattern": `^[0-9]{4}-[0-9]{2}-[0-9]{2}T`},
		"zone":    about("The contact's zone, as in Asia/Shanghai.", word()),
		"contact": about("Fields of the contact.", object{"type": "object"}),
		"memory":  about("What was remembered of earlier calls.", object{"type": "object"}),
	}
}

func testDefinitions() object {
	test := fields("One conversation.", merged(beginning(), object{
		"name": about("What it shows; unique in the file.", word()), "steps": list(ref("step"), 0), "expect": ref("finally")}), "name")
	test["anyOf"] = oneOf("steps", "expect")
	return object{
		"test":     test,
		"step":     step(),
		"word":     word(),
		"duration": flowDefinitions()["duration"],
		"texts":    either(word(), list(word(), 1)),
		"values":   about("Names and values; null: none. Texts may have places {{…}}.", object{"type": "object"}),
		"name":     either(word(), object{"type": "null"}),
		"length":   either(object{"type": "string", "const": "0"}, ref("duration")),
		"moment":   either(object{"const": true}, ref("length"), fields("", object{"after": ref("length")}, "after")),
		"now": fields("How things stand now.", object{"node": ref("name"), "slots": ref("values"), "intent": ref("name"), "outcome": ref("name"),
			"interrupted": about("Whether the last prompt was cut off.", truth()), "listening": truth(), "ended": truth()}),
		"finally": fields("How the conversation ended.", object{
			"outcome": ref("name"), "node": about("The last one.", ref("name")), "slots": ref("values"), "ended_by": enum("flow", "customer"),
			"transfer": either(truth(), fields("", targets())), "callback": about("A time, or whether one was promised.", object{"type": []string{"string", "boolean"}}),
			"opt_out": truth(), "remembered": ref("values"), "consents": ref("values"), "experiments": ref("values"),
			"faults": either(object{"const": true}, ref("texts"))}),
		"failure": either(ref("class"), fields("", object{"class": ref("class"), "status": object{"type": "number"}, "detail": word(), "body": object{}})),
		"class":   enum("timeout", "failed", "unknown", "limit"),
		"wanted":  about("A text with places {{…}}, or a mapping or list.", object{"anyOf": []object{word(), {"type": []string{"object", "array"}}}}),
	}
}

func targets() object {
	return object{"group": ref("word"), "number": ref("word"), "queue": ref("word"), "variables": object{}}
}

// step has exactly one key.
func step() object {
	sound := object{"text": word(), "confidence": number(0, 1), "alternatives": about("Other transcripts.", ref("texts")),
		"partials": about("What the recogniser guesses on the way.", ref("texts")),
		"noise":    about("A sound without words.", ref("duration")), "after": ref("length")}
	digits := object{"type": "string", "pattern": `^[0-9*#]+$`}
	user := fields("", sound)
	user["oneOf"] = oneOf("text", "noise")
	barge := fields("Speaks or presses keys into the last prompt.", merged(sound, object{"digits": digits}))
	barge["oneOf"] = oneOf("text", "noise", "digits")
	bot := fields("", object{"text": word(), "template": word(), "contains": ref("texts"), "matches": about("RE2, not anchored.", word()),
		"node": about("The node that says it.", word()), "source": about("Of an answer from knowledge.", word()), "any": about("Whatever is said until the bot waits.", truth())})
	bot["minProperties"] = 1
	work := func(description string, reply object, asks ...string) object {
		p := object{"reply": reply, "fail": ref("failure"), "after": ref("length")}
		for _, a := range asks {
			p[a] = ref("wanted")
		}
		return fields(description, p)
	}
	s := fields("", object{
		"bot":       about("What the bot says next.", either(word(), list(either(word(), bot), 0), bot)),
		"user":      about("The customer says something.", either(word(), user)),
		"digits":    about("The customer presses keys.", either(digits, fields("", object{"digits": digits, "after": ref("length")}, "digits"))),
		"silence":   about("The customer says nothing, so long or until something comes of it.", either(object{"const": true}, ref("duration"))),
		"barge_in":  barge,
		"hangup":    about("The customer hangs up.", ref("moment")),
		"voicemail": about("A machine answers.", ref("moment")),
		"screening": about("A call screener asks who calls.", ref("moment")),
		"expect":    ref("now"),
		"transfer": fields("Answers a transfer.", merged(targets(), object{"result": enum("connected", "nobody", "busy", "failed", "abandoned"),
			"agent": word(), "waited": ref("length"), "talked": ref("length"), "customer": enum("stays", "leaves")})),
		"fail": about("The recogniser fails; the next prompt cannot be said; the next duty cannot be done.", enum("ears", "mouth", "duty")),
		"http": work("Answers an HTTP request.", fields("", object{"status": whole(100, 599), "body": object{}, "after": ref("length")}), "method", "url", "headers", "body"),
		"crm":  work("Answers an operation of the CRM.", object{}, "name", "with"), "function": work("Answers a function.", object{}, "name", "with"),
		"llm": work("Answers for a language model.", fields("", object{"sentences": ref("texts"), "text": word(), "tool": word(), "slots": object{"type": "object"}, "after": ref("length")}),
			"user", "system", "tools", "knowledge"),
		"knowledge": work("Answers for knowledge.", fields("", object{"text": word(), "source": word(), "after": ref("length")}), "knowledge", "question"),
		"send":      work("Answers a message that is sent.", fields("", object{"after": ref("length")}), "via", "to", "text"),
		"record":    work("Answers a recording.", fields("", object{"audio": word(), "after": ref("length")})),
	})
	s["minProperties"], s["maxProperties"] = 1, 1
	return s
}
