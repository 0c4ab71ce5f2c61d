// H3 indexes as the server writes them: 15 hexadecimal digits. Bits 52 to 55 are the resolution; below them stand three
// bits for each finer step, all set where the index does not go so far (h3geo.org, "H3 Index Representations").
const finest = 15

export function resolution(cell: string): number {
  return Number.parseInt(cell[1] ?? '', 16)
}

/** ancestor is the coarser hexagon that a hexagon belongs to; itself at its own resolution. */
export function ancestor(cell: string, coarser: number): string {
  if (coarser >= resolution(cell)) return cell
  const index = BigInt(`0x${cell}`)
  const unused = (1n << BigInt(3 * (finest - coarser))) - 1n
  return ((index & ~(15n << 52n)) | (BigInt(coarser) << 52n) | unused).toString(16)
}

/** A set of hexagons of several sizes, each with something that is true of its ground. */
export class Ground<T> {
  #at = new Map<string, T>()
  #resolutions: number[] = []
  /** What the finer hexagons of the set say about a coarser one: the first of them speaks. */
  #above = new Map<number, Map<string, T>>()

  constructor(cells: Iterable<readonly [string, T]>) {
    this.#at = new Map(cells)
    this.#resolutions = [...new Set([...this.#at.keys()].map(resolution))].sort((a, b) => b - a)
  }

  /** What is true where a hexagon lies, or where a part of it lies. */
  at(cell: string): T | undefined {
    const own = resolution(cell)
    for (const r of this.#resolutions) {
      const found = r <= own ? this.#at.get(ancestor(cell, r)) : undefined
      if (found !== undefined) return found
    }
    return this.#parts(own).get(cell)
  }

  #parts(coarser: number): Map<string, T> {
    let parts = this.#above.get(coarser)
    if (!parts) {
      parts = new Map()
      for (const [cell, value] of this.#at) {
        if (resolution(cell) <= coarser) continue
        const above = ancestor(cell, coarser)
        if (!parts.has(above)) parts.set(above, value)
      }
      this.#above.set(coarser, parts)
    }
    return parts
  }
}
