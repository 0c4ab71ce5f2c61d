package route

// Solution is a plan for a Problem.
type Solution struct {
	Routes     []Route // one for each vehicle, in their order; a vehicle without visits has no stops
	Unassigned []int32 // visits, ascending
	Cost       float64 // of the routes and of the prizes forgone, in the problem's unit
	Changed    int     // published visits that changed vehicle or arrival, or were dropped
}

// Route is what one vehicle does. It leaves as late as it can without ending later, and then waits as it comes.
type Route struct {
	Stops    []Stop
	Depart   int64 // from the start (the first stop, where there is none)
	Finish   int64 // at the end
	Home     int64 // seconds from the last stop to the end
	Travel   int64 // seconds of travel in all
	Distance int64 // metres
	Setup    int64
	Service  int64 // without breaks
	Wait     int64
	Overtime int64
	Cost     float64
}

// Stop is a visit or a break.
type Stop struct {
	Visit    int32 // -1: a break
	Break    int32 // -1: a visit; otherwise an index of Vehicle.Breaks
	Travel   int64 // seconds from the visit before (or the start) to here; of a break: what was driven before it
	Arrival  int64 // travel may go on after a break
	Begin    int64 // of set-up
	Setup    int64
	Service  int64
	Distance int64   // metres driven since the start
	Load     []int64 // on board afterwards
}

// Visits is the order of visits, without breaks.
func (r Route) Visits() []int32 {
	var visits []int32
	for _, s := range r.Stops {
		if s.Visit >= 0 {
			visits = append(visits, s.Visit)
		}
	}
	return visits
}
