package work_test

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/desk/desktest"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/notify"
	"github.com/hexbeat/hexbeat/notify/fcm"
	"github.com/hexbeat/hexbeat/notify/fcmtest"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/work"
	"github.com/riverqueue/river"
)

// proving is a company with a phone for each of two reps, and the queue played by hand.
type proving struct {
	*desktest.World
	fake   *fcmtest.Server
	sender notify.Sender
	worker river.Worker[desk.SendAlert]
	done   map[int64]bool
	phones []uuid.UUID
}

func prove(t *testing.T) *proving {
	t.Helper()
	p := &proving{World: desktest.Planned(t), fake: fcmtest.New(t), done: map[int64]bool{}}
	for rep := range 2 {
		p.phones = append(p.phones, p.Phone(t, 0, rep, notify.FCM).ID)
	}
	var err error
	if p.sender, err = fcm.New(t.Context(), fcm.Config{CredentialsFile: p.fake.CredentialsFile, Endpoint: p.fake.URL}); err != nil {
		t.Fatal(err)
	}
	p.worker = work.NewAlertSender(work.Config{
		Desk: p.Desk, Senders: map[string]notify.Sender{notify.FCM: p.sender}, Log: slog.New(slog.DiscardHandler),
	})
	return p
}

// reassign gives a late visit of the first rep to the second, or back.
func (p *proving) reassign(t *testing.T, visit uuid.UUID, to int) {
	t.Helper()
	var version int
	if err := p.DB.Pool().QueryRow(t.Context(), "SELECT version FROM visit WHERE id = $1", visit).Scan(&version); err != nil {
		t.Fatal(err)
	}
	if _, err := desk.Do(p.As(p.Dispatcher), p.Desk, uuid.New(), desk.ReassignVisit{
		Visit: visit, To: p.Branches[0].Reps[to].ID, Seen: dispatch.Revision(version), Reason: "OVERLOAD",
	}); err != nil {
		t.Fatal(err)
	}
}

func (p *proving) late(t *testing.T) (visit uuid.UUID) {
	t.Helper()
	if err := p.DB.Pool().QueryRow(t.Context(), `SELECT st.visit_id FROM stop AS st JOIN route AS ro ON ro.id = st.route_id
		WHERE ro.rep_id = $1 AND st.visit_id IS NOT NULL ORDER BY st.position DESC LIMIT 1`, p.Branches[0].Reps[0].ID).Scan(&visit); err != nil {
		t.Fatal(err)
	}
	return visit
}

// cancel calls a visit off.
func (p *proving) cancel(t *testing.T, visit uuid.UUID) {
	t.Helper()
	var version int
	if err := p.DB.Pool().QueryRow(t.Context(), "SELECT version FROM visit WHERE id = $1", visit).Scan(&version); err != nil {
		t.Fatal(err)
	}
	if _, err := desk.Do(p.As(p.Dispatcher), p.Desk, uuid.New(), desk.CancelVisit{Visit: visit, Seen: dispatch.Revision(version), Reason: "CUSTOMER"}); err != nil {
		t.Fatal(err)
	}
}

// realign gives the ground of the second branch's first rep, with eight visits that wait there, to the second, and so on around.
func (p *proving) realign(t *testing.T) {
	t.Helper()
	p.Align(t, 1)
	branch := p.Branches[1]
	if _, err := desk.Do(p.As(p.Admin), p.Desk, uuid.Nil, desk.OweVisits{Branch: branch.ID, Date: desktest.Monday}); err != nil {
		t.Fatal(err)
	}
	owners := desk.Owners{}
	for i, sites := range branch.Sites {
		for _, s := range sites {
			owners[s] = branch.Reps[(i+1)%len(branch.Reps)].ID
		}
	}
	p.Pass(time.Minute)
	if got, err := desk.AlignOwners(p.As(p.Admin), p.Desk, branch.ID, owners); err != nil || got.Moved != 32 {
		t.Fatalf("%d visits changed hands, %v; want 32", got.Moved, err)
	}
}

// forget takes a rep's newest alert out of the record as if it had never been made.
func (p *proving) forget(t *testing.T, rep uuid.UUID) {
	t.Helper()
	var alert uuid.UUID
	if err := p.DB.Pool().QueryRow(t.Context(), "SELECT id FROM alert WHERE rep_id = $1 ORDER BY seq DESC LIMIT 1", rep).Scan(&alert); err != nil {
		t.Fatal(err)
	}
	p.exec(t, "DELETE FROM delivery WHERE alert_id = $1", alert)
	p.exec(t, "DELETE FROM alert_item WHERE alert_id = $1", alert)
	p.exec(t, "DELETE FROM alert WHERE id = $1", alert)
	p.exec(t, "UPDATE inbox SET last_seq = last_seq - 1 WHERE rep_id = $1", rep)
}

