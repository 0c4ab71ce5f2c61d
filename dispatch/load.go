package dispatch

import "time"

// FullLoad is the greatest ratio a load is said to have. Work without any time left for it (no shift,
// shift over) is this full, so that the number stays finite on every wire.
const FullLoad = 99.0

// LoadOf says how loaded the rep is from now on. Visits begun count with the service still ahead, ended ones
// not at all; travel is that to the stops ahead and the way home. The route must be timed (see Schedule).
// Without a shift nothing is available: the ratio is 0 when nothing is to do, FullLoad otherwise.
func LoadOf(day RepDay, now time.Time) Load { return Load{} }
