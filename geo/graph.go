package geo

// Neighbours says which of the points border on which: the Gabriel pairs (no third point lies in
// the circle whose diameter joins the two) and a minimum spanning tree, so that all hang together.
// Contiguity of a design is judged on this graph of its units' centres. Points at one place border
// on each other; the first of them has the neighbours of the place.
func Neighbours(points []Point) [][]int32 {
	if len(points) == 0 {
		return nil
	}
	flat := planeOf(points)
	borders := make([][]int32, len(points))
	join := func(a, b int32) { borders[a], borders[b] = append(borders[a], b), append(borders[b], a) }
	first := map[vec]int32{}
	var places []vec
	var point []int32 // of each place, the first point there
	for i, p := range points {
		at := flat.at(p)
		if twin, taken := first[at]; taken {
			join(twin, int32(i))
			continue
		}
		first[at] = int32(i)
		places, point = append(places, at), append(point, int32(i))
	}
	near := neighboursOf(places)
	for a := range places {
		for _, b := range near.of(int32(a)) {
			if int32(a) < b {
				join(point[a], point[b])
			}
		}
	}
	return borders
}
