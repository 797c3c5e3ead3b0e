package ari

// Watch receives the events of one channel or one bridge, in the order in which
// Asterisk sent them. It must be read; what it has not read waits in memory.
type Watch struct {
	id     string
	queue  *queue
	router *router
	table  map[string]*subject // the router's, in which this watch is entered
}

// ID returns the id of the channel or bridge.
func (w *Watch) ID() string { return w.id }

// Events is closed by Close, and when the client ends (Client.Err says why).
func (w *Watch) Events() <-chan Event { return w.queue.out }

// Pending returns how many events wait to be read.
func (w *Watch) Pending() int { return w.queue.depth() }

// Close ends the watch; unread events are let go. It may be called more than once.
func (w *Watch) Close() {
	w.router.remove(w)
	w.queue.close()
}

// Channel registers interest in a channel. Call it before asking for the channel, so
// that no event can be missed. Several watches on one channel each get all events.
// Events of the channel that wait unread on Unclaimed move over to the first watch.
func (c *Client) Channel(id string) *Watch { return c.router.watchChannel(id) }

// Bridge registers interest in a bridge; see Channel.
func (c *Client) Bridge(id string) *Watch { return c.router.watchBridge(id) }

// Unclaimed delivers the events of channels and bridges that nobody watches (inbound
// calls, orphans of another program, second halves of Local channels), events about the
// application or the connection, and messages that could not be understood. Somebody
// must read it. Channels already in the application when the client connects are
// announced here with a synthetic StasisStart.
//
// On StasisStart of an inbound call register Channel(id) at once; an event of that
// channel that was on its way through the Go channel may still arrive here.
func (c *Client) Unclaimed() <-chan Event { return c.router.unclaimed.out }
