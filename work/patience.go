package work

import "time"

// patience is how long the try of a long job may take: no longer than a killed process's job is left alone at first, and twice as long after
// each try for which that was too little. The queue takes nobody's job away before its time is over; a job that might take minutes from the
// beginning would be missing for minutes when its process is killed.
func patience(attempt int) time.Duration {
	limit := rescueAfter
	for range attempt - 1 {
		if limit *= 2; limit >= planTimeout {
			return planTimeout
		}
	}
	return limit
}
