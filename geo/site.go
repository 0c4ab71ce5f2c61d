package geo

// Site is a located place with the work it asks for, as territory design sees it.
type Site struct {
	ID       string // only for messages
	Point    Point
	Workload float64   // in any unit; not negative
	Amounts  []float64 // of the brief's further measures, in their order; not negative
	Open     bool      // there is open work, so that it had better stay where it is
}
