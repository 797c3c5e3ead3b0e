package main

import (
	"bufio"
	"context"
	"fmt"
	"maps"
	"strings"
	"sync"
	"time"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/converse"
	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/nlu"
	"github.com/dialwright/dialwright/turn"
)

// chat is a telephone made of a terminal. It implements the ports of a
// converse.Runner but the mouth, which it has.
type chat struct {
	a        *app
	flow     *dialog.Flow
	outside  converse.Outside
	clock    dialwright.Clock
	style    style
	shows    map[string]bool
	timing   bool
	terminal bool // somebody sits there and sees what he types
	mouth    *chatMouth
	events   chan turn.Event
	ready    chan struct{}              // holds one: the next line may come
	transfer chan dialog.TransferResult // how the transfer ends

	mu           sync.Mutex
	slots        map[string]any
	listen       dialog.Listen
	intent       string   // understood last
	typed        string   // what was said and is not recognised yet
	fits         []string // how well what was said last fitted what was expected then
	timers       map[string]time.Time
	heard        int
	transferring bool
	asking       bool // the cursor stands behind a prompt for input
}

// chatEvents is how many events may wait for the conversation; a person does
// not type so fast.
const chatEvents = 256

func newChat(a *app, flow *dialog.Flow, outside converse.Outside, f flowChatFlags) *chat {
	c := &chat{a: a, flow: flow, outside: outside, clock: dialwright.SystemClock{}, style: a.style(), shows: map[string]bool{}, timing: f.timing,
		terminal: isTerminalIn(a.in) && isTerminal(a.out), events: make(chan turn.Event, chatEvents), ready: make(chan struct{}, 1),
		transfer: make(chan dialog.TransferResult), slots: map[string]any{}, timers: map[string]time.Time{}}
	for _, s := range f.show {
		c.shows[s] = true
	}
	c.mouth = newChatMouth(c)
	return c
}

// lines reads the input until done. A read that blocks on a terminal is left
// to the end of the process.
func (c *chat) lines(done <-chan struct{}) <-chan string {
	out := make(chan string)
	go func() {
		defer close(out)
		scan := bufio.NewScanner(c.a.in)
		scan.Buffer(make([]byte, 0, 4096), 64<<10)
		for scan.Scan() {
			select {
			case out <- strings.TrimSpace(scan.Text()):
			case <-done:
				return
			}
		}
		if err := scan.Err(); err != nil {
			c.note("reading the input: " + err.Error())
		}
	}()
	return out
}

// noisy is after how long words that were not taken count as a noise.
const noisy = 3 * time.Second

// drive passes on what is typed, each line in its turn.
func (c *chat) drive(lines <-chan string, done <-chan struct{}) {
	for {
		if !c.timing || !c.terminal { // who types at a voice may interrupt it
			select {
			case <-c.ready:
			case <-done:
				return
			}
		}
		c.ask()
		select {
		case <-done:
			return
		case line, ok := <-lines:
			c.asked()
			if !ok {
				c.gone(done)
				return
			}
			if !c.terminal {
				c.say("you", line)
			}
			c.typedLine(line, done)
		}
	}
}

// typedLine does what one line wants.
func (c *chat) typedLine(line string, done <-chan struct{}) {
	command, rest, _ := strings.Cut(line, " ")
	result, ends := map[string]string{"/nobody": dialog.TransferNobody, "/busy": dialog.TransferBusy, "/failed": dialog.TransferFailed,
		"/connected": dialog.TransferConnected, "": dialog.TransferConnected}[command]
	switch {
	case ends && c.away():
		c.endTransfer(result, done)
		return
	case command == "/hangup":
		c.gone(done)
		return
	case command == "/slots", command == "/intents", command == "/timers", command == "/help":
		c.tell(command)
	case command == "/silence":
		c.tellEvent(turn.Event{Kind: turn.Silence})
		return
	case command == "/press" && rest != "" && strings.Trim(rest, "0123456789*#") == "":
		c.spoken(done, turn.Event{Kind: turn.Digit, Digit: rest})
		return
	case strings.HasPrefix(command, "/"):
		c.note("there is no " + line + "; /help tells what there is")
	case line != "" && c.away():
		c.note("the customer is with the agent: /connected, /nobody, /busy or /failed")
	case line != "":
		c.mu.Lock()
		c.typed = line
		c.mu.Unlock()
		c.spoken(done, turn.Event{Kind: turn.SpeechStart}, turn.Event{Kind: turn.Partial, Text: line}, turn.Event{Kind: turn.SpeechEnd})
		return
	}
	c.next()
}

// spoken gives the conversation what the customer says or presses. What it
// does not take for words must not hold up the next line.
func (c *chat) spoken(done <-chan struct{}, evs ...turn.Event) {
	before := c.taken()
	for _, ev := range evs {
		if c.timing && ev.Kind == turn.SpeechEnd {
			wait(done, time.Second/2) // so long a voice interrupts
		}
		c.tellEvent(ev)
	}
	for waited := time.Duration(0); c.taken() == before; waited += noisy / 100 {
		if waited > noisy {
			c.note("that was taken for a noise, or nobody listens")
			c.next()
			return
		}
		if !wait(done, noisy/100) {
			return
		}
	}
}

