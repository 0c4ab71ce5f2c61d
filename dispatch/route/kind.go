package route

import "slices"

// kind is vehicles that are alike in everything: of the empty ones only the first need be looked at.
type kind struct{ vehicles []int32 }

// findKinds puts vehicles together that nothing tells apart.
func (m *model) findKinds() {
	m.kindOf = make([]int32, m.m)
	for k := range m.m {
		found := int32(-1)
		for other := range m.kinds {
			if m.alike(int(m.kinds[other].vehicles[0]), k) {
				found = int32(other)
				break
			}
		}
		if found < 0 {
			found = int32(len(m.kinds))
			m.kinds = append(m.kinds, kind{})
		}
		m.kindOf[k] = found
		m.kinds[found].vehicles = append(m.kinds[found].vehicles, int32(k))
	}
}

func (m *model) alike(a, b int) bool {
	x, y := &m.car[a], &m.car[b]
	if m.class[a] != m.class[b] || x.start != y.start || x.end != y.end || x.opens != y.opens || x.closes != y.closes ||
		x.ends != y.ends || x.overtime != y.overtime || x.fixed != y.fixed || x.visit != y.visit ||
		x.mostVisits != y.mostVisits || x.mostTravel != y.mostTravel || x.mostMetres != y.mostMetres ||
		len(x.breaks)+len(y.breaks) > 0 || !slices.Equal(x.capacity, y.capacity) || (x.capacity == nil) != (y.capacity == nil) {
		return false
	}
	if len(m.p.Vehicles[m.vehicles[a]].Given) > 0 || len(m.p.Vehicles[m.vehicles[b]].Given) > 0 {
		return false
	}
	for i := range m.n {
		if m.can[i*m.m+a] != m.can[i*m.m+b] || m.extra != nil && m.extra[i*m.m+a] != m.extra[i*m.m+b] {
			return false
		}
	}
	return m.published == nil
}
