package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/mattn/go-isatty"

	"github.com/dialwright/dialwright/converse"
	"github.com/dialwright/dialwright/converse/flowtest"
	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/turn"
)

func isTerminalIn(r io.Reader) bool {
	f, ok := r.(*os.File)
	return ok && isatty.IsTerminal(f.Fd())
}

// printf prints whole lines. Where somebody is being asked for the next one,
// the question moves below them.
func (c *chat) printf(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.asking {
		c.a.printf("\r\x1b[K")
	}
	c.a.printf(format, args...)
	if c.asking {
		c.question()
	}
}

// say prints a line of the conversation, wrapped.
func (c *chat) say(who, text string) {
	c.printf("%s  %s\n", c.style.bold(fmt.Sprintf("%-3s", who)), strings.Join(wrap(oneLine(text), pageWidth-5), "\n     "))
}

// note prints something that is no part of the conversation.
func (c *chat) note(text string) {
	lines := wrap(oneLine(text), pageWidth-5)
	for i, l := range lines {
		lines[i] = "     " + c.style.dim(l)
	}
	c.printf("%s\n", strings.Join(lines, "\n"))
}

// ask shows where to type.
func (c *chat) ask() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.terminal && !c.asking {
		c.asking = true
		c.question()
	}
}

func (c *chat) question() { c.a.printf("%s  ", c.style.bold("you")) }

// asked tells that a line has come, whose end has moved the cursor.
func (c *chat) asked() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asking = false
}

// OptOut implements converse.Duties, as do the following: they are shown.
func (c *chat) OptOut(context.Context, dialog.OptOut) error {
	c.note("opt-out: on the telephone this number would never be called again")
	return nil
}

// Callback shows the appointment.
func (c *chat) Callback(_ context.Context, what dialog.Callback) error {
	c.note("appointment: " + shown(what.At))
	return nil
}

// Remember shows what is kept.
func (c *chat) Remember(_ context.Context, what dialog.Remember) error {
	c.note("remembered for later calls: " + what.Name + " = " + shown(what.Value))
	return nil
}

// Consent shows a consent.
func (c *chat) Consent(_ context.Context, what dialog.Consented) error {
	c.note(fmt.Sprintf("consent to %s: %t", what.Scope, what.Given))
	return nil
}

// Said implements converse.Observer, as do the following. Words are shown when
// they begin, not when they have ended.
func (c *chat) Said(u converse.Utterance) {
	if u.Who == "bot" {
		if u.Interrupted > 0 {
			c.note(fmt.Sprintf("interrupted after %.1f s", u.Interrupted.Seconds()))
		}
		return
	}
	var fits []string
	if !strings.HasPrefix(u.Text, "[") { // keys are in brackets
		fits = c.fit(u.Node, u.Text)
	}
	if c.shows["intents"] {
		for _, f := range fits {
			c.note(f)
		}
	}
	c.mu.Lock()
	c.heard++
	c.fits = fits
	c.mu.Unlock()
}

// Turn has nothing to show.
func (c *chat) Turn(converse.Timing) {}

// Action shows what --show asks for.
func (c *chat) Action(_ time.Time, a dialog.Action) {
	show := func(what, format string, args ...any) {
		if c.shows[what] {
			c.note(fmt.Sprintf(format, args...))
		}
	}
	switch a := a.(type) {
	case dialog.Slot:
		c.mu.Lock()
		if a.Value == nil {
			delete(c.slots, a.Name)
		} else {
			c.slots[a.Name] = a.Value
		}
		c.mu.Unlock()
		show("slots", "slot %s = %s", a.Name, shown(a.Value))
	case dialog.Entered:
		if a.Intent != "" {
			c.mu.Lock()
			c.intent = a.Intent
			c.mu.Unlock()
			show("intents", "intent %s", a.Intent)
		}
		show("actions", "node %s", a.Node)
	case dialog.Outcome:
		show("actions", "outcome %s", a.Name)
	case dialog.StartTimer:
		c.setTimer(a.Name, time.Now().Add(a.After))
		show("timers", "timer %s: in %s", a.Name, a.After)
	case dialog.StopTimer:
		c.setTimer(a.Name, time.Time{})
		show("timers", "timer %s: stopped", a.Name)
	case dialog.Work:
		show("actions", "work %s: %s", a.ID, a.Kind)
	case dialog.CancelWork:
		show("actions", "work %s: given up", a.ID)
	case dialog.Assigned:
		show("actions", "experiment %s: %s", a.Experiment, a.Variant)
	case dialog.Listen:
		show("timers", "listens: no input after %s, end of speech after %s", a.NoInput, a.EndSilence)
	case dialog.Fault:
		c.note("fault at " + a.Node + ": " + a.Message)
	}
}

