package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/rs/zerolog"
	"github.com/spf13/cobra"

	"github.com/dialwright/dialwright/internal/demo"
)

func newFlowRehearseCommand(a *app) *cobra.Command {
	var o demo.Options
	cmd := &cobra.Command{
		Use: "rehearse DIR", Short: "Try a flow on the telephone", Args: args("DIR"),
		Long: `Try a flow on the telephone, before any customer hears it: real calls through a
telephone network in a box on this machine, to simulated customers who do what
a file of personas says. Those who speak the flow's language are called, each
once or, with --calls, so many. Afterwards what is on record about each of them
is compared with what the file expects; the exit code is 1 when anything
differs.

It needs a private Asterisk ("make asterisk"); where customers speak, a build
with the tag "pocketsphinx" too. Flows in Mandarin are tried by keys.`,
		Example: `  dialwright flow rehearse flows/offer --personas people.yaml
  dialwright flow rehearse flows/offer --personas people.yaml --calls 40 --concurrent 10`,
		RunE: func(cmd *cobra.Command, args []string) error {
			_, path, err := a.loadFlow(args[0])
			if err != nil {
				return err
			}
			o.Rehearse = path
			return a.rehearse(cmd, o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.Personas, "personas", "", "`file` of simulated customers and agents")
	f.IntVar(&o.Calls, "calls", 0, "how many customers to call (default: each persona once)")
	f.IntVar(&o.Concurrent, "concurrent", 4, "calls at once")
	f.StringVar(&o.Out, "out", filepath.Join("out", "rehearsal"), "`directory` of everything the rehearsal makes")
	if err := cmd.MarkFlagRequired("personas"); err != nil {
		panic(err) // the flag is declared above
	}
	return cmd
}

func (a *app) rehearse(cmd *cobra.Command, o demo.Options) error {
	if o.Concurrent < 1 || o.Concurrent > 50 {
		return usagef("--concurrent %d: from 1 to 50", o.Concurrent)
	}
	if o.Calls < 0 || o.Calls > 500 {
		return usagef("--calls %d: from 0 to 500", o.Calls)
	}
	if info, err := os.Stat(o.Rehearse); err == nil && !info.IsDir() {
		return usagef("%s: a flow's directory is rehearsed, not a file", o.Rehearse)
	}
	report, err := a.stageCalls(cmd, o)
	if errors.Is(err, demo.ErrNobody) {
		return notFoundf("%w", err)
	}
	if err != nil {
		return err
	}
	if a.json {
		if err := a.showJSON(report); err != nil {
			return err
		}
	} else {
		a.demoTable(report, o)
	}
	return rehearsalVerdict(report)
}

// stageCalls runs a demo or a rehearsal with its log and its progress.
func (a *app) stageCalls(cmd *cobra.Command, o demo.Options) (*demo.Report, error) {
	if err := os.MkdirAll(filepath.Dir(filepath.Clean(o.Out)), 0o755); err != nil {
		return nil, err
	}
	logPath := filepath.Clean(o.Out) + ".log"
	log, err := os.Create(logPath)
	if err != nil {
		return nil, err
	}
	o.Logger = zerolog.New(zerolog.SyncWriter(log)).Level(zerolog.InfoLevel).With().Timestamp().Logger()
	line := &statusLine{a: a}
	o.Say, o.Now = line.say, line.now
	report, err := demo.Run(cmd.Context(), o)
	line.end()
	if err = errors.Join(err, log.Close()); err != nil {
		return nil, fmt.Errorf("%w\nthe log is %s", err, logPath)
	}
	return report, nil
}

// rehearsalVerdict is a rehearsal's exit code as an error.
func rehearsalVerdict(r *demo.Report) error {
	bad := append([]string{}, r.Truth.Wrong...)
	for _, l := range r.Summary.Leftovers {
		bad = append(bad, "left behind: "+l)
	}
	if len(bad) == 0 {
		return nil
	}
	return fmt.Errorf("this differs from what was expected:\n%s", strings.Join(bad, "\n"))
}
