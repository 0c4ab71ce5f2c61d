package main

// nearest is the name that a mistyped word most likely meant, "" when none is close. No letter in common is not close.
func nearest(word string, names []string) string {
	best, closest := "", 1+len(word)/3
	for _, name := range names {
		if d := typos(word, name); d <= closest && d < len(word) && (best == "" || d < closest) {
			best, closest = name, d
		}
	}
	return best
}

// typos is how many letters must be added, removed or replaced to turn a into b (Levenshtein's distance).
func typos(a, b string) int {
	from, to := []rune(a), []rune(b)
	row := make([]int, len(to)+1)
	for j := range row {
		row[j] = j
	}
	for i, r := range from {
		diagonal := row[0]
		row[0] = i + 1
		for j, s := range to {
			cost := 1
			if r == s {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j]+1, row[j+1]+1, diagonal+cost)
		}
	}
	return row[len(to)]
}
