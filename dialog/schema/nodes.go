package schema

func settings() object {
	return object{
		"barge_in":       ref("barge_in"),
		"no_input_after": about("How long to wait for an answer.", ref("duration")),
		"end_silence":    about("The silence that ends an answer.", ref("duration")),
		"max_speech":     about("How long an answer may be.", ref("duration")),
		"between_keys":   about("How long to wait for the next key.", ref("duration")),
		"no_input":       about("What happens when nothing was said: the first time, the second …", ref("ladder")),
		"no_match":       about("What happens when it was not understood: the first time, the second …", ref("ladder")),
		"min_confidence": about("Answers the recogniser is less sure of do not count.", number(0, 1)),
		"verify":         about("Ask whether an unsure answer was right.", truth()),
		"corrections":    about("Whether \"no, I said Tuesday\" is heard.", truth()),
	}
}

// hearing is what every node that listens has.
func hearing() object {
	return merged(settings(), object{
		"intents": named("Intents and the nodes they lead to.", ref("node-name")),
		"digits":  object{"description": "Keys and the nodes they lead to.", "type": "object", "propertyNames": object{"pattern": "^[0-9*#]+$"}, "additionalProperties": ref("node-name")},
		"hints":   about("Words for the recogniser.", ref("texts")),
		"slots":   about("Filled from whatever is said.", ref("slot-names")),
	})
}

func listenDefinitions() object {
	ladder := fields("", object{
		"say": ref("prompt"), "repeat": about("Say the question again.", truth()), "goto": ref("node-name"),
		"end": ref("end")})
	listen := fields("Wait for an answer.", merged(hearing(), object{"goto": about("Where to go when slots were filled and nothing else was heard.", word())}))
	listen["anyOf"] = oneOf("intents", "digits", "slots")
	asking := object{
		"slot": about("The slot.", ref("texts")), "goto": ref("node-name"), "always": about("Ask even when it is known.", truth()),
		"out_of_range": about("Said when the value is beyond the slot's limits.", ref("prompt"))}
	return object{
		"ladder": list(ladder, 1),
		"end":    about("End the conversation, with this outcome.", either(word(), object{"type": "null"})),
		"listen": listen,
		"ask": fields("Ask for a slot.", merged(hearing(), asking, object{
			"keys": fields("How it is keyed in.", object{"max": whole(1, 64), "terminator": ref("key")})}), "slot", "goto"),
		"collect": fields("Take keys; what is said is no answer.", merged(without(hearing(), "slots"), asking, object{
			"min": whole(1, 64), "max": whole(1, 64), "terminator": ref("key")}), "slot", "goto"),
		"confirm": fields("Ask whether values are right.", merged(hearing(), object{
			"slots": ref("slot-names"), "say": about("The question (default: a sentence that reads the values back).", ref("prompt")),
			"goto": ref("node-name"), "denied": about("Where to go after no.", word())}), "slots", "goto"),
		"globals": named("Intents heard everywhere, and what they do.", either(word(), fields("", object{
			"goto": ref("node-name"), "return": about("Come back to where it was heard.", truth()), "say": ref("prompt"),
			"repeat": about("Say again what was said.", truth()), "slower": about("Say it again, slower, and so all that follows.", truth()),
			"wait": about("Be silent for so long.", ref("duration"))}))),
	}
}

// continuations are the keys of a node that say how it goes on.
func continuations() []string {
	return []string{"listen", "ask", "collect", "confirm", "choose", "call", "llm", "answer", "record", "send", "transfer", "run", "goto", "end", "return"}
}

func nodeDefinitions() object {
	node := fields("A place of the conversation: its parts are done in order, then exactly one key says how it goes on.", object{
		"set":      ref("assignments"),
		"opt_out":  about("Enter the number into the Do-Not-Call list.", truth()),
		"callback": about("Promise a call at the time in a slot.", either(word(), object{"type": "array", "items": word(), "minItems": 1, "maxItems": 1}, fields("", object{"slot": ref("slot-name"), "outside": about("Where to go when nobody may be called then.", word())}, "slot"))),
		"outcome":  about("What the conversation comes to, so far.", word()),
		"consent":  fields("Record a consent.", object{"slot": ref("slot-name"), "scope": word()}, "slot"),
		"play":     ref("play"), "say": ref("prompt"), "barge_in": ref("barge_in"),
		"listen": ref("listen"), "ask": ref("ask"), "collect": ref("collect"), "confirm": ref("confirm"), "choose": ref("choose"),
		"call": ref("call"), "llm": ref("llm"), "answer": ref("answer"), "record": ref("record"), "send": ref("send"),
		"transfer": ref("transfer"), "run": ref("run"), "goto": about("Go on with another node.", word()),
		"end":    ref("end"),
		"return": about("Go back to where the digression began.", object{"const": true}),
	})
	node["oneOf"] = oneOf(continuations()...)
	nodes := object{"description": "The nodes by name.", "type": "object", "minProperties": 1, "propertyNames": object{"pattern": `^[^ \t\n{}]+$`, "maxLength": 64}, "additionalProperties": ref("node")}
	transfer := fields("Hand the customer over.", object{
		"group": about("A skill group of agents.", word()), "number": object{"type": "string", "pattern": `^\+[1-9][0-9]{4,14}$`, "description": "E.164."},
		"queue": about("A queue of Asterisk.", word()), "ring_timeout": ref("duration"), "max_wait": ref("duration"),
		"variables": about("Slots that the agent gets.", ref("slot-names")),
		"on": fields("Where to go when it ended so.", object{"connected": ref("node-name"), "nobody": ref("node-name"), "busy": ref("node-name"),
			"failed": ref("node-name"), "abandoned": ref("node-name")}, "nobody")}, "on")
	transfer["oneOf"] = oneOf("group", "number", "queue")
	return object{
		"nodes": nodes, "node": node, "transfer": transfer,
		"assignments": named("Slots and the values they get.", ref("value")),
		"choose":      about("The first entry whose condition holds.", list(fields("", object{"if": ref("expression"), "goto": ref("node-name")}, "goto"), 1)),
		"timer":       fields("", object{"after": ref("duration"), "goto": ref("node-name")}, "after", "goto"),
		"finale": fields("What happens when the customer is gone.", object{"set": ref("assignments"), "outcome": about("If there is none yet.", word()),
			"choose": list(fields("", object{"if": ref("expression"), "set": ref("assignments"), "outcome": word()}), 1)}),
		"flows": object{"description": "Sub-flows.", "type": "object", "propertyNames": ref("identifier"), "maxProperties": 100, "additionalProperties": fields("", object{
			"params": about("Slots that whoever runs it must give.", ref("slots")), "slots": ref("slots"), "nodes": ref("nodes"),
			"start": about("The node it begins with (default: the first).", word()), "result": about("Slots that can be taken over.", ref("slot-names"))}, "nodes")},
		"run": fields("Go through a sub-flow.", object{"flow": about("Its name.", word()), "with": named("Its parameters.", ref("value")),
			"into": named("Slots, and the results they take over.", word()), "on": named("Outcomes and where to go after them.", ref("node-name")),
			"goto": about("Where to go after any other outcome.", word())}, "flow", "goto"),
	}
}
