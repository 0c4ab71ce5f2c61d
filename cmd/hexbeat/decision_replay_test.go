package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/desk/desktest"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/postgres"
)

// aDecision is a visit moved in a planned company; others could have taken it.
func aDecision(t *testing.T, w *desktest.World) dispatch.Decision {
	t.Helper()
	reps := w.Branches[0].Reps
	var visit dispatch.Visit
	w.Write(t, func(tx *postgres.Tx) error {
		days, err := tx.RepDays(t.Context(), desktest.Monday, w.Now(), reps[0].ID)
		if err == nil {
			visit = days[0].Calls[0].Visit
		}
		return err
	})
	got, err := desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), desk.ReassignVisit{
		Visit: visit.ID, To: reps[1].ID, Seen: visit.Version, Reason: "OVERLOAD", Others: []uuid.UUID{reps[2].ID, reps[3].ID},
	})
	if err != nil {
		t.Fatal(err)
	}
	return got.Decision
}

func TestAReplayPrintsTheBytesThatAreStored(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	program := func(args ...string) (code int, stdout []byte, stderr string) {
		t.Helper()
		cmd := exec.Command(builtBinary(t), append([]string{"decision", "replay"}, args...)...)
		cmd.Env = append(os.Environ(), "DATABASE_URL="+w.DB.Pool().Config().ConnString())
		var errs bytes.Buffer
		cmd.Stderr = &errs
		out, err := cmd.Output()
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		return cmd.ProcessState.ExitCode(), out, errs.String()
	}
	decision := aDecision(t, w)
	id := decision.ID.String()

	code, stored, errs := program(id, "--stored")
	if code != exitDone || errs != "" {
		t.Fatalf("--stored = %d, %q", code, errs)
	}
	code, again, errs := program(id)
	if code != exitDone || errs != "" || !bytes.Equal(again, stored) {
		t.Errorf("replay = %d, %q:\n%s\nwant what is stored:\n%s", code, errs, again, stored)
	}
	var read dispatch.Decision
	if err := json.Unmarshal(again, &read); err != nil {
		t.Fatal(err)
	}
	if read.ID != decision.ID || read.RunnerUp == nil || read.Chosen.RepID != w.Branches[0].Reps[1].ID || !bytes.Equal(read.Input, decision.Input) {
		t.Errorf("replay prints %+v, want the decision", read)
	}

	if code, out, errs := program(uuid.Nil.String()); code != exitFailed || len(out) > 0 || errs != "hexbeat: no such decision: "+uuid.Nil.String()+"\n" {
		t.Errorf("an unknown id = %d, %q, %q, want one sentence", code, out, errs)
	}
	for _, args := range [][]string{{}, {"seven"}, {id, id}} {
		if code, _, errs := program(args...); code != exitMisuse || strings.Count(errs, "\n") != 1 {
			t.Errorf("decision replay %v = %d, %q, want wrong usage in one sentence", args, code, errs)
		}
	}

	change := func(sql string) {
		t.Helper()
		if _, err := w.DB.Pool().Exec(t.Context(), sql, decision.ID); err != nil {
			t.Fatal(err)
		}
	}
	change(`UPDATE decision SET chosen = jsonb_set(chosen, '{total}', '1') WHERE id = $1`)
	if code, out, errs := program(id); code != exitFailed || !bytes.Equal(out, again) || !strings.Contains(errs, "otherwise") {
		t.Errorf("a decision that was tampered with = %d, %q, want it said and the replay printed", code, errs)
	}
	change(`UPDATE decision SET input = replace(input, '"engine":"` + dispatch.EngineVersion + `"', '"engine":"0"') WHERE id = $1`)
	if code, out, errs := program(id); code != exitFailed || len(out) > 0 || !strings.Contains(errs, "another engine version") {
		t.Errorf("a decision of another version = %d, %q, %q, want it said", code, out, errs)
	}
}
