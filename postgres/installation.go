package postgres

import (
	"context"
	"fmt"
)

// Kept reads what the installation keeps under a name, and keeps what fresh makes where there is nothing yet; made says that it did. When
// several processes start at once, all get the same.
func (db *DB) Kept(ctx context.Context, name string, fresh func() (string, error)) (value string, made bool, err error) {
	const read = `SELECT value FROM installation WHERE name = $1`
	for range 2 {
		rows, err := db.pool.Query(ctx, read, name)
		if err != nil {
			return "", false, unavailable(ctx, fmt.Errorf("read %s: %w", name, err))
		}
		found := rows.Next()
		if found {
			err = rows.Scan(&value)
		}
		rows.Close()
		if err == nil {
			err = rows.Err()
		}
		if err != nil || found {
			return value, made, unavailable(ctx, err)
		}
		if value, err = fresh(); err != nil {
			return "", false, err
		}
		tag, err := db.pool.Exec(ctx, `INSERT INTO installation (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING`, name, value)
		if err != nil {
			return "", false, unavailable(ctx, fmt.Errorf("keep %s: %w", name, err))
		}
		made = tag.RowsAffected() == 1
	}
	return value, made, nil
}

// Browsers is how many devices are reached by Web Push, in all organizations.
func (db *DB) Browsers(ctx context.Context) (n int, err error) {
	err = db.pool.QueryRow(ctx, `SELECT count(*) FROM device WHERE transport = 'WEBPUSH' AND forgotten_at IS NULL`).Scan(&n)
	return n, unavailable(ctx, err)
}

// BrowsersOfOtherKeys is how many of them had not subscribed for the public key: nothing reaches them.
func (db *DB) BrowsersOfOtherKeys(ctx context.Context, public string) (n int, err error) {
	err = db.pool.QueryRow(ctx, `SELECT count(*) FROM device WHERE transport = 'WEBPUSH' AND forgotten_at IS NULL AND strpos(token, '"' || $1 || '"') = 0`,
		public).Scan(&n)
	return n, unavailable(ctx, err)
}
