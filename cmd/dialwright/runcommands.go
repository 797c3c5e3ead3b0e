package main

import "github.com/spf13/cobra"

// runCommands are the commands that place calls.
func runCommands(a *app) []*cobra.Command {
	return []*cobra.Command{newServeCommand(a), newDemoCommand(a), newCallCommand(a)}
}
