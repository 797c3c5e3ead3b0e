package aritest

import (
	"encoding/json"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// socket is one event websocket seen from Asterisk's side.
type socket struct {
	mu   sync.Mutex
	conn *websocket.Conn // nil until the handshake is done
	out  chan []byte
	quit chan struct{}
	once sync.Once
	mute chan struct{} // closed: read and write nothing more
	hush sync.Once
}

func newSocket() *socket {
	return &socket{out: make(chan []byte, 4096), quit: make(chan struct{}), mute: make(chan struct{})}
}

func (w *socket) send(data []byte) {
	select {
	case <-w.quit:
	case w.out <- data:
	}
}

// cut ends the connection without a close frame, as a broken network does.
func (w *socket) cut() {
	w.once.Do(func() {
		close(w.quit)
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.conn != nil {
			_ = w.conn.NetConn().Close()
		}
	})
}

// attach gives the socket its connection; false if it has been cut before.
func (w *socket) attach(conn *websocket.Conn) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	select {
	case <-w.quit:
		_ = conn.NetConn().Close()
		return false
	default:
		w.conn = conn
		return true
	}
}

// run writes what is sent and reads (answering pings) until the connection ends.
func (w *socket) run() {
	var reader sync.WaitGroup
	reader.Add(1)
	w.conn.SetPingHandler(func(data string) error {
		select {
		case <-w.mute:
			<-w.quit
		default:
		}
		return w.conn.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(time.Second))
	})
	go func() {
		defer reader.Done()
		for {
			if _, _, err := w.conn.ReadMessage(); err != nil {
				w.cut()
				return
			}
		}
	}()
	defer reader.Wait()
	for {
		select {
		case <-w.quit:
			return
		case data := <-w.out:
			select {
			case <-w.mute:
				<-w.quit
				return
			default:
			}
			if w.conn.WriteMessage(websocket.TextMessage, data) != nil {
				w.cut()
				return
			}
		}
	}
}

func (s *Server) sockets() []*socket {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []*socket
	for _, a := range s.apps {
		if a.ws != nil {
			all = append(all, a.ws)
			a.ws = nil
		}
	}
	return all
}

// Cut breaks every event websocket. Events until the client is back are lost.
func (s *Server) Cut() {
	for _, w := range s.sockets() {
		w.cut()
	}
}

// Silence makes the websockets of today read and answer nothing more, without closing
// them: a peer that lost its network. Events sent to them are lost. The function
// returned ends the connections at last.
func (s *Server) Silence() (release func()) {
	all := s.sockets()
	for _, w := range all {
		w.hush.Do(func() { close(w.mute) })
	}
	return func() {
		for _, w := range all {
			w.cut()
		}
	}
}

// Restart ends every connection and forgets every channel, bridge and application.
func (s *Server) Restart() {
	s.mu.Lock()
	s.started = time.Now().Truncate(time.Second)
	for c := range s.conns {
		_ = c.Close()
	}
	s.channels, s.bridges, s.playing = map[string]*Channel{}, map[string]*bridge{}, map[string]string{}
	apps := s.apps
	s.apps = map[string]*app{}
	s.mu.Unlock()
	for _, a := range apps {
		if a.ws != nil {
			a.ws.cut()
		}
	}
}

// EmitRaw sends a message to the application's websocket as it is. It reports whether
// there was one: without, the message is lost, as in Asterisk.
func (s *Server) EmitRaw(appName string, data []byte) bool {
	s.mu.Lock()
	var ws *socket
	if a := s.apps[appName]; a != nil {
		ws = a.ws
	}
	s.mu.Unlock()
	if ws == nil {
		return false
	}
	ws.send(data)
	return true
}

// Emit sends an event to one application, adding what every event has. Types that the
// application's filter disallows are not sent.
func (s *Server) Emit(appName string, event map[string]any) bool {
	s.mu.Lock()
	if a := s.apps[appName]; a != nil {
		if kind, ok := event["type"].(string); ok && a.disallowed[kind] {
			s.mu.Unlock()
			return false
		}
	}
	s.mu.Unlock()
	event["application"] = appName
	return s.EmitRaw(appName, s.encode(event))
}

func (s *Server) encode(event map[string]any) []byte {
	event["timestamp"] = time.Now().Format(timeFormat)
	event["asterisk_id"] = "00:00:5e:00:53:01"
	data, err := json.Marshal(event)
	if err != nil {
		panic("aritest: event cannot be encoded: " + err.Error())
	}
	return data
}

// emitChannel sends an event to the applications subscribed to the channel.
func (s *Server) emitChannel(id string, event map[string]any) {
	s.mu.Lock()
	var names []string
	for name, a := range s.apps {
		if a.channels[id] {
			names = append(names, name)
		}
	}
	s.mu.Unlock()
	for _, name := range names {
		copied := map[string]any{}
		for k, v := range event {
			copied[k] = v
		}
		s.Emit(name, copied)
	}
}
