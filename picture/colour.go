package picture

import (
	"fmt"
	"math"
)

// full is the load off target at which the colour is deepest: 30 %.
const full = 0.30

// scale runs from far too little work over just right to far too much: blue, paper, red. The two ends differ in lightness from the
// middle alike, and blue from red is told by everybody who tells colours at all.
var scale = [...][3]float64{{0x2b, 0x6c, 0xb0}, {0x9c, 0xc4, 0xe4}, {0xf6, 0xf3, 0xea}, {0xf3, 0xb0, 0x8c}, {0xc5, 0x30, 0x30}}

// shade is the colour of a load.
func shade(load float64) string {
	at := (max(-full, min(full, load))/full + 1) / 2 * float64(len(scale)-1)
	i := min(int(at), len(scale)-2)
	part := at - float64(i)
	mix := func(c int) int {
		return int(math.Round(scale[i][c]*(1-part) + scale[i+1][c]*part))
	}
	return fmt.Sprintf("#%02x%02x%02x", mix(0), mix(1), mix(2))
}
