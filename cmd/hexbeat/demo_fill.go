package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/roster"
)

// A demo's shifts lie around the moment it is started at, on any day and at any hour.
const (
	demoShiftBefore = 2 * time.Hour
	demoShiftAfter  = 7 * time.Hour
	demoShiftGrain  = 5 * time.Minute
	demoTokens      = 365 * 24 * time.Hour
)

// demoUser is one line of demo.json.
type demoUser struct {
	Email  string `json:"email"`
	Name   string `json:"name"`
	Role   string `json:"role"`
	Branch string `json:"branch"`
	Token  string `json:"token"`
}

// prepare fills an empty record, and sees to it that today is planned and everybody has a token.
func (d *demonstration) prepare(ctx context.Context) error {
	organizations, err := d.rec.db.Organizations(ctx)
	if err != nil {
		return err
	}
	fresh := len(organizations) == 0
	if fresh {
		if err := d.fill(ctx); err != nil {
			return err
		}
		if organizations, err = d.rec.db.Organizations(ctx); err != nil {
			return err
		}
	}
	ctx = asAdmin(ctx, organizations[0].ID, auth.API)
	branches, err := d.rec.branches(ctx, organizations[0].ID)
	if err != nil {
		return err
	}
	if err := d.planToday(ctx, branches); err != nil {
		return err
	}
	if fresh {
		if err := d.complain(ctx, branches); err != nil {
			return err
		}
	}
	if err := d.issueTokens(ctx); err != nil {
		return err
	}
	return d.wish.save(d.dir, true)
}

// fill loads people and customers, designs and publishes territories.
func (d *demonstration) fill(ctx context.Context) error {
	if err := d.wish.save(d.dir, false); err != nil {
		return err
	}
	shift := d.shift()
	town, err := d.wish.town(shift)
	if err != nil {
		return err
	}
	d.say.step("filling", town.name, len(town.rows), len(town.reps))
	organization, err := desk.AddOrganization(ctx, d.desk, town.name, "ru")
	if err != nil {
		return err
	}
	ctx = asAdmin(ctx, organization, auth.Import)
	branches := map[string]uuid.UUID{}
	for _, name := range town.branches {
		branch, err := desk.Do(ctx, d.desk, uuid.Nil, desk.AddBranch{
			Name: name, TimeZone: town.zone, Hours: everyDay(shift, town.zone),
			ShiftFrom: timeOfDay(shift.From, town.zone), ShiftTo: timeOfDay(shift.To, town.zone),
		})
		if err != nil {
			return fmt.Errorf("add branch: %w", err)
		}
		branches[name] = branch.ID
	}
	for _, person := range slices.Concat(town.staff, town.reps) {
		wish := desk.AddUser{Email: person.Email, Name: person.Name, Role: auth.Role(person.Role), Start: person.start}
		if id, found := branches[person.Branch]; found {
			wish.Branch = &id
		}
		if _, err := desk.Do(ctx, d.desk, uuid.Nil, wish); err != nil {
			return fmt.Errorf("add %s: %w", person.Email, err)
		}
	}
	if err := d.importCustomers(ctx, organization, town); err != nil {
		return fmt.Errorf("import customers: %w", err)
	}
	if err := d.rec.db.Write(ctx, organization, func(tx *postgres.Tx) error { return tx.AddGround(ctx, town.ground) }); err != nil {
		return fmt.Errorf("draw the ground: %w", err)
	}
	for _, name := range town.branches {
		d.say.step("designing", name)
		draft, err := desk.DesignTerritories(ctx, d.desk, desk.DesignBrief{Branch: branches[name], Seed: d.wish.Seed})
		if err != nil {
			return fmt.Errorf("design the territories of %s: %w", name, err)
		}
		if _, err := desk.Do(ctx, d.desk, uuid.Nil, desk.PublishAlignment{
			Alignment: draft.Alignment, Branch: branches[name], From: d.today(town.zone),
		}); err != nil {
			return fmt.Errorf("publish the territories of %s: %w", name, err)
		}
	}
	return nil
}

// importCustomers takes the town's rows in as hexbeat import customers does.
func (d *demonstration) importCustomers(ctx context.Context, organization uuid.UUID, t town) error {
	branches, err := d.rec.branches(ctx, organization)
	if err != nil {
		return err
	}
	run := importRun{
		record: d.rec, desk: d.desk, env: d.env, file: t.name, source: "DEMO", branches: branches,
		organization: roster.Organization{ID: organization},
	}
	done, err := run.customers(ctx, t.rows)
	if err != nil {
		return err
	}
	if refused := len(t.rejected) + len(run.rejected); refused > 0 {
		d.say.step("refused", refused)
	}
	if done.Added == 0 {
		return errors.New("no row could be used")
	}
	return nil
}

