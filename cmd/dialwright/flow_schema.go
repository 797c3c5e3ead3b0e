package main

import (
	"github.com/spf13/cobra"

	"github.com/dialwright/dialwright/dialog/schema"
)

func newFlowSchemaCommand(a *app) *cobra.Command {
	var out string
	var tests bool
	cmd := &cobra.Command{
		Use: "schema", Short: "Print the JSON Schema of the flow language", Args: args(),
		Long: `Print the JSON Schema (draft 2020-12) of flow.yaml and of the files it
includes; with --tests, of the files in the directory tests beside it. Editors
complete and check with it while you write. Where the YAML language server is
used (VS Code, Neovim, Helix …), name it in the first line of a file:

  # yaml-language-server: $schema=flow.schema.json

What a schema cannot know is for "dialwright flow check".`,
		Example: `  dialwright flow schema --out flows/flow.schema.json
  dialwright flow schema --tests --out flows/tests.schema.json`,
		RunE: func(*cobra.Command, []string) error {
			make := schema.Flow
			if tests {
				make = schema.Tests
			}
			s, err := make()
			if err != nil {
				return err
			}
			return a.deliver(out, s)
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "write to this `file` (default: standard output)")
	cmd.Flags().BoolVar(&tests, "tests", false, "the schema of test files")
	return cmd
}