func (c *chat) setTimer(name string, at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.timers[name] = at
	if at.IsZero() {
		delete(c.timers, name)
	}
}

// chatOutside makes a flow's requests to other systems; what would reach the
// customer is shown instead.
type chatOutside struct{ c *chat }

// Do implements converse.Outside.
func (o chatOutside) Do(ctx context.Context, w dialog.Work, sentence func(string)) dialog.WorkResult {
	switch w.Kind {
	case dialog.WorkSend:
		o.c.note(fmt.Sprintf("message by %s to %s: %s", w.Message.Via, w.Message.To, w.Message.Text))
		return dialog.WorkResult{ID: w.ID, Class: dialog.WorkOK}
	case dialog.WorkRecord:
		o.c.note("the customer's message would be recorded now")
		return dialog.WorkResult{ID: w.ID, Class: dialog.WorkOK, Audio: "chat.wav"}
	}
	res := o.c.outside.Do(ctx, w, sentence)
	if o.c.shows["actions"] || res.Class != dialog.WorkOK {
		o.c.note(fmt.Sprintf("work %s, %s: %s %s", w.ID, w.Kind, res.Class, res.Detail))
	}
	return res
}

// chatMouth prints what is to be said: at once, or at the pace of a voice.
type chatMouth struct {
	c       *chat
	mu      sync.Mutex
	queue   []dialog.Say
	stopped chan struct{} // closed by Stop; a new one after it
	then    func()        // once all has been said
	wake    chan struct{}
	quit    chan struct{}
	ended   sync.WaitGroup
}

func newChatMouth(c *chat) *chatMouth {
	m := &chatMouth{c: c, stopped: make(chan struct{}), wake: make(chan struct{}, 1), quit: make(chan struct{})}
	if c.timing {
		m.ended.Go(m.run)
	}
	return m
}

// Say implements converse.Mouth.
func (m *chatMouth) Say(_ context.Context, what dialog.Say) error {
	if !m.c.timing {
		m.begin(what)
		m.c.tellEvent(turn.Event{Kind: turn.PromptEnd, Completed: true, Played: flowtest.Length(what)})
		return nil
	}
	m.mu.Lock()
	m.queue = append(m.queue, what)
	m.mu.Unlock()
	m.poke()
	return nil
}

func (m *chatMouth) poke() {
	select {
	case m.wake <- struct{}{}:
	default:
	}
}

func (m *chatMouth) begin(what dialog.Say) {
	m.c.say("bot", what.Text)
	if what.Source != "" {
		m.c.note("from " + what.Source)
	}
	m.c.tellEvent(turn.Event{Kind: turn.PromptStart})
}

// Stop implements converse.Mouth.
func (m *chatMouth) Stop() {
	m.mu.Lock()
	dropped := len(m.queue)
	m.queue = nil
	close(m.stopped)
	m.stopped = make(chan struct{})
	m.mu.Unlock()
	for range dropped {
		m.c.tellEvent(turn.Event{Kind: turn.PromptEnd})
	}
}

// afterwards does something once all has been said.
func (m *chatMouth) afterwards(do func()) {
	if !m.c.timing {
		do()
		return
	}
	m.mu.Lock()
	m.then = do
	m.mu.Unlock()
	m.poke()
}

// run says one thing after the other. What is said stays at the head of the
// queue no longer than until it begins.
func (m *chatMouth) run() {
	for {
		m.mu.Lock()
		stopped := m.stopped
		if len(m.queue) == 0 {
			then := m.then
			m.then = nil
			m.mu.Unlock()
			if then != nil {
				then()
			}
			select {
			case <-m.wake:
				continue
			case <-m.quit:
				return
			}
		}
		what := m.queue[0]
		m.queue = m.queue[1:]
		m.mu.Unlock()
		began := time.Now()
		m.begin(what)
		t := time.NewTimer(flowtest.Length(what))
		completed := false
		select {
		case <-t.C:
			completed = true
		case <-stopped:
		case <-m.quit:
		}
		t.Stop()
		m.c.tellEvent(turn.Event{Kind: turn.PromptEnd, Completed: completed, Played: time.Since(began)})
	}
}

// Close ends the mouth.
func (m *chatMouth) Close() {
	close(m.quit)
	m.ended.Wait()
}
