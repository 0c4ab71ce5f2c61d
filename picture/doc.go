// Package picture draws territories as SVG, so that a person can see at a glance what a design does: who carries too much, who too
// little, where the borders run, and which customers change hands. What it is given it draws; it decides nothing.
//
//	after, err := picture.Of("After", draft, names, targets)
//	svg := picture.Draw([]picture.Panel{before, after}, picture.English)
package picture
