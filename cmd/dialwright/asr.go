package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/dialwright/dialwright/asr"
	"github.com/dialwright/dialwright/asr/pocketsphinx"
	"github.com/dialwright/dialwright/asr/voskserver"
)

func newASRCommand(a *app) *cobra.Command {
	return group("asr", "Run a recogniser", newASRServeCommand(a))
}

// asrFlags are what `asr serve` takes.
type asrFlags struct {
	engine, listen, model string
	streams               int
	grace                 time.Duration
	open                  bool
}

func newASRServeCommand(a *app) *cobra.Command {
	var f asrFlags
	cmd := &cobra.Command{
		Use: "serve", Short: "Serve a recogniser over the Vosk websocket protocol", Args: args(),
		Long: `Serve a recogniser over the Vosk websocket protocol, many connections at once.
The engine pocketsphinx (English, 16 kHz) is built in with the tag
"pocketsphinx" only; the message of a build without it says how to get it.
The protocol knows no passwords: listen on loopback, or behind a proxy.`,
		Example: "  dialwright asr serve --engine pocketsphinx --listen 127.0.0.1:2700",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := oneOf("engine", f.engine, "pocketsphinx"); err != nil {
				return err
			}
			return a.serveASR(cmd, f)
		},
	}
	fl := cmd.Flags()
	fl.StringVar(&f.engine, "engine", "pocketsphinx", "recogniser")
	fl.StringVar(&f.listen, "listen", "127.0.0.1:2700", "`address` to listen on")
	fl.StringVar(&f.model, "model", pocketsphinx.DefaultModelDir, "`directory` of the model")
	fl.IntVar(&f.streams, "streams", 10, "connections at once")
	fl.DurationVar(&f.grace, "grace", 10*time.Second, "after SIGTERM, let open connections go on this long")
	fl.BoolVar(&f.open, "open", false, "allow --listen to be reachable from other machines")
	return cmd
}

func (a *app) serveASR(cmd *cobra.Command, f asrFlags) error {
	addr, err := netip.ParseAddrPort(f.listen)
	if err != nil {
		return usagef("--listen %s: write an address and a port, as in 127.0.0.1:2700", f.listen)
	}
	if !addr.Addr().IsLoopback() && !f.open {
		return usagef("--listen %s can be reached by anybody on the network, and the protocol knows no passwords: say --open if that is meant", f.listen)
	}
	if f.streams < 1 {
		return usagef("--streams %d: must be 1 or more", f.streams)
	}
	c, err := a.config()
	if err != nil {
		return err
	}
	log := a.logger(c)
	engine, err := pocketsphinx.New(pocketsphinx.Options{Streams: f.streams, ModelDir: f.model, Logger: log})
	if err != nil {
		return err
	}
	var lc net.ListenConfig
	l, err := lc.Listen(cmd.Context(), "tcp", f.listen)
	if err != nil {
		return errors.Join(fmt.Errorf("listen on %s: %w", f.listen, err), engine.Close())
	}
	log.Info().Str("engine", f.engine).Stringer("listen", l.Addr()).Str("streams", strconv.Itoa(f.streams)).Msg("recogniser is ready")
	server := voskserver.New(engine, voskserver.Options{Logger: log, MaxStreams: f.streams, Grace: f.grace})
	err = server.Serve(cmd.Context(), l)
	if errors.Is(err, asr.ErrClosed) {
		err = nil
	}
	return errors.Join(err, engine.Close())
}
