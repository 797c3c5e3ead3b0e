package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

func newManCommand(a *app) *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use: "man", Short: "Write the man pages", Args: args(),
		Long:    "Write one man page for each command, section 1, into a directory.",
		Example: "  dialwright man --out /usr/local/share/man/man1",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := os.MkdirAll(out, 0o755); err != nil {
				return fmt.Errorf("make the directory of the man pages: %w", err)
			}
			root := cmd.Root()
			root.DisableAutoGenTag = true // the same input gives the same page
			now := a.clock.Now()
			header := &doc.GenManHeader{Section: "1", Source: "dialwright", Manual: "Dialwright", Date: &now}
			if err := doc.GenManTree(root, header, out); err != nil {
				return fmt.Errorf("write the man pages: %w", err)
			}
			pages, err := filepath.Glob(filepath.Join(out, "dialwright*.1"))
			if err != nil {
				return fmt.Errorf("count the man pages: %w", err)
			}
			return a.say(map[string]any{"directory": out, "pages": len(pages)}, "%d pages in %s", len(pages), out)
		},
	}
	cmd.Flags().StringVar(&out, "out", "man", "`directory` to write to")
	return cmd
}
