package geo

import (
	"cmp"
	"math"
	"math/bits"

	"github.com/paulmach/orb"
)

// spot is a place in billionths of a degree, a tenth of a millimetre. On whole numbers the
// questions of geometry have exact answers.
type spot struct{ x, y int64 }

const perDegree = 1e9

func spotAt(lon, lat float64) spot {
	return spot{int64(math.Round(lon * perDegree)), int64(math.Round(lat * perDegree))}
}

func (s spot) point() orb.Point { return orb.Point{float64(s.x) / perDegree, float64(s.y) / perDegree} }

// compareSpots orders from south to north, on one latitude from west to east.
func compareSpots(a, b spot) int {
	return cmp.Or(cmp.Compare(a.y, b.y), cmp.Compare(a.x, b.x))
}

// turn is 1 where c lies left of the way from a to b, -1 where right, 0 where straight on or back.
func turn(a, b, c spot) int {
	return compareProducts(b.x-a.x, c.y-a.y, b.y-a.y, c.x-a.x)
}

// compareProducts compares a·b with c·d, whose factors stay below 2^53.
func compareProducts(a, b, c, d int64) int {
	l, r := float64(a)*float64(b), float64(c)*float64(d)
	if math.Abs(l-r) > (math.Abs(l)+math.Abs(r))*0x1p-51 {
		return cmp.Compare(l, r)
	}
	lh, ll := multiply(a, b)
	rh, rl := multiply(c, d)
	return cmp.Or(cmp.Compare(lh, rh), cmp.Compare(ll, rl))
}

// multiply is the signed product in 128 bits.
func multiply(a, b int64) (high int64, low uint64) {
	h, low := bits.Mul64(uint64(a), uint64(b))
	return int64(h) - a>>63&b - b>>63&a, low
}
