package route

import "slices"

// findNear lists for each visit the others by the way there and back.
func (m *model) findNear() {
	reach := min(nearest, max(0, m.n-1))
	m.near, m.nearAt = make([]int32, 0, m.n*reach), make([]int32, m.n+1)
	if m.m == 0 {
		return
	}
	c := m.class[0]
	keys := make([]uint64, 0, m.n)
	for i := range m.n {
		keys = keys[:0]
		to, from := c.to[int(m.place[i])*int(c.stride):], c.from[int(m.place[i])*int(c.stride):]
		for j := range m.n {
			if j != i {
				keys = append(keys, uint64(to[m.place[j]]+from[m.place[j]])<<32|uint64(j))
			}
		}
		if len(keys) > 4*reach {
			selectLeast(keys, reach)
			keys = keys[:reach]
		}
		slices.Sort(keys)
		for _, key := range keys[:reach] {
			m.near = append(m.near, int32(uint32(key)))
		}
		m.nearAt[i+1] = int32(len(m.near))
	}
}

// selectLeast brings the n least keys to the front, in any order (Hoare's quickselect).
func selectLeast(keys []uint64, n int) {
	low, high := 0, len(keys)-1
	for low < high {
		pivot := keys[low+(high-low)/2]
		i, j := low, high
		for i <= j {
			for keys[i] < pivot {
				i++
			}
			for keys[j] > pivot {
				j--
			}
			if i <= j {
				keys[i], keys[j] = keys[j], keys[i]
				i, j = i+1, j-1
			}
		}
		switch {
		case n <= j:
			high = j
		case n > i:
			low = i
		default:
			return
		}
	}
}

func (m *model) neighbours(c int32) []int32 { return m.near[m.nearAt[c]:m.nearAt[c+1]] }
