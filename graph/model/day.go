package model

import (
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/notify"
)

// Day is a rep's day: the first screen of a phone.
type Day struct {
	dispatch.RepDay
	Date         hours.Date
	BacklogCount int
	SyncCursor   string
	Unread       []notify.Alert // alerts not acknowledged yet, the newest first; one more than a page can hold when there are more
}
