// Package hexbeat holds nothing but the test of the arrows between its rooms.
// The program is in cmd/hexbeat; ARCHITECTURE.md shows the house.
package hexbeat
