package main

import "github.com/spf13/cobra"

// runCommands are the commands that place calls.
func runCommands(*app) []*cobra.Command {
	return nil
}
