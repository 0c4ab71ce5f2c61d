package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/postgres/local"
	"github.com/hexbeat/hexbeat/roster"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
)

// recordFlags say where the record is. DATABASE_URL names a database; without it PostgreSQL is started, or joined,
// in the data directory.
type recordFlags struct {
	env     environment
	dataDir *string
}

// record adds the flag of every command that touches the record.
func (f *flags) record() recordFlags {
	return recordFlags{f.env, f.String("data-dir", local.DefaultDataDir(), "`folder` of the private PostgreSQL, used where DATABASE_URL is not set")}
}

// organization adds --organization.
func (f *flags) organization() *string {
	return f.String("organization", "", "`name` or id of the organization; not needed where there is only one")
}

// branch adds --branch.
func (f *flags) branch() *string {
	return f.String("branch", "", "`name` or id of the branch; not needed where there is only one")
}

// record is the database a command works on.
type record struct {
	db      *postgres.DB
	server  *local.Server // nil with DATABASE_URL
	dataDir string        // of the server
}

// open connects to the record. The schema must be current: a private database is brought there at once,
// one named by DATABASE_URL by hexbeat migrate and hexbeat serve alone.
func (r recordFlags) open(ctx context.Context) (*record, error) {
	rec, err := r.connect(ctx)
	if err != nil {
		return nil, err
	}
	if rec.server != nil {
		err = postgres.Migrate(ctx, rec.db.Pool(), nil)
	} else if current, check := postgres.SchemaCurrent(ctx, rec.db.Pool()); check != nil {
		err = check
	} else if !current {
		err = errors.New("the database's schema is older than this program: run hexbeat migrate")
	}
	if err != nil {
		rec.close()
		return nil, err
	}
	return rec, nil
}

// connect is open without a look at the schema.
func (r recordFlags) connect(ctx context.Context) (*record, error) {
	rec := &record{dataDir: *r.dataDir}
	address := r.env.getenv("DATABASE_URL")
	if address == "" {
		server, err := local.Start(ctx, local.Options{DataDir: *r.dataDir})
		if err != nil {
			return nil, err
		}
		rec.server, address = server, server.URL()
	}
	db, err := postgres.Open(ctx, address)
	if err != nil {
		rec.close()
		if rec.server == nil {
			return nil, fmt.Errorf("%w: check DATABASE_URL and that the server runs", err)
		}
		return nil, err
	}
	rec.db = db
	return rec, nil
}

// close ends the connections, and the server if this process started it.
func (r *record) close() {
	if r.db != nil {
		r.db.Close()
	}
	if r.server != nil {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_ = r.server.Stop(ctx) // stopped at once where it did not stop in order; the next start recovers
	}
}

// desk is where the command line's wishes become transactions. Its jobs are left to a serving process.
func (r *record) desk() (*desk.Desk, error) {
	jobs, err := river.NewClient(riverpgxv5.New(r.db.Pool()), &river.Config{Schema: postgres.JobSchema})
	if err != nil {
		return nil, fmt.Errorf("open job queue: %w", err)
	}
	return &desk.Desk{DB: r.db, Jobs: jobs, Clock: time.Now}, nil
}

// asAdmin makes the command line the caller: whoever may start it on this database may do everything in the organization.
func asAdmin(ctx context.Context, organization uuid.UUID, door auth.Door) context.Context {
	return auth.With(ctx, auth.Caller{
		Organization: organization, Roles: []auth.Role{auth.Admin}, Everywhere: true, Door: door,
	})
}

// atOrganization opens the record and runs f as the command line's admin of an organization.
func (r recordFlags) atOrganization(ctx context.Context, organization string, f func(context.Context, *desk.Desk) error) error {
	rec, err := r.open(ctx)
	if err != nil {
		return err
	}
	defer rec.close()
	o, err := rec.organization(ctx, organization)
	if err != nil {
		return err
	}
	d, err := rec.desk()
	if err != nil {
		return err
	}
	return f(asAdmin(ctx, o.ID, auth.API), d)
}

// atBranch is atOrganization for one of its branches.
func (r recordFlags) atBranch(ctx context.Context, organization, branch string, f func(context.Context, *desk.Desk, uuid.UUID) error) error {
	return r.atOrganization(ctx, organization, func(ctx context.Context, d *desk.Desk) error {
		caller, err := auth.From(ctx)
		if err != nil {
			return err
		}
		list, err := (&record{db: d.DB}).branches(ctx, caller.Organization)
		if err != nil {
			return err
		}
		chosen, err := chooseBranch(list, branch)
		if err != nil {
			return err
		}
		return f(ctx, d, chosen.ID)
	})
}

// organization finds an organization by name or id; an empty name means the only one.
func (r *record) organization(ctx context.Context, asked string) (roster.Organization, error) {
	list, err := r.db.Organizations(ctx)
	if err != nil {
		return roster.Organization{}, err
	}
	var names []string
	for _, o := range list {
		if asked == o.Name || asked == o.ID.String() || asked == "" && len(list) == 1 {
			return o, nil
		}
		names = append(names, o.Name)
	}
	switch {
	case len(list) == 0:
		return roster.Organization{}, errors.New("there is no organization yet: make one with hexbeat organization add --name NAME")
	case asked == "":
		return roster.Organization{}, misuse("there are several organizations, say which with --organization: %s", quoted(names))
	}
	return roster.Organization{}, fmt.Errorf("%w %q: there is %s", roster.ErrNoOrganization, asked, quoted(names))
}

// branch finds a branch by name or id; an empty name means the only one.
func (r *record) branch(ctx context.Context, organization uuid.UUID, asked string) (branch roster.Branch, err error) {
	list, err := r.branches(ctx, organization)
	if err != nil {
		return roster.Branch{}, err
	}
	return chooseBranch(list, asked)
}

// branches lists the branches of an organization by name.
func (r *record) branches(ctx context.Context, organization uuid.UUID) (list []roster.Branch, err error) {
	err = r.db.Read(ctx, organization, func(tx *postgres.Tx) error {
		list, err = tx.Branches(ctx)
		return err
	})
	return list, err
}

func chooseBranch(list []roster.Branch, asked string) (roster.Branch, error) {
	var names []string
	for _, b := range list {
		if asked == b.Name || asked == b.ID.String() || asked == "" && len(list) == 1 {
			return b, nil
		}
		names = append(names, b.Name)
	}
	switch {
	case len(list) == 0:
		return roster.Branch{}, errors.New("there is no branch yet: make one with hexbeat branch add --name NAME --time-zone ZONE")
	case asked == "":
		return roster.Branch{}, misuse("there are several branches, say which with --branch: %s", quoted(names))
	}
	return roster.Branch{}, fmt.Errorf("%w %q: there is %s", roster.ErrNoBranch, asked, quoted(names))
}

// quoted lists names in a sentence, not more than a person reads.
func quoted(names []string) string {
	const most = 8
	var list []string
	for i, name := range names {
		if i == most {
			list = append(list, fmt.Sprintf("and %d more", len(names)-most))
			break
		}
		list = append(list, fmt.Sprintf("%q", name))
	}
	return strings.Join(list, ", ")
}
