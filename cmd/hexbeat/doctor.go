package main

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"text/tabwriter"

	"github.com/hexbeat/hexbeat/postgres"
)

// leastDisk is the free space below which a database soon stops.
const leastDisk = 1 << 30

func doctorCommand() command {
	return command{"doctor", "check database, schema, disk, clock and the channels of alerts, and say what to mend", doctor}
}

// finding is what doctor says of one thing.
type finding struct {
	thing string
	say   string
	ill   bool // it must be mended
}

func doctor(ctx context.Context, env environment, args []string) error {
	f := newFlags(env, "hexbeat doctor", "Checks what Hexbeat needs and says what to mend: the database with its version, locale and clock, the schema, the disk, and the channels of\n"+
		"alerts: push through Google, RuStore and Huawei, Web Push, the mail server and the gateway. Nothing is sent to anybody. Give it the settings that serve has.\n"+
		"It starts the private PostgreSQL as serve would where DATABASE_URL is not set. Exit code 1 when something must be mended.")
	where, channels := f.record(), f.channels()
	if err := f.parse(args); err != nil {
		return err
	}
	findings := checkRecord(ctx, where)
	findings = append(findings, channels.check(ctx)...)
	findings = append(findings, finding{thing: "routing", say: "no routing engine: travel times are estimates from distances"})

	ill := 0
	table := tabwriter.NewWriter(env.stdout, 0, 0, 2, ' ', 0)
	for _, one := range findings {
		mark := "ok"
		if one.ill {
			mark = "MEND"
			ill++
		}
		fmt.Fprintf(table, "%s\t%s\t%s\n", mark, one.thing, one.say)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if ill > 0 {
		return fmt.Errorf("to be mended: %d of %d", ill, len(findings))
	}
	return nil
}

func checkRecord(ctx context.Context, where recordFlags) []finding {
	rec, err := where.connect(ctx)
	if err != nil {
		return []finding{{"database", explain(err), true}}
	}
	defer rec.close()
	condition, err := postgres.CheckDatabase(ctx, rec.db.Pool())
	clock := finding{thing: "clock", say: fmt.Sprintf("differs from the database's by %d ms", condition.Skew.Abs().Milliseconds())}
	if errors.Is(err, postgres.ErrClockSkew) {
		clock.say, clock.ill, err = explain(err), true, nil
	}
	if err != nil {
		return []finding{{"database", explain(err), true}}
	}
	findings := []finding{
		{thing: "database", say: fmt.Sprintf("PostgreSQL %s, %s, %s", condition.Version, condition.Encoding, condition.Locale)},
		checkSchema(ctx, rec), clock, checkWebPush(ctx, rec.db),
	}
	if rec.server != nil {
		findings = append(findings, checkDisk(*where.dataDir))
	}
	return findings
}

func checkSchema(ctx context.Context, rec *record) finding {
	current, err := postgres.SchemaCurrent(ctx, rec.db.Pool())
	switch {
	case err != nil:
		return finding{"schema", explain(err), true}
	case !current && rec.server == nil:
		return finding{"schema", "older than this program: run hexbeat migrate", true}
	case !current:
		return finding{thing: "schema", say: "older than this program: the next start brings it up to date"}
	}
	return finding{thing: "schema", say: "up to date"}
}

func checkDisk(folder string) finding {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(folder, &disk); err != nil {
		return finding{"disk", fmt.Sprintf("look at %s: %v", folder, err), true}
	}
	free := disk.Bavail * uint64(disk.Bsize)
	say := fmt.Sprintf("%.1f GB free for %s", float64(free)/1e9, folder)
	if free < leastDisk {
		return finding{"disk", say + ": make room, or the database stops", true}
	}
	return finding{thing: "disk", say: say}
}