func wait(done <-chan struct{}, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-done:
		return false
	}
}

func (c *chat) tellEvent(ev turn.Event) {
	ev.At = c.clock.Now()
	ev.From = ev.At
	c.events <- ev
}

func (c *chat) gone(done <-chan struct{}) {
	c.endTransfer(dialog.TransferAbandoned, done)
	c.tellEvent(turn.Event{Kind: turn.Gone})
}

// endTransfer ends the transfer that runs, if one does.
func (c *chat) endTransfer(status string, done <-chan struct{}) {
	if !c.away() {
		return
	}
	leaves := status == dialog.TransferConnected || status == dialog.TransferAbandoned
	select {
	case c.transfer <- dialog.TransferResult{Status: status, CustomerThere: !leaves}:
	case <-done:
	}
}

// next lets the next line come.
func (c *chat) next() {
	select {
	case c.ready <- struct{}{}:
	default:
	}
}

func (c *chat) away() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.transferring
}

func (c *chat) taken() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.heard
}

// tell shows what a command asks for.
func (c *chat) tell(command string) {
	switch command {
	case "/help":
		c.printf("%s\n", chatHelp)
	case "/slots":
		c.mu.Lock()
		slots := maps.Clone(c.slots)
		c.mu.Unlock()
		if len(slots) == 0 {
			c.note("no slot has a value")
		}
		for _, name := range sortedKeys(slots) {
			c.note(name + " = " + shown(slots[name]))
		}
	case "/timers":
		c.tellTimers()
	case "/intents":
		c.tellIntents()
	}
}

func (c *chat) tellTimers() {
	c.mu.Lock()
	timers := maps.Clone(c.timers)
	c.mu.Unlock()
	for _, name := range sortedKeys(timers) {
		if left := time.Until(timers[name]); left > 0 {
			c.note(fmt.Sprintf("%s: in %s", name, left.Round(100*time.Millisecond)))
		}
	}
	c.mu.Lock()
	l := c.listen
	c.mu.Unlock()
	if l.NoInput > 0 {
		c.note(fmt.Sprintf("silence counts after %s, an utterance ends after %s without a word", l.NoInput, l.EndSilence))
	}
}

// tellIntents shows what was understood, and what is expected now.
func (c *chat) tellIntents() {
	c.mu.Lock()
	listen, intent, fits := c.listen, c.intent, c.fits
	c.mu.Unlock()
	for _, f := range fits {
		c.note(f)
	}
	if intent != "" {
		c.note("understood last: " + intent)
	}
	if among := c.flow.IntentsAt(listen.Node); len(among) > 0 {
		c.note("at node " + listen.Node + " the bot expects: " + strings.Join(among, ", "))
	}
	if listen.Digits.Max > 0 {
		c.note(fmt.Sprintf("keys: up to %d", listen.Digits.Max))
	}
}

// fit rates words by what a node expects.
func (c *chat) fit(node, text string) []string {
	var out []string
	for _, x := range c.flow.Classifier().Classify(nlu.Query{Text: text, Confidence: 1, Among: c.flow.IntentsAt(node)}) {
		line := fmt.Sprintf("%.2f  %s", x.Score, x.Intent)
		if x.Phrase != "" {
			line += fmt.Sprintf(", as in %q", x.Phrase)
		}
		out = append(out, line)
	}
	if out == nil {
		out = []string{"that fits no intent of node " + node}
	}
	return out
}

func shown(v any) string {
	if t, ok := v.(time.Time); ok {
		return t.Format("Mon 2 Jan 2006 15:04 MST")
	}
	return fmt.Sprint(v)
}

// Events implements converse.Ears, as do the following two.
func (c *chat) Events() <-chan turn.Event { return c.events }

// Listen opens the ears.
func (c *chat) Listen(_ context.Context, what dialog.Listen) error {
	c.mu.Lock()
	c.listen = what
	c.mu.Unlock()
	c.mouth.afterwards(c.next)
	return nil
}

// Finalize gives what was typed.
func (c *chat) Finalize() {
	c.mu.Lock()
	text := c.typed
	c.typed = ""
	c.mu.Unlock()
	c.tellEvent(turn.Event{Kind: turn.Final, Text: text, Confidence: 1})
}

// Transfer implements converse.Line: whoever types says how it ends.
func (c *chat) Transfer(ctx context.Context, what dialog.Transfer) dialog.TransferResult {
	c.note(fmt.Sprintf("transfer to %s %s: /connected, /nobody, /busy or /failed", what.Kind, what.Target))
	c.setAway(true)
	defer c.setAway(false)
	c.next()
	select {
	case res := <-c.transfer:
		return res
	case <-ctx.Done():
		return dialog.TransferResult{Status: dialog.TransferFailed, Detail: ctx.Err().Error()}
	}
}

func (c *chat) setAway(away bool) {
	c.mu.Lock()
	c.transferring = away
	c.mu.Unlock()
}

// Hangup implements converse.Line.
func (c *chat) Hangup(context.Context) error { return nil }