// planToday plans what is not planned yet. Shifts that are over, or nearly so, are moved to begin anew: a demo is tried whenever
// somebody has time.
func (d *demonstration) planToday(ctx context.Context, branches []roster.Branch) error {
	shift := d.shift()
	for _, b := range branches {
		today := hours.DateOf(d.clock().In(b.Zone()))
		if _, err := desk.Do(ctx, d.desk, uuid.Nil, desk.ExtendShifts{Branch: b.ID, Date: today, To: shift.To, Least: time.Hour}); err != nil {
			return fmt.Errorf("move the shifts of %s: %w", b.Name, err)
		}
		bar := newProgress(d.env, b.Name)
		done, err := desk.PlanBranch(ctx, d.desk, b.ID, today, &shift, bar.at)
		bar.end()
		if err != nil {
			return fmt.Errorf("plan the day of %s: %w", b.Name, err)
		}
		d.say.step("planned", b.Name, done.Reps, done.Placed)
	}
	return nil
}

// complaints is how many urgent visits wait in each branch's queue for the dispatcher.
const complaints = 3

// complain puts urgent visits into the queues: customers called, nobody has the work yet.
func (d *demonstration) complain(ctx context.Context, branches []roster.Branch) error {
	caller, err := auth.From(ctx)
	if err != nil {
		return err
	}
	r := rand.New(rand.NewPCG(d.wish.Seed, 1))
	for _, b := range branches {
		var sites []postgres.PlacedSite
		if err := d.rec.db.Read(ctx, caller.Organization, func(tx *postgres.Tx) error {
			line, err := tx.DefaultLine(ctx)
			if err != nil {
				return err
			}
			sites, err = tx.PlacedSites(ctx, b.ID, line, hours.DateOf(d.clock().In(b.Zone())))
			return err
		}); err != nil {
			return err
		}
		for i := range complaints {
			soon := d.clock().Truncate(demoShiftGrain).Add(time.Duration(i+1) * time.Hour)
			priority := 90 - 10*i
			if _, err := desk.Do(ctx, d.desk, uuid.Nil, desk.CreateVisit{
				Site: someone(r, sites).ID, Kind: "URGENT", Priority: &priority,
				Promised: &hours.Window{From: soon, To: soon.Add(2 * time.Hour)},
			}); err != nil {
				return fmt.Errorf("put a visit into the queue: %w", err)
			}
		}
	}
	return nil
}

// shift is the working time of a demo's day.
func (d *demonstration) shift() hours.Window {
	now := d.clock().Truncate(demoShiftGrain)
	return hours.Window{From: now.Add(-demoShiftBefore), To: now.Add(demoShiftAfter)}
}

func (d *demonstration) today(zone string) hours.Date {
	return hours.DateOf(d.clock().In(hours.Zone(zone)))
}

// issueTokens gives everybody a token, unless demo.json holds ones that are still good.
func (d *demonstration) issueTokens(ctx context.Context) error {
	caller, err := auth.From(ctx)
	if err != nil {
		return err
	}
	if d.users, err = d.knownUsers(); err == nil && len(d.users) > 0 {
		if _, err := d.rec.db.SignIn(ctx, d.users[0].Token, d.clock().Add(24*time.Hour)); err == nil {
			return nil
		} else if !errors.Is(err, auth.ErrExpired) && !errors.Is(err, auth.ErrUnauthenticated) {
			return err
		}
	}
	people, err := d.rec.db.People(ctx, caller.Organization)
	if err != nil {
		return err
	}
	slices.SortStableFunc(people, func(a, b postgres.RolePerson) int { return cmp.Compare(roleOrder(a.Role), roleOrder(b.Role)) })
	d.users = nil
	for _, p := range people {
		issued, err := desk.Do(ctx, d.desk, uuid.Nil, desk.IssueToken{Email: p.Email, For: demoTokens})
		if err != nil {
			return fmt.Errorf("issue a token for %s: %w", p.Email, err)
		}
		d.users = append(d.users, demoUser{Email: p.Email, Name: p.Name, Role: lower(p.Role), Branch: p.Branch, Token: issued.Token})
	}
	return nil
}

// roleOrder lists who a newcomer wants to be first.
func roleOrder(r auth.Role) int {
	return slices.Index([]auth.Role{auth.Dispatcher, auth.Manager, auth.Admin, auth.Rep}, r)
}

func (d *demonstration) knownUsers() ([]demoUser, error) {
	text, err := os.ReadFile(filepath.Join(d.dir, linkFile))
	if err != nil {
		return nil, err
	}
	var links demoLinks
	err = json.Unmarshal(text, &links)
	return links.Users, err
}

// someone picks one of a list, the same for the same seed.
func someone[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }
