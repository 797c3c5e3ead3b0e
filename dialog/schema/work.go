package schema

// waiting is what all work has that may keep the customer waiting.
func waiting() object {
	return object{
		"timeout": ref("duration"), "filler": about("Said when it takes longer.", ref("prompt")), "filler_after": ref("duration"),
		"goto": ref("node-name"), "failed": about("Where to go when it fails.", word()),
	}
}

func workDefinitions() object {
	http := fields("An HTTP request.", object{
		"method": enum("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"), "url": about("Scheme and host are written out; values in it are escaped.", ref("format")),
		"headers": ref("formats"), "query": ref("formats"), "body": about("A text, or a mapping or list that is sent as JSON.", either(word(), object{"type": []string{"number", "boolean", "null", "array", "object"}}))}, "url")
	call := fields("Ask another system.", merged(waiting(), object{
		"http": http, "crm": about("An operation of the CRM.", word()), "function": about("A function registered in Go.", word()),
		"with": named("Its arguments.", ref("json")), "into": named("Slots, and expressions such as \"= result.balance\".", object{"type": "string", "pattern": `^\s*=`}),
		"when":         object{"type": "array", "description": "Ways by the status of the answer.", "items": fields("", object{"status": whole(100, 599), "goto": ref("node-name")}, "status", "goto")},
		"timeout_goto": about("Where to go when it takes too long.", word())}), "goto")
	call["oneOf"] = oneOf("http", "crm", "function")
	llm := fields("Let a language model lead a stretch of the conversation.", merged(settings(), without(waiting(), "goto"), object{
		"prompt": about("Its instructions, with places {{EXPRESSION}}.", ref("format")), "say_first": ref("prompt"),
		"knowledge": about("Its answers are confined to it.", word()),
		"tools": named("What it may do.", func() object {
			tool := fields("", object{"description": word(), "goto": ref("node-name"), "function": word()}, "description")
			tool["oneOf"] = oneOf("goto", "function")
			return tool
		}()),
		"slots":     about("Those it may fill.", ref("slot-names")),
		"exits":     named("Ways on.", ref("node-name")),
		"max_turns": whole(1, 50), "max_tokens": whole(1, 4096), "max_time": ref("duration"),
		"max_cost": object{"type": "number", "exclusiveMinimum": 0}}), "prompt")
	llm["anyOf"] = oneOf("exits", "tools")
	return object{
		"call": call, "llm": llm,
		"answer": fields("Answer from knowledge.", merged(waiting(), object{
			"knowledge": word(), "question": object{"type": "string", "pattern": `^\s*=`, "description": "An expression (default: what the customer said last)."},
			"unknown": about("Where to go when nothing is known.", word())}), "knowledge", "unknown"),
		"record": fields("Record a message of the customer's.", object{
			"slot": ref("slot-name"), "max": ref("duration"), "end_silence": ref("duration"), "terminator": ref("key"), "beep": truth(),
			"goto": ref("node-name"), "failed": word()}, "slot", "goto"),
		"send": fields("Send a message.", merged(waiting(), object{
			"via": about("sms, email, or another sender of the configuration.", word()), "to": about("Default: the contact's number.", ref("format")),
			"text": ref("prompt")}), "via", "text", "goto"),
	}
}
