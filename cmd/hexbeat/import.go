package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/customer/table"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/roster"
)

// importPart is how many rows go into one transaction: enough to be quick, few enough that nobody waits for long.
const importPart = 2000

// importFlags are what every import takes.
type importFlags struct {
	*flags
	source, branch, organization *string
	where                        recordFlags
}

func newImportFlags(env environment, usage, about string) importFlags {
	f := newFlags(env, usage, about)
	return importFlags{
		flags: f, branch: f.branch(), organization: f.organization(), where: f.record(),
		source: f.String("source", "FILE", "`name` of the system the file is from; two systems may use the same ids"),
	}
}

// importRun is one import under way.
type importRun struct {
	*record
	desk         *desk.Desk
	env          environment
	file         string
	source       string
	organization roster.Organization
	branches     []roster.Branch
	branch       uuid.UUID // of rows that name none
	rejected     []table.Rejected
}

// begin opens the record and decides on the branch of rows that name none. unnamed says whether there are such rows.
func (f importFlags) begin(ctx context.Context, unnamed bool) (*importRun, error) {
	rec, err := f.where.open(ctx)
	if err != nil {
		return nil, err
	}
	run := &importRun{record: rec, env: f.env, file: f.operands[0], source: *f.source}
	if err := run.choose(ctx, *f.organization, *f.branch, unnamed); err != nil {
		rec.close()
		return nil, err
	}
	return run, nil
}

func (r *importRun) choose(ctx context.Context, organization, branch string, unnamed bool) (err error) {
	if r.organization, err = r.record.organization(ctx, organization); err != nil {
		return err
	}
	if r.branches, err = r.record.branches(ctx, r.organization.ID); err != nil {
		return err
	}
	if branch != "" || unnamed || len(r.branches) == 0 {
		chosen, err := chooseBranch(r.branches, branch)
		if err != nil {
			return err
		}
		r.branch = chosen.ID
	}
	r.desk, err = r.record.desk()
	return err
}

// finish writes refused rows beside the file and says where. A file of an earlier import goes when nothing is refused any more.
func (r *importRun) finish(ctx context.Context, taken int) error {
	path := r.file + ".rejected.csv"
	if len(r.rejected) == 0 {
		if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
			return nil // and where the folder is read-only, trying to remove nothing would fail
		}
		if err := os.Remove(path); err != nil {
			return fmt.Errorf("remove refused rows of an earlier import: %w", err)
		}
		return nil
	}
	slices.SortStableFunc(r.rejected, func(a, b table.Rejected) int { return a.Line - b.Line })
	locale := "en"
	if err := r.db.Read(ctx, r.organization.ID, func(tx *postgres.Tx) (err error) {
		locale, err = tx.Locale(ctx)
		return err
	}); err != nil {
		return err
	}
	out, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("write refused rows: %w", err)
	}
	if err := errors.Join(table.WriteRejected(out, nil, r.rejected, locale), out.Close()); err != nil {
		return fmt.Errorf("write refused rows: %w", err)
	}
	if taken == 0 {
		return fmt.Errorf("no row of %s could be used: %s says why", r.file, path)
	}
	_, err = fmt.Fprintf(r.env.stdout, "refused rows and reasons are in %s\n", path)
	return err
}

// inParts hands the rows to work a part at a time, and says on a terminal how far it has come.
func inParts[Row any](env environment, rows []Row, work func([]Row) error) error {
	done := 0
	for part := range slices.Chunk(rows, importPart) {
		if err := work(part); err != nil {
			return err
		}
		done += len(part)
		if isTerminal(env.stderr) {
			fmt.Fprintf(env.stderr, "\r%d of %d rows", done, len(rows))
		}
	}
	if isTerminal(env.stderr) && done > 0 {
		fmt.Fprint(env.stderr, "\r\033[K")
	}
	return nil
}

func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// readFile opens a file for one of table's readers.
func readFile[Row any](path string, read func(io.Reader, string) ([]Row, []table.Rejected, error)) ([]Row, []table.Rejected, error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, fmt.Errorf("there is no file %s", path)
	}
	if err != nil {
		return nil, nil, err
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil && info.IsDir() {
		return nil, nil, fmt.Errorf("%s is a folder, not a file", path)
	}
	return read(file, path)
}

// asImporter is the command line as a door for files.
func (r *importRun) asImporter(ctx context.Context) context.Context {
	return asAdmin(ctx, r.organization.ID, auth.Import)
}
