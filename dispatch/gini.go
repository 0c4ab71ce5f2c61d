package dispatch

import "slices"

// Gini is how unevenly something is shared: 0 where all have the same, towards 1 where one has everything. (Gini, Variabilità e
// mutabilità, 1912; here by the ordered values: G = Σ(2i−n−1)xᵢ ÷ (n·Σxᵢ).) Nothing shared is shared evenly.
func Gini(shares []float64) float64 {
	ordered := slices.Sorted(slices.Values(shares))
	n, sum, weighed := float64(len(ordered)), 0.0, 0.0
	for i, x := range ordered {
		sum += x
		weighed += (2*float64(i+1) - n - 1) * x
	}
	if sum <= 0 {
		return 0
	}
	return weighed / (n * sum)
}
