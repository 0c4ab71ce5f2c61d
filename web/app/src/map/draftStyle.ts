import type { ExpressionSpecification, LayerSpecification, StyleSpecification } from 'maplibre-gl'
import { names, over, width } from './style'

const sources = ['territories', 'cells', 'painted', 'apart', 'shape', 'cursor', 'pins', 'labels'] as const
export type DraftSource = (typeof sources)[number]

const colour: ExpressionSpecification = ['get', 'colour']
const round = { 'line-cap': 'round', 'line-join': 'round' } as const
const alarm = '#c0342b'

const layers: LayerSpecification[] = [
  {
    id: 'territory-fill',
    type: 'fill',
    source: 'territories',
    paint: { 'fill-color': colour, 'fill-opacity': ['case', ['get', 'target'], 0.34, 0.2] },
  },
  { id: 'cell-fill', type: 'fill', source: 'cells', paint: { 'fill-color': colour, 'fill-opacity': ['get', 'density'] } },
  { id: 'cell-edge', type: 'line', source: 'cells', paint: { 'line-color': '#ffffff', 'line-opacity': 0.75, 'line-width': width(10, 0.5, 15, 1.6) } },
  { id: 'painted-fill', type: 'fill', source: 'painted', paint: { 'fill-color': colour, 'fill-opacity': 0.72 } },
  { id: 'painted-edge', type: 'line', source: 'painted', layout: round, paint: { 'line-color': '#ffffff', 'line-width': width(10, 0.8, 15, 2) } },
  { id: 'territory-halo', type: 'line', source: 'territories', layout: round, paint: { 'line-color': '#ffffff', 'line-opacity': 0.85, 'line-width': width(9, 2.4, 14, 5) } },
  {
    id: 'territory-edge',
    type: 'line',
    source: 'territories',
    layout: round,
    paint: { 'line-color': colour, 'line-opacity': 0.9, 'line-width': ['interpolate', ['linear'], ['zoom'], 9, ['case', ['get', 'target'], 2.4, 1.1], 14, ['case', ['get', 'target'], 4, 2.4]] },
  },
  { id: 'apart-fill', type: 'fill', source: 'apart', paint: { 'fill-color': alarm, 'fill-opacity': 0.16 } },
  { id: 'apart-edge', type: 'line', source: 'apart', layout: round, paint: { 'line-color': alarm, 'line-width': width(9, 1.6, 14, 3) } },
  ...names,
  {
    id: 'pin',
    type: 'circle',
    source: 'pins',
    layout: { 'circle-sort-key': ['case', ['get', 'picked'], 1, 0] },
    paint: {
      'circle-color': ['case', ['get', 'picked'], '#ffd84d', '#33475a'],
      'circle-radius': ['case', ['get', 'picked'], 9, 5.5],
      'circle-stroke-color': ['case', ['get', 'picked'], '#17242f', '#ffffff'],
      'circle-stroke-width': ['case', ['get', 'picked'], 2.5, 1.4],
    },
  },
  { id: 'shape-fill', type: 'fill', source: 'shape', filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': colour, 'fill-opacity': 0.3 } },
  { id: 'shape-line', type: 'line', source: 'shape', layout: round, paint: { 'line-color': '#17242f', 'line-width': 2.5, 'line-dasharray': [1.6, 1.4] } },
  { id: 'shape-corner', type: 'circle', source: 'shape', filter: ['==', ['geometry-type'], 'Point'], paint: { 'circle-color': '#ffffff', 'circle-radius': 5, 'circle-stroke-color': '#17242f', 'circle-stroke-width': 2.5 } },
  { id: 'cursor-halo', type: 'line', source: 'cursor', layout: round, paint: { 'line-color': '#ffffff', 'line-width': 7 } },
  { id: 'cursor', type: 'line', source: 'cursor', layout: round, paint: { 'line-color': '#17242f', 'line-width': 3 } },
  {
    id: 'label',
    type: 'symbol',
    source: 'labels',
    layout: {
      'text-field': ['get', 'text'],
      'text-font': ['Local Bold'],
      'text-size': ['interpolate', ['linear'], ['zoom'], 9, 11.5, 13, 14],
      'text-variable-anchor': ['center', 'top', 'bottom', 'left', 'right'],
      'text-radial-offset': 0.9,
      'text-max-width': 30,
    },
    paint: { 'text-color': colour, 'text-halo-color': '#ffffff', 'text-halo-width': 2.2 },
  },
]

/** draftStyle is the map on which territories are edited by hand. */
export function draftStyle(origin: string): StyleSpecification {
  return over(origin, sources, layers)
}
