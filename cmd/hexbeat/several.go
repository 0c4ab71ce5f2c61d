package main

import "strconv"

// several is a number of things in words: 1 customer, 2 customers.
func several(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}
