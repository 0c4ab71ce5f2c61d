package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/roster"
	"github.com/jackc/pgx/v5"
)

// userColumns are roster.User's, of a person called p with person_detail pd and the primary person_email pe.
const userColumns = `p.id, coalesce(pd.name, '') AS name, coalesce(pe.email, '') AS email, coalesce(pd.locale, o.locale) AS locale`

// Details and addresses may have been erased.
const userFrom = `
FROM   person AS p
JOIN   organization AS o ON o.organization_id = p.organization_id
LEFT   JOIN person_detail AS pd ON pd.organization_id = p.organization_id AND pd.person_id = p.id
LEFT   JOIN person_email AS pe ON pe.organization_id = p.organization_id AND pe.person_id = p.id AND pe.is_primary`

const userByID = `
SELECT ` + userColumns + userFrom + `
WHERE  p.organization_id = @organization AND p.id = @id`

// User reads a person, whoever asks.
func (tx *Tx) User(ctx context.Context, id uuid.UUID) (roster.User, error) {
	return one[roster.User](ctx, tx, roster.ErrNoPerson, userByID, pgx.StrictNamedArgs{"organization": tx.Organization, "id": id})
}

const usersByID = `
SELECT ` + userColumns + userFrom + `
WHERE  p.organization_id = @organization AND p.id = ANY(@ids)
ORDER  BY p.id`

// Users reads those of the people who exist, whoever asks.
func (tx *Tx) Users(ctx context.Context, ids []uuid.UUID) ([]roster.User, error) {
	return all[roster.User](ctx, tx, usersByID, pgx.StrictNamedArgs{"organization": tx.Organization, "ids": ids})
}

// Person is a user with what only the company needs to know of one.
type Person struct {
	roster.User
	Number string     `db:"number"` // personnel number; may be empty
	Phone  string     `db:"phone"`  // may be empty
	Start  *geo.Point `db:"start"`  // where the working day begins; nil: not said
}

const personByEmail = `
SELECT ` + userColumns + `, coalesce(p.personnel_number, '') AS number, coalesce(pd.phone, '') AS phone,
       point(pd.home_lat, pd.home_lon) AS start` + userFrom + `
JOIN   person_email AS asked ON asked.organization_id = p.organization_id AND asked.person_id = p.id
WHERE  p.organization_id = @organization AND asked.email = @email`

// PersonByEmail reads the person with that address, primary or not. The address is in small letters.
func (tx *Tx) PersonByEmail(ctx context.Context, email string) (Person, error) {
	return one[Person](ctx, tx, roster.ErrNoPerson, personByEmail, pgx.StrictNamedArgs{"organization": tx.Organization, "email": email})
}

const (
	insertPerson = `
INSERT INTO person (organization_id, id, personnel_number, created_at)
VALUES (@organization, @id, nullif(@number, ''), @at)`

	insertPersonDetail = `
INSERT INTO person_detail (organization_id, person_id, name, phone, locale, home_lat, home_lon)
VALUES (@organization, @id, @name, nullif(@phone, ''), @locale, @lat, @lon)`

	insertPersonEmail = `
INSERT INTO person_email (organization_id, person_id, email, is_primary)
VALUES (@organization, @id, @email, true)`

	updatePerson = `
UPDATE person SET personnel_number = coalesce(nullif(@number, ''), personnel_number)
WHERE  organization_id = @organization AND id = @id`

	updatePersonDetail = `
UPDATE person_detail
SET    name = @name, phone = coalesce(nullif(@phone, ''), phone), locale = @locale,
       home_lat = coalesce(@lat, home_lat), home_lon = coalesce(@lon, home_lon)
WHERE  organization_id = @organization AND person_id = @id`
)

// AddPerson writes a person that is new.
func (tx *Tx) AddPerson(ctx context.Context, p Person, at time.Time) error {
	if err := tx.exec(ctx, -1, insertPerson, pgx.StrictNamedArgs{
		"organization": tx.Organization, "id": p.ID, "number": p.Number, "at": at,
	}); err != nil {
		return err
	}
	if err := tx.exec(ctx, -1, insertPersonDetail, tx.detail(p)); err != nil {
		return err
	}
	return tx.exec(ctx, -1, insertPersonEmail, pgx.StrictNamedArgs{"organization": tx.Organization, "id": p.ID, "email": p.Email})
}

// ChangePerson writes what is said of a person again. What is not said (number, phone, start) stays as it was.
func (tx *Tx) ChangePerson(ctx context.Context, p Person) error {
	if err := tx.exec(ctx, 1, updatePerson, pgx.StrictNamedArgs{
		"organization": tx.Organization, "id": p.ID, "number": p.Number,
	}); err != nil {
		return err
	}
	return tx.exec(ctx, 1, updatePersonDetail, tx.detail(p))
}

func (tx *Tx) detail(p Person) pgx.StrictNamedArgs {
	var lat, lon *float64
	if p.Start != nil {
		lat, lon = &p.Start.Lat, &p.Start.Lon
	}
	return pgx.StrictNamedArgs{
		"organization": tx.Organization, "id": p.ID, "name": p.Name, "phone": p.Phone, "locale": p.Locale, "lat": lat, "lon": lon,
	}
}
