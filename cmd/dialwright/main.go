// Command dialwright places calls from campaigns, talks with people along
// dialog flows, and hands them to the right human agent.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // zones for machines that have no zone files

	"github.com/dialwright/dialwright"
)

func main() {
	a := &app{
		in: os.Stdin, out: os.Stdout, err: os.Stderr,
		env: os.Environ(), clock: dialwright.SystemClock{},
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, a, os.Args[1:])
	stop()
	os.Exit(code)
}
