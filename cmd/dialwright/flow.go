package main

import "github.com/spf13/cobra"

func newFlowCommand(a *app) *cobra.Command {
	return group("flow", "Check, test, draw and try flows", newFlowCheckCommand(a), newFlowTestCommand(a), newFlowChatCommand(a), newFlowNewCommand(a),
		newFlowGraphCommand(a),
		newFlowSchemaCommand(a),
		newFlowRehearseCommand(a),
	)
}
