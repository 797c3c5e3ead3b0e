package web

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/rs/zerolog"
)

// handler answers the requests. stop ends when the server shuts down.
type handler struct {
	Options
	stop context.Context
}

func newHandler(stop context.Context, o Options) http.Handler {
	h := &handler{Options: o, stop: stop}
	r := chi.NewRouter()
	r.Use(middleware.Recoverer, h.logged)
	r.Get("/healthz", h.healthz)
	r.Get("/readyz", h.readyz)
	if o.Metrics != nil {
		r.Handle("/metrics", promhttp.HandlerFor(o.Metrics, promhttp.HandlerOpts{}))
	}
	r.Route("/v1", func(r chi.Router) {
		r.Use(h.guard)
		r.Get("/calls/live", h.liveCalls)
		r.Get("/calls/{id}/events", h.events)
		r.Get("/calls/{id}/audio", h.audio)
	})
	r.NotFound(func(w http.ResponseWriter, _ *http.Request) { fail(w, http.StatusNotFound, "no such page") })
	return r
}

func (h *handler) logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start, ww := time.Now(), middleware.NewWrapResponseWriter(w, r.ProtoMajor)
		next.ServeHTTP(ww, r)
		level := zerolog.DebugLevel
		if ww.Status() >= 500 {
			level = zerolog.WarnLevel
		}
		h.Logger.WithLevel(level).Str("method", r.Method).Str("path", r.URL.Path).Int("status", ww.Status()).
			Dur("took", time.Since(start)).Msg("http")
	})
}

// guard keeps strangers from the calls.
func (h *handler) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h.Token == "" {
			if !loopbackHost(r.Host) {
				fail(w, http.StatusForbidden, "without a token only requests to a loopback address are answered: set http.token")
				return
			}
			next.ServeHTTP(w, r)
			return
		}
		given, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if subtle.ConstantTimeCompare([]byte(given), []byte(h.Token)) != 1 {
			w.Header().Set("WWW-Authenticate", "Bearer")
			fail(w, http.StatusUnauthorized, "the bearer token is missing or wrong: it is http.token in dialwright.yaml")
			return
		}
		next.ServeHTTP(w, r)
	})
}

func loopbackHost(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = strings.Trim(hostport, "[]")
	}
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

func (h *handler) healthz(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]string{"status": "ok"})
}

// readyz runs all checks at once and tells each one's result.
func (h *handler) readyz(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	var mu sync.Mutex
	var checks sync.WaitGroup
	results, status := map[string]string{}, http.StatusOK
	for _, name := range slices.Sorted(maps.Keys(h.Ready)) {
		checks.Go(func() {
			err := h.Ready[name](ctx)
			mu.Lock()
			defer mu.Unlock()
			results[name] = "ok"
			if err != nil {
				results[name], status = err.Error(), http.StatusServiceUnavailable
			}
		})
	}
	checks.Wait()
	word := "ready"
	if status != http.StatusOK {
		word = "not ready"
	}
	answer(w, status, map[string]any{"status": word, "checks": results})
}

func (h *handler) liveCalls(w http.ResponseWriter, _ *http.Request) {
	calls := []LiveCall{}
	if h.Live != nil {
		calls = append(calls, h.Live.Calls()...)
	}
	answer(w, http.StatusOK, map[string]any{"calls": calls})
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the client may be gone; there is nobody to tell
}

func fail(w http.ResponseWriter, status int, message string) {
	answer(w, status, map[string]string{"error": message})
}

func failLive(w http.ResponseWriter, err error) {
	if errors.Is(err, ErrNotLive) {
		fail(w, http.StatusNotFound, err.Error())
		return
	}
	fail(w, http.StatusInternalServerError, err.Error())
}
