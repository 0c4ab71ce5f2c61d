package geo

import "cmp"

// An H3 index holds its resolution in four bits from the 52nd and below them three bits for each step down, all ones where the
// cell goes no deeper. A hand edit asks for the parents of every unit, too many to ask the library across its border.
const (
	levelShift = 52
	levelMask  = 0xf << levelShift
	stepBits   = 3
)

// level is the resolution of a valid cell.
func (c Cell) level() int { return int(c&levelMask) >> levelShift }

// above is the parent of a valid cell at its own level or a coarser one.
func (c Cell) above(level int) Cell {
	return c&^levelMask | Cell(level)<<levelShift | (1<<(stepBits*(deepest-level)) - 1)
}

// byPlace orders cells of any levels, none in another, as unitsOf does.
func byPlace(a, b Cell) int { return cmp.Compare(a&^levelMask, b&^levelMask) }