func (p *proving) exec(t *testing.T, sql string, args ...any) {
	t.Helper()
	if tag, err := p.DB.Pool().Exec(t.Context(), sql, args...); err != nil {
		t.Fatal(err)
	} else if tag.RowsAffected() == 0 && !strings.HasPrefix(sql, "DELETE FROM delivery") {
		t.Fatalf("%s: nothing there", sql)
	}
}

// jobs are the pushes asked for and not yet carried out.
func (p *proving) jobs(t *testing.T) (list []desk.SendAlert) {
	t.Helper()
	rows, err := p.DB.Pool().Query(t.Context(), `SELECT j.id, (j.args->>'alert')::uuid, j.args->>'channel' FROM river.river_job AS j
		WHERE j.kind = 'send_alert' AND j.args->>'organization' = $1 ORDER BY j.id`, p.Organization.String())
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		job, id := desk.SendAlert{Organization: p.Organization}, int64(0)
		if err := rows.Scan(&id, &job.Alert, &job.Channel); err != nil {
			t.Fatal(err)
		}
		if !p.done[id] {
			p.done[id] = true
			list = append(list, job)
		}
	}
	return list
}

// carryOut plays the queue.
func (p *proving) carryOut(t *testing.T) {
	t.Helper()
	for _, job := range p.jobs(t) {
		if err := p.worker.Work(context.Background(), &river.Job[desk.SendAlert]{Args: job}); err != nil {
			t.Fatal(err)
		}
	}
}

// unchecked is a worker with a bug: it hands an alert to every phone of the rep without a look at anything, and writes down what it did.
func (p *proving) unchecked(t *testing.T, job desk.SendAlert) {
	t.Helper()
	var phone uuid.UUID
	var token string
	if err := p.DB.Pool().QueryRow(t.Context(), `SELECT d.id, d.token FROM device AS d JOIN rep AS r ON r.person_id = d.person_id
		JOIN alert AS a ON a.rep_id = r.id WHERE a.id = $1`, job.Alert).Scan(&phone, &token); err != nil {
		t.Fatal(err)
	}
	if _, err := p.sender.Send(t.Context(), notify.NewPush(notify.Alert{ID: job.Alert}, token)); err != nil {
		t.Fatal(err)
	}
	engine := auth.Caller{Organization: p.Organization, Roles: []auth.Role{auth.Admin}, Everywhere: true, Door: auth.Engine}
	if _, err := desk.Do(p.As(engine), p.Desk, uuid.Nil, desk.RecordDeliveries{Alert: job.Alert, Channel: notify.FCM, Tries: []postgres.Delivery{
		{ID: uuid.New(), Alert: job.Alert, Device: phone, TriedAt: p.Now(), Outcome: postgres.DeliverySent},
	}}); err != nil {
		t.Fatal(err)
	}
}

