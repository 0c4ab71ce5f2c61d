package desk_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/desk/desktest"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/postgres"
)

// What a manager says of the traffic is what every rep-day of the branch is timed by, and no other branch's.
func TestDaysKnowTheTrafficOfTheirBranch(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	branch := w.Branches[0].ID
	var reps []uuid.UUID
	for _, r := range w.Branches[0].Reps {
		reps = append(reps, r.ID)
	}
	even := day(t, w, reps[0])
	if even.Traffic != nil {
		t.Fatalf("before anyone said anything there is traffic: %+v", even.Traffic)
	}
	set := desk.SetBranchTraffic{Branch: branch, Traffic: &geo.CityTraffic}
	if _, err := desk.Do(w.Rep(0, 0), w.Desk, uuid.New(), set); !errors.Is(err, auth.ErrForbidden) {
		t.Errorf("a rep sets the traffic: %v", err)
	}
	admin := w.As(auth.Caller{Organization: w.Organization, Roles: []auth.Role{auth.Admin}, Everywhere: true, Door: auth.API})
	bad := geo.CityTraffic
	bad.Weekend = nil
	if _, err := desk.Do(admin, w.Desk, uuid.Nil, desk.SetBranchTraffic{Branch: branch, Traffic: &bad}); !errors.Is(err, geo.ErrTraffic) {
		t.Errorf("a weekend without hours: %v", err)
	}
	done, err := desk.Do(admin, w.Desk, uuid.Nil, set)
	if err != nil || done.Version != 1 || len(done.Traffic.Cells) == 0 {
		t.Fatalf("SetBranchTraffic = %+v, %v, want version 1 with cells of cities or towns", done, err)
	}
	for _, rep := range reps {
		got := day(t, w, rep)
		if diff := cmp.Diff(got.Traffic, done.Traffic); diff != "" {
			t.Fatalf("the day of %s has (-got +want):\n%s", rep, diff)
		}
	}
	var all []dispatch.RepDay
	w.Write(t, func(tx *postgres.Tx) (err error) {
		all, err = tx.RepDaysOn(context.Background(), []hours.Date{desktest.Monday}, w.Now(), append(reps[:len(reps):len(reps)], w.Branches[1].Reps[0].ID)...)
		return err
	})
	for i, d := range all {
		if other := i == len(all)-1; (d.Traffic == nil) != other {
			t.Errorf("day %d of all: traffic %v", i, d.Traffic)
		}
	}
	if err := w.DB.Read(context.Background(), w.Organization, func(tx *postgres.Tx) error {
		today, err := tx.Today(context.Background(), reps[1], nil, w.Now(), dispatch.PositionFresh, 1)
		if err == nil && today.Day.Traffic == nil {
			t.Error("a rep's first screen knows no traffic")
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if done, err = desk.Do(admin, w.Desk, uuid.Nil, desk.SetBranchTraffic{Branch: branch}); err != nil || done.Version != 2 {
		t.Fatalf("taken back: %+v, %v", done, err)
	}
	if got := day(t, w, reps[0]); got.Traffic != nil {
		t.Errorf("taken back, there is still traffic")
	}
}
