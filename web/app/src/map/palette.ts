// Dark enough for a white number, far enough apart to tell neighbours. A territory's `colour` counts into it.
const palette = [
  '#2266b0',
  '#c2541b',
  '#2c7f4f',
  '#8b3fa3',
  '#b52f52',
  '#0d7d88',
  '#7b6a0f',
  '#5a55cc',
  '#9a4f2c',
  '#4d7f1d',
  '#b1398b',
  '#48667e',
] as const

/** So many territories can each have a colour of their own. */
export const colours = palette.length

export const unowned = '#6b7780'

export function colourAt(index: number): string {
  return palette[((index % palette.length) + palette.length) % palette.length] ?? unowned
}