// breaches is what notify prove finds, as of the company's clock.
func (p *proving) breaches(t *testing.T) (codes []string) {
	t.Helper()
	if err := p.DB.Read(t.Context(), p.Organization, func(tx *postgres.Tx) error {
		evidence, err := tx.AlertEvidence(t.Context(), p.Now().AddDate(0, 0, -7), p.Now().AddDate(0, 0, 7))
		for _, b := range notify.Prove(evidence, p.Now()) {
			if !slices.Contains(codes, b.Code) {
				codes = append(codes, b.Code)
			}
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return codes
}

// A bug planted in the way of an alert is found by the proof; without it the same story is clean.
func TestPlantedBugsAreFound(t *testing.T) {
	t.Parallel()
	pass := func(p *proving, t *testing.T, d time.Duration) {
		p.Pass(d)
		step(t, p.World)
	}
	acknowledged := func(p *proving, t *testing.T) desk.SendAlert {
		p.reassign(t, p.late(t), 1)
		job := p.jobs(t)[0]
		for rep := range 2 {
			if _, err := desk.Do(p.Rep(0, rep), p.Desk, uuid.New(), desk.AcknowledgeAlert{Alert: job.Alert}); err == nil {
				p.Pass(time.Minute)
				return job
			}
		}
		t.Fatal("the alert is nobody's")
		return job
	}
	annulled := func(p *proving, t *testing.T) desk.SendAlert {
		visit := p.late(t)
		p.reassign(t, visit, 1)
		job := p.jobs(t)
		p.reassign(t, visit, 0)
		for _, j := range job {
			if state, _, _ := stateOf(t, p.World, j.Alert); state == "ANNULLED" {
				return j
			}
		}
		t.Fatal("nothing was annulled")
		return desk.SendAlert{}
	}
	for name, c := range map[string]struct {
		story func(*proving, *testing.T)
		want  []string
	}{
		"sound": {func(p *proving, t *testing.T) {
			p.reassign(t, p.late(t), 1)
			p.carryOut(t)
			pass(p, t, 5*time.Minute)
			pass(p, t, 5*time.Minute)
		}, nil},
		"outbox row dropped": {func(p *proving, t *testing.T) {
			p.reassign(t, p.late(t), 1)
			p.jobs(t)
			pass(p, t, 5*time.Minute)
		}, []string{notify.NotHanded}},
		"alert dropped with it": {func(p *proving, t *testing.T) {
			p.reassign(t, p.late(t), 1)
			p.carryOut(t)
			var alert uuid.UUID
			if err := p.DB.Pool().QueryRow(t.Context(), "SELECT id FROM alert WHERE rep_id = $1 ORDER BY seq DESC LIMIT 1", p.Branches[0].Reps[1].ID).Scan(&alert); err != nil {
				t.Fatal(err)
			}
			for _, table := range []string{"delivery WHERE alert_id", "alert_item WHERE alert_id", "alert WHERE id"} {
				if _, err := p.DB.Pool().Exec(t.Context(), "DELETE FROM "+table+" = $1", alert); err != nil {
					t.Fatal(err)
				}
			}
		}, []string{notify.NoAlert, notify.Unnumbered, notify.Untold}},
		"every command tells whom it concerns": {func(p *proving, t *testing.T) {
			p.realign(t)
			p.cancel(t, p.late(t))
			rep := p.Branches[0].Reps[1].ID
			if _, err := desk.Do(p.As(p.Dispatcher), p.Desk, uuid.New(), desk.CreateVisit{Site: p.Branches[0].Sites[1][0], Rep: &rep}); err != nil {
				t.Fatal(err)
			}
			if _, err := desk.Do(p.Rep(0, 0), p.Desk, uuid.New(), desk.CreateVisit{Site: p.Branches[0].Sites[0][0], Rep: &p.Branches[0].Reps[0].ID}); err != nil {
				t.Fatal(err)
			}
			p.Pass(time.Minute)
			if _, err := desk.Do(p.Rep(0, 2), p.Desk, uuid.New(), desk.CompleteVisit{Visit: p.late(t), Outcome: "DONE"}); err == nil {
				t.Fatal("a rep completed a visit that was never the own one")
			}
			visit := p.late(t)
			p.reassign(t, visit, 1)
			if _, err := desk.Do(p.Rep(0, 0), p.Desk, uuid.New(), desk.CompleteVisit{Visit: visit, Outcome: "DONE"}); err != nil {
				t.Fatal(err)
			}
			p.carryOut(t)
			for _, r := range p.Branches[0].Reps[:2] {
				if n := p.Count(t, "SELECT count(DISTINCT batch_id) FROM alert WHERE rep_id = $1", r.ID); n < 3 {
					t.Errorf("a rep was told of %d changes, want the plan and more", n)
				}
			}
		}, nil},
		"a sick rep's day is given away and taken back, and the queue is worked": {func(p *proving, t *testing.T) {
			reps := p.Branches[0].Reps
			gone, err := desk.Do(p.As(p.Dispatcher), p.Desk, uuid.New(), desk.ReassignRepDays{
				Reps: []uuid.UUID{reps[0].ID}, Dates: []hours.Date{desktest.Monday}, Policy: dispatch.Spread, Reason: "ABSENCE",
			})
			if err != nil || len(gone.Moves) != 8 {
				t.Fatalf("%d visits moved, %v; want the day's eight", len(gone.Moves), err)
			}
			p.carryOut(t)
			p.Pass(time.Minute)
			if _, err := desk.Do(p.As(p.Dispatcher), p.Desk, uuid.New(), desk.UndoBatch{Batch: gone.Batch}); err != nil {
				t.Fatal(err)
			}
			p.Pass(time.Minute)
			visit := p.late(t)
			declined, err := desk.Do(p.Rep(0, 0), p.Desk, uuid.New(), desk.DeclineVisit{Visit: visit, Reason: "NO_TIME"})
			if err != nil {
				t.Fatal(err)
			}
			if declined.Visit.State == dispatch.Queued {
				if _, err := desk.Do(p.Rep(0, 1), p.Desk, uuid.New(), desk.ClaimVisit{Visit: visit}); err != nil {
					t.Fatal(err)
				}
			}
			p.Pass(time.Minute)
			var version int
			if err := p.DB.Pool().QueryRow(t.Context(), "SELECT version FROM visit WHERE id = $1", visit).Scan(&version); err != nil {
				t.Fatal(err)
			}
			if _, err := desk.Do(p.As(p.Dispatcher), p.Desk, uuid.New(), desk.ReleaseVisit{
				Visit: visit, To: dispatch.Queued, Seen: dispatch.Revision(version), Reason: "OTHER",
			}); err != nil {
				t.Fatal(err)
			}
			p.carryOut(t)
		}, nil},
		"alert of a batch dropped": {func(p *proving, t *testing.T) {
			if _, err := desk.Do(p.As(p.Dispatcher), p.Desk, uuid.New(), desk.ReassignRepDays{
				Reps: []uuid.UUID{p.Branches[0].Reps[0].ID}, Dates: []hours.Date{desktest.Monday}, Policy: dispatch.Enqueue, Reason: "ABSENCE",
			}); err != nil {
				t.Fatal(err)
			}
			p.forget(t, p.Branches[0].Reps[0].ID)
		}, []string{notify.NoAlert}},
		"alert of a cancel dropped": {func(p *proving, t *testing.T) {
			p.cancel(t, p.late(t))
			p.forget(t, p.Branches[0].Reps[0].ID)
		}, []string{notify.NoAlert}},
		"alert of an alignment dropped": {func(p *proving, t *testing.T) {
			p.realign(t)
			p.forget(t, p.Branches[1].Reps[2].ID)
		}, []string{notify.NoAlert}},
		"alert of a plan dropped": {func(p *proving, t *testing.T) {
			p.forget(t, p.Branches[0].Reps[3].ID)
		}, []string{notify.NoAlert, notify.Untold}},
		"one visit of a batch left out": {func(p *proving, t *testing.T) {
			p.realign(t)
			p.exec(t, `DELETE FROM alert_item WHERE (alert_id, n) IN (SELECT id, 3 FROM alert WHERE rep_id = $1)`, p.Branches[1].Reps[2].ID)
		}, []string{notify.Silent}},
		"a time moved without a word": {func(p *proving, t *testing.T) {
			p.exec(t, "UPDATE stop SET told = told + interval '1 hour' WHERE visit_id = $1", p.late(t))
		}, []string{notify.Untold}},
		"acknowledged, and left alone": {func(p *proving, t *testing.T) { acknowledged(p, t); p.carryOut(t) }, nil},
		"acknowledgement ignored": {func(p *proving, t *testing.T) {
			p.unchecked(t, acknowledged(p, t))
			p.carryOut(t)
		}, []string{notify.SentAfterEnd}},
		"retried with a look": {func(p *proving, t *testing.T) {
			p.reassign(t, p.late(t), 1)
			jobs := p.jobs(t)
			for range 2 {
				for _, job := range jobs {
					if err := p.worker.Work(context.Background(), &river.Job[desk.SendAlert]{Args: job}); err != nil {
						t.Fatal(err)
					}
				}
				p.Pass(time.Second)
			}
		}, nil},
		"retry without dedupe": {func(p *proving, t *testing.T) {
			p.reassign(t, p.late(t), 1)
			for _, job := range p.jobs(t) {
				p.unchecked(t, job)
				p.Pass(time.Second)
				p.unchecked(t, job)
			}
		}, []string{notify.HandedTwice}},
		"annulled, and not sent": {func(p *proving, t *testing.T) {
			annulled(p, t)
			p.carryOut(t)
			pass(p, t, 5*time.Minute)
		}, nil},
		"annulled but sent": {func(p *proving, t *testing.T) { p.unchecked(t, annulled(p, t)) }, []string{notify.AnnulledButSent}},
		"nobody follows": {func(p *proving, t *testing.T) {
			p.reassign(t, p.late(t), 1)
			p.carryOut(t)
			p.Pass(time.Hour)
		}, []string{notify.Abandoned}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := prove(t)
			c.story(p, t)
			got := p.breaches(t)
			slices.Sort(got)
			slices.Sort(c.want)
			if !slices.Equal(got, c.want) {
				t.Errorf("found %v, want %v", got, c.want)
			}
		})
	}
}
