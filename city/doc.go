// Package city draws a town that does not exist, for trying things out: a river with islands
// and bridges, avenues and rings, streets that follow the lie of the land, and along them the
// sites of a company's customers, with names, addresses, hours and cadence, and the people who
// call on them. Everything follows from a seed.
//
//	town := city.Generate(1, city.Options{})
//	err := city.WriteCSV(file, town.Sites) // as a customer file
//
// It draws on a flat board in metres (plane.go), from the large to the small: river and main
// roads (plan.go), side streets along the grain of the ground (grain.go, street.go), their names
// (naming.go), houses on both sides (house.go), businesses in some of the houses (site.go).
package city
