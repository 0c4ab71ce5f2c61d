package vroom

import "fmt"

// eachPlace calls see with every place of the problem and the path of what has it. A vehicle's start or end that
// is not given is left out.
func (p *Problem) eachPlace(see func(place Place, path, coordinates, index string) error) error {
	for i, v := range p.Vehicles {
		path := fmt.Sprintf("vehicles[%d]", i)
		if v.Start.given() {
			if err := see(v.Start, path, "start", "start_index"); err != nil {
				return err
			}
		}
		if v.End.given() {
			if err := see(v.End, path, "end", "end_index"); err != nil {
				return err
			}
		}
	}
	for i, j := range p.Jobs {
		if err := see(j.Place, fmt.Sprintf("jobs[%d]", i), "location", "location_index"); err != nil {
			return err
		}
	}
	for i, s := range p.Shipments {
		if err := see(s.Pickup.Place, fmt.Sprintf("shipments[%d].pickup", i), "location", "location_index"); err != nil {
			return err
		}
		if err := see(s.Delivery.Place, fmt.Sprintf("shipments[%d].delivery", i), "location", "location_index"); err != nil {
			return err
		}
	}
	return nil
}

// tabled says whether the travel times of a profile are given.
func (p *Problem) tabled(profile string) bool { return p.Matrices[profile].Durations.Size > 0 }

// checkPlaces wants every place given by its index where there are matrices, and by coordinates where travel has to
// be estimated.
func (p *Problem) checkPlaces() error {
	var tabled, estimated string // a vehicle of each kind, as a path
	for i, v := range p.Vehicles {
		path := fmt.Sprintf("vehicles[%d]", i)
		if !v.Start.given() && !v.End.given() {
			return refuse(path, "has neither start nor end: give at least one")
		}
		m := p.Matrices[v.Profile]
		switch {
		case p.tabled(v.Profile):
			tabled = path
		case m.Distances.Size > 0:
			return refuse("matrices."+v.Profile, "has distances without durations: give both")
		default:
			estimated = path
		}
	}
	for profile, m := range p.Matrices {
		for name, other := range map[string]Matrix{"distances": m.Distances, "costs": m.Costs} {
			if other.Size > 0 && m.Durations.Size > 0 && other.Size != m.Durations.Size {
				return refuse("matrices."+profile+"."+name, "has %d rows, and durations %d: they must be the same places", other.Size, m.Durations.Size)
			}
		}
	}
	indexed := tabled != ""
	for _, v := range p.Vehicles {
		indexed = indexed || p.Matrices[v.Profile].Costs.Size > 0
	}
	return p.eachPlace(func(place Place, path, coordinates, index string) error {
		if indexed && place.Index < 0 {
			return refuse(path, "has no %s, and there are matrices: give it", index)
		}
		if !indexed && place.Coordinates == nil && len(p.Matrices) > 0 {
			return refuse(path, "has no %s, and no vehicle has a profile of the matrices: give coordinates, [lon, lat], or vehicles such a profile", coordinates)
		}
		if !indexed && place.Coordinates == nil {
			return refuse(path, "has no %s, and no matrix says how long travel takes: give coordinates, [lon, lat], or a matrix", coordinates)
		}
		if estimated != "" {
			if place.Coordinates == nil {
				return refuse(path, "has no %s, and there are no durations for the profile of %s: give coordinates, or the matrix", coordinates, estimated)
			}
			if lon, lat := place.Coordinates[0], place.Coordinates[1]; !(lon >= -180 && lon <= 180 && lat >= -90 && lat <= 90) {
				return refuse(path+"."+coordinates, "is [%v, %v], which is not on Earth: coordinates are [lon, lat]", lon, lat)
			}
		}
		for profile, m := range p.Matrices {
			for _, table := range []Matrix{m.Durations, m.Distances, m.Costs} {
				if indexed && table.Size > 0 && place.Index >= table.Size {
					return refuse(path+"."+index, "is %d, and the matrices of %s have places 0 to %d", place.Index, profile, table.Size-1)
				}
			}
		}
		return nil
	})
}
