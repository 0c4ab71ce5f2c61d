package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/roster"
	"github.com/jackc/pgx/v5"
)

const organizations = `
SELECT o.organization_id AS id, o.name
FROM   organization AS o
ORDER  BY o.name, o.organization_id`

// Organizations lists every organization of the record, for the command line, which must choose one.
func (db *DB) Organizations(ctx context.Context) (list []roster.Organization, err error) {
	err = db.watch(ctx, func(tx pgx.Tx) error {
		list, err = all[roster.Organization](ctx, &Tx{Tx: tx}, organizations, nil)
		return err
	})
	return list, err
}

const ownOrganization = `
SELECT o.organization_id AS id, o.name
FROM   organization AS o
WHERE  o.organization_id = @organization`

// OwnOrganization is the organization behind whose wall the transaction stands.
func (tx *Tx) OwnOrganization(ctx context.Context) (roster.Organization, error) {
	return one[roster.Organization](ctx, tx, roster.ErrNoOrganization, ownOrganization, pgx.StrictNamedArgs{"organization": tx.Organization})
}

const organizationLocale = `SELECT o.locale FROM organization AS o WHERE o.organization_id = @organization`

// Locale is the organization's language: of messages and of people who have chosen none.
func (tx *Tx) Locale(ctx context.Context) (string, error) {
	list, err := values[string](ctx, tx, organizationLocale, pgx.StrictNamedArgs{"organization": tx.Organization})
	if err == nil && len(list) == 0 {
		err = roster.ErrNoOrganization
	}
	if err != nil {
		return "", err
	}
	return list[0], nil
}

const (
	insertOrganization = `
INSERT INTO organization (organization_id, name, locale, created_at)
VALUES (@organization, @name, @locale, @at)`

	insertDefaultLine = `
INSERT INTO line (organization_id, id, code, name_ru, name_en, is_default)
VALUES (@organization, @id, 'MAIN', 'Основное направление', 'Main line', true)`

	insertVisitKinds = `
INSERT INTO visit_kind (organization_id, code, name_ru, name_en, service, on_site, counts)
SELECT @organization, v.*
FROM (VALUES
    ('REGULAR', 'Плановый визит',     'Regular visit',  interval '20 minutes', true,  true),
    ('FIRST',   'Первый визит',       'First visit',    interval '40 minutes', true,  true),
    ('URGENT',  'Срочный визит',      'Urgent visit',   interval '20 minutes', true,  false),
    ('SERVICE', 'Сервисный визит',    'Service visit',  interval '30 minutes', true,  false),
    ('DEBT',    'Сбор задолженности', 'Debt collection', interval '15 minutes', true, false),
    ('CALL',    'Звонок',             'Phone call',     interval '10 minutes', false, false)
) AS v`

	insertOutcomes = `
INSERT INTO outcome (organization_id, code, name_ru, name_en, success)
SELECT @organization, v.*
FROM (VALUES
    ('DONE',       'Визит состоялся',            'Visited',             true),
    ('ORDER',      'Получен заказ',              'Order taken',         true),
    ('NO_ORDER',   'Визит без заказа',           'Visited, no order',   true),
    ('CLOSED',     'Точка закрыта',              'The place is closed', false),
    ('NO_CONTACT', 'Нет ответственного лица',    'Nobody to speak to',  false),
    ('REFUSED',    'Отказались принять',         'Turned away',         false),
    ('NOT_FOUND',  'Точка не найдена по адресу', 'Place not found',     false)
) AS v`

	insertReasons = `
INSERT INTO reason (organization_id, act, code, name_ru, name_en)
SELECT @organization, v.*
FROM (VALUES
    ('REASSIGN', 'OVERLOAD',  'Перегрузка торгового',   'Too much work for the rep'),
    ('REASSIGN', 'ABSENCE',   'Торговый отсутствует',   'The rep is absent'),
    ('REASSIGN', 'URGENT',    'Срочный визит',          'An urgent visit'),
    ('REASSIGN', 'CUSTOMER',  'По просьбе клиента',     'The customer asked'),
    ('REASSIGN', 'OTHER',     'Другая причина',         'Another reason'),
    ('CANCEL',   'CUSTOMER',  'По просьбе клиента',     'The customer asked'),
    ('CANCEL',   'DUPLICATE', 'Повтор другого визита',  'The same as another visit'),
    ('CANCEL',   'OTHER',     'Другая причина',         'Another reason'),
    ('SKIP',     'NO_TIME',   'Не хватило времени',     'No time left'),
    ('SKIP',     'CUSTOMER',  'По просьбе клиента',     'The customer asked'),
    ('SKIP',     'OTHER',     'Другая причина',         'Another reason')
) AS v`
)

// AddOrganization writes the transaction's own organization with what it needs from the first day: a line and the words
// for kinds of visits, their outcomes, and reasons. All of it is data that the organization may change.
func (tx *Tx) AddOrganization(ctx context.Context, name, locale string, line uuid.UUID, at time.Time) error {
	if err := tx.exec(ctx, -1, insertOrganization, pgx.StrictNamedArgs{
		"organization": tx.Organization, "name": name, "locale": locale, "at": at,
	}); err != nil {
		return err
	}
	if err := tx.exec(ctx, -1, insertDefaultLine, pgx.StrictNamedArgs{"organization": tx.Organization, "id": line}); err != nil {
		return err
	}
	for _, words := range []string{insertVisitKinds, insertOutcomes, insertReasons} {
		if err := tx.exec(ctx, -1, words, pgx.StrictNamedArgs{"organization": tx.Organization}); err != nil {
			return err
		}
	}
	return nil
}
