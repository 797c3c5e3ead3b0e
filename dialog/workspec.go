package dialog

import "time"

// work is a node's request for something that takes time.
type work struct {
	kind        WorkKind
	at          pos
	timeout     time.Duration
	filler      *prompt // said when it takes longer than fillerAfter
	fillerAfter time.Duration

	next    ref
	failed  ref
	timeoff ref // when it was too slow; failed where it is not named
	unknown ref // knowledge: nothing is known
	when    []statusWay
	into    []assignment // slots from its result

	http      *httpSpec
	call      *callSpec
	llm       *llmSpec
	knowledge string
	question  *expression // nil: the customer's last words
	message   *messageSpec
	record    *recordSpec
}

// statusWay goes on by the status of an HTTP answer.
type statusWay struct {
	status int
	next   ref
}

type httpSpec struct {
	method  string
	url     *format
	header  []namedFormat
	query   []namedFormat
	body    *jsonFormat // nil: none
	text    *format     // a body of plain text
	content string
}

type namedFormat struct {
	name  string
	value *format
}

// callSpec calls an operation of the CRM or a function.
type callSpec struct {
	name string
	with []namedValue
}

type namedValue struct {
	name  string
	value *jsonFormat
}

// llmSpec is a stretch of conversation that a language model leads.
type llmSpec struct {
	system    *format
	sayFirst  *prompt
	tools     []llmTool
	slots     []*slot
	maxTurns  int
	maxTokens int
	maxTime   time.Duration
	maxCost   float64
}

type llmTool struct {
	name        string
	description string
	next        ref
	function    string
}

type messageSpec struct {
	via  string
	to   *format // nil: the contact's number
	text *prompt
}

type recordSpec struct {
	slot       *slot
	max        time.Duration
	endSilence time.Duration
	terminator string
	beep       bool
}
