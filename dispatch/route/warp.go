package route

// warp is what a stretch of a route says of its times, where being late is allowed at a price: it goes back in time to
// each window that it misses (Vidal, Crainic, Gendreau and Prins, Computers & Operations Research 2013). Two stretches
// are joined in O(1).
type warp struct {
	span  int32 // from the begin of its first service to the end of its last, with waiting, before going back
	back  int32 // seconds gone back in all
	early int32 // the first service begins no earlier than this, or there is more waiting
	late  int32 // and no later than this, or more must be gone back
}

// join is stretch a, a way and stretch b.
func join(a, b warp, way int32) warp {
	shift := a.span - a.back + way
	wait := max(b.early-shift-a.late, 0)
	back := max(a.early+shift-b.late, 0)
	return warp{
		span:  a.span + b.span + way + wait,
		back:  a.back + b.back + back,
		early: max(b.early-shift, a.early) - wait,
		late:  min(b.late-shift, a.late) + back,
	}
}

// backOf is join(a, b, way).back.
func backOf(a, b warp, way int32) int32 {
	return a.back + b.back + max(a.early+a.span-a.back+way-b.late, 0)
}
