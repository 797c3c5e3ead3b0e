package main

import (
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func newVersionCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Which build this is", Args: args(), Example: "  dialwright version --json",
		RunE: func(*cobra.Command, []string) error {
			v := buildVersion()
			return a.say(v, "dialwright %s (%s, %s/%s, recogniser %s)", v.Version, v.Go, v.OS, v.Arch, v.Recogniser)
		},
	}
}

type versionInfo struct {
	Version    string `json:"version"`
	Revision   string `json:"revision,omitempty"`
	Go         string `json:"go"`
	OS         string `json:"os"`
	Arch       string `json:"arch"`
	Recogniser string `json:"recogniser"` // built in: pocketsphinx, or none
}

// buildVersion reads what the Go linker wrote into the binary.
func buildVersion() versionInfo {
	v := versionInfo{Version: "(devel)", Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH, Recogniser: builtRecogniser}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	if info.Main.Version != "" {
		v.Version = info.Main.Version
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			v.Revision = s.Value
		}
	}
	return v
}
