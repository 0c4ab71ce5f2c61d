package route

import "math/bits"

// random is splitmix64 (Steele, Lea, Flood 2014): one word of state, the same on every machine.
type random uint64

func newRandom(words ...uint64) random {
	var r random
	for _, w := range words {
		r = random(uint64(r) ^ w*0x9e3779b97f4a7c15)
		r = random(r.next())
	}
	return r
}

func (r *random) next() uint64 {
	*r += 0x9e3779b97f4a7c15
	z := uint64(*r)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below is a number from 0 to n-1 (Lemire's multiplication; its bias is below 2⁻³²).
func (r *random) below(n int) int {
	hi, _ := bits.Mul64(r.next(), uint64(n))
	return int(hi)
}

// unit is a number above 0 and up to 1.
func (r *random) unit() float64 { return float64(r.next()>>11+1) / (1 << 53) }

// blinks says, once in a hundred times, that a place is overlooked.
func (r *random) blinks() bool { return r.next()%100 == 0 }

// overlooks says, once in ten times, that a visit's turn is yet to come.
func (r *random) overlooks() bool { return r.next()%10 == 0 }
