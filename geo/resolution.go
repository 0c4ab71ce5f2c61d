package geo

// roomy is how many cells of SiteResolution may be occupied before a region is divided in coarser
// ones: a large city has some ten thousand, a province many more, and the search has to try each.
const roomy = 20_000

// suitableResolution is that of the largest units where the brief names none: SiteResolution, or
// one coarser where the sites occupy more than a city has of it.
func suitableResolution(sites []Site) (int, error) {
	if len(sites) <= roomy {
		return SiteResolution, nil
	}
	occupied := make(map[Cell]struct{}, roomy+1)
	for _, s := range sites {
		cell, err := CellAt(s.Point, SiteResolution)
		if err != nil {
			return 0, err
		}
		if occupied[cell] = struct{}{}; len(occupied) > roomy {
			return SiteResolution - 1, nil
		}
	}
	return SiteResolution, nil
}
