package geo

// tape is what an edit replaced on the workbench, to be put back.
type tape struct {
	sites   reel[benchSite]
	units   reel[benchUnit]
	near    reel[[]int32]
	figures reel[sums]
	apart   []int32
	nSites  int
	nUnits  int
	total   float64
	low     vec
	high    vec
	touched []bool  // territories
	moved   []int32 // sites that changed hands on the way, maybe back again
	held    int     // sites a lock kept where they are
}

// reel is what elements of a slice were, the oldest first.
type reel[T any] []kept[T]

type kept[T any] struct {
	at  int
	was T
}

// set changes an element and keeps what it was.
func (r *reel[T]) set(s []T, i int, v T) {
	*r = append(*r, kept[T]{i, s[i]})
	s[i] = v
}

func (r reel[T]) rewind(s []T) {
	for i := len(r) - 1; i >= 0; i-- {
		s[r[i].at] = r[i].was
	}
}

// begin starts the tape of an edit.
func (w *Workbench) begin() {
	w.tape = tape{
		apart: w.apart, nSites: len(w.sites), nUnits: len(w.units), total: w.total, low: w.low, high: w.high,
		touched: make([]bool, len(w.figures)),
	}
}

// rewind undoes what the tape holds.
func (w *Workbench) rewind(t tape) {
	t.figures.rewind(w.figures)
	t.near.rewind(w.near)
	t.units.rewind(w.units)
	t.sites.rewind(w.sites)
	w.apart, w.total, w.low, w.high = t.apart, t.total, t.low, t.high
	w.sites, w.was = w.sites[:t.nSites], w.was[:t.nSites]
	w.units, w.near, w.mark = w.units[:t.nUnits], w.near[:t.nUnits], w.mark[:t.nUnits]
}
