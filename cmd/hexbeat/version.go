package main

import (
	"context"
	"fmt"
	"runtime/debug"
)

func versionCommand() command {
	return command{"version", "say which Hexbeat this is", version}
}

func version(_ context.Context, env environment, args []string) error {
	f := newFlags(env, "hexbeat version", "Says which Hexbeat this is, and which Go built it.")
	if err := f.parse(args); err != nil {
		return err
	}
	_, err := fmt.Fprintln(env.stdout, "hexbeat", buildVersion())
	return err
}

// buildVersion is the module's version and the commit the binary was built from.
func buildVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "(unknown)"
	}
	text := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 && text == "(devel)" {
			text += " " + s.Value[:12]
		}
	}
	return text + " " + info.GoVersion
}
