package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/rs/zerolog"
	"github.com/spf13/cobra"

	"github.com/dialwright/dialwright/internal/config"
	"github.com/dialwright/dialwright/internal/worker"
	"github.com/dialwright/dialwright/store"
	"github.com/dialwright/dialwright/web"
)

func newServeCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "serve", Short: "Place the calls of running campaigns", Args: args(),
		Long: `Connect to Asterisk and place the calls of running campaigns until told to stop.

SIGTERM or Ctrl-C drains: no new calls, running ones finish within drain.limit
of the configuration; a second one ends them at once. What a process that was
killed left behind, the next one of the same worker.name clears up.

http.listen has /healthz, /readyz and /metrics (Prometheus), and the live
calls under /v1.`,
		Example: "  dialwright serve\n  dialwright -c /etc/dialwright.yaml serve --log-level debug",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withDatabase(cmd.Context(), func(c *config.Config, db *store.DB) error {
				return a.serve(cmd.Context(), c, db)
			})
		},
	}
}

// serve runs a worker until ctx, which ends with the first signal, does, and
// then drains it.
func (a *app) serve(ctx context.Context, c *config.Config, db *store.DB) error {
	log := a.logger(c)
	engines, err := worker.OpenEngines(c, log)
	if err != nil {
		return err
	}
	metrics := prometheus.NewRegistry()
	metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	if carrier, ok := engines.Transport.(prometheus.Collector); ok {
		metrics.MustRegister(carrier)
	}
	w, err := worker.New(worker.Options{Config: c, Store: db, Engines: engines, Clock: a.clock, Logger: log, Metrics: metrics})
	if err != nil {
		return errors.Join(err, engines.Close())
	}
	server, err := startWeb(c, db, w, metrics, log)
	if err != nil {
		return errors.Join(err, engines.Close())
	}
	err = a.work(ctx, c, w, log)
	if server != nil {
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		err = errors.Join(err, server.Shutdown(end))
	}
	return errors.Join(err, engines.Close())
}

// startWeb starts the HTTP server, if one is configured.
func startWeb(c *config.Config, db *store.DB, w *worker.Worker, metrics *prometheus.Registry, log zerolog.Logger) (*web.Server, error) {
	if c.HTTP.Listen == "" {
		return nil, nil
	}
	server, err := web.Start(web.Options{Listen: c.HTTP.Listen, Token: string(c.HTTP.Token), Live: w.Live(), Metrics: metrics, Logger: log,
		Ready: map[string]func(context.Context) error{"database": db.Ping, "worker": w.Ready}})
	if err == nil {
		log.Info().Stringer("listen", server.Addr()).Msg("serving health, metrics and live calls")
	}
	return server, err
}

// work runs the worker, drains it at the first signal and ends it at the
// second, or when the draining has taken too long.
func (a *app) work(ctx context.Context, c *config.Config, w *worker.Worker, log zerolog.Logger) error {
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- w.Run(work) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	again := make(chan os.Signal, 1)
	signal.Notify(again, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(again)
	log.Info().Stringer("limit", c.Drain.Limit).Msg("draining: no new calls; signal again to end the running ones")
	if !w.Drain() {
		stop() // it had not begun
	}
	limit := time.NewTimer(c.Drain.Limit)
	defer limit.Stop()
	select {
	case err := <-ended:
		return err
	case <-again:
		log.Warn().Msg("ending the running calls")
	case <-limit.C:
		log.Warn().Msg("the limit of draining is over: ending the running calls")
	}
	stop()
	return <-ended
}
