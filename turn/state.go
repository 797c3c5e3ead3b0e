package turn

// Hearing reports whether something of the customer's is under way: a voice,
// an utterance that is not decided, keys that may go on, an answer of the
// recogniser's. Otherwise only silence or a new sound moves the machine.
func (m *Taker) Hearing() bool {
	return m.voice.on || m.utt.active || m.keys != "" || len(m.asked) > 0
}
