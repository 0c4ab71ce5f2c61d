import type { ExpressionSpecification, LayerSpecification, StyleSpecification } from 'maplibre-gl'

// No `glyphs` in the style: labels, Cyrillic too, are drawn with the machine's own fonts. MapLibre takes the weight
// from the name and, knowing no such family, falls back on sans-serif.
const font = ['Local Regular']
const bold = ['Local Bold']

const empty: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] }

/** Sources that the page fills with data. */
export const sources = ['territories', 'cells', 'sites', 'routes', 'starts', 'queue', 'stops', 'reps', 'preview'] as const
export type SourceName = (typeof sources)[number]

const colour: ExpressionSpecification = ['get', 'colour']
const strength: ExpressionSpecification = ['get', 'strength']

function width(...stops: number[]): ExpressionSpecification {
  return ['interpolate', ['exponential', 1.6], ['zoom'], ...stops] as unknown as ExpressionSpecification
}

const ground: LayerSpecification[] = [
  { id: 'ground', type: 'background', paint: { 'background-color': '#f3f2ee' } },
  {
    id: 'industrial',
    type: 'fill',
    source: 'town',
    'source-layer': 'industrial',
    paint: { 'fill-color': '#e8e5e3' },
  },
  { id: 'park', type: 'fill', source: 'town', 'source-layer': 'park', paint: { 'fill-color': '#d9e8cf' } },
  {
    id: 'water',
    type: 'fill',
    source: 'town',
    'source-layer': 'water',
    filter: ['==', ['geometry-type'], 'Polygon'],
    paint: { 'fill-color': '#bcd7ea' },
  },
  {
    id: 'stream',
    type: 'line',
    source: 'town',
    'source-layer': 'water',
    filter: ['==', ['geometry-type'], 'LineString'],
    paint: { 'line-color': '#bcd7ea', 'line-width': width(9, 1, 14, 5) },
  },
  {
    id: 'road-minor',
    type: 'line',
    source: 'town',
    'source-layer': 'road',
    minzoom: 11,
    filter: ['!=', ['get', 'class'], 'major'],
    layout: { 'line-cap': 'round', 'line-join': 'round' },
    paint: { 'line-color': '#ffffff', 'line-width': width(11, 0.5, 13, 1.2, 16, 7) },
  },
  {
    id: 'road-major-edge',
    type: 'line',
    source: 'town',
    'source-layer': 'road',
    filter: ['==', ['get', 'class'], 'major'],
    layout: { 'line-cap': 'round', 'line-join': 'round' },
    paint: { 'line-color': '#d8d2c4', 'line-width': width(9, 1.4, 13, 4, 16, 13) },
  },
  {
    id: 'road-major',
    type: 'line',
    source: 'town',
    'source-layer': 'road',
    filter: ['==', ['get', 'class'], 'major'],
    layout: { 'line-cap': 'round', 'line-join': 'round' },
    paint: { 'line-color': '#fffdf6', 'line-width': width(9, 0.8, 13, 2.6, 16, 10) },
  },
]

const field: LayerSpecification[] = [
  {
    id: 'territory-fill',
    type: 'fill',
    source: 'territories',
    paint: { 'fill-color': colour, 'fill-opacity': ['*', 0.17, strength] },
  },
  {
    id: 'cell-fill',
    type: 'fill',
    source: 'cells',
    paint: { 'fill-color': colour, 'fill-opacity': ['*', ['get', 'density'], strength] },
  },
  {
    id: 'cell-edge',
    type: 'line',
    source: 'cells',
    paint: { 'line-color': '#ffffff', 'line-opacity': 0.75, 'line-width': width(10, 0.5, 15, 1.6) },
  },
  {
    id: 'territory-halo',
    type: 'line',
    source: 'territories',
    layout: { 'line-join': 'round' },
    paint: { 'line-color': '#ffffff', 'line-opacity': 0.85, 'line-width': width(9, 2.4, 14, 5) },
  },
  {
    id: 'territory-edge',
    type: 'line',
    source: 'territories',
    layout: { 'line-join': 'round' },
    paint: {
      'line-color': colour,
      'line-opacity': ['+', 0.25, ['*', 0.6, strength]],
      'line-width': width(9, 1.1, 14, 2.4),
    },
  },
  {
    id: 'road-name',
    type: 'symbol',
    source: 'town',
    'source-layer': 'road',
    minzoom: 14,
    layout: {
      'symbol-placement': 'line',
      'text-field': ['coalesce', ['get', 'name'], ''],
      'text-font': font,
      'text-size': 11,
    },
    paint: { 'text-color': '#6a6f73', 'text-halo-color': '#ffffff', 'text-halo-width': 1.4 },
  },
  {
    id: 'site',
    type: 'circle',
    source: 'sites',
    minzoom: 12,
    paint: {
      'circle-color': '#33475a',
      'circle-opacity': 0.75,
      'circle-radius': width(12, 1.6, 16, 4),
      'circle-stroke-color': '#ffffff',
      'circle-stroke-width': 0.8,
    },
  },
  {
    id: 'route-halo',
    type: 'line',
    source: 'routes',
    layout: { 'line-cap': 'round', 'line-join': 'round' },
    paint: {
      'line-color': '#ffffff',
      'line-opacity': ['*', 0.8, strength],
      'line-width': width(9, 2.5, 14, 6),
    },
  },
  {
    id: 'route',
    type: 'line',
    source: 'routes',
    layout: { 'line-cap': 'round', 'line-join': 'round' },
    paint: {
      'line-color': colour,
      'line-opacity': ['*', 0.9, strength],
      'line-width': ['interpolate', ['linear'], ['zoom'], 9, 1.3, 14, 3.2],
    },
  },
  {
    id: 'preview-halo',
    type: 'line',
    source: 'preview',
    layout: { 'line-cap': 'round', 'line-join': 'round' },
    paint: { 'line-color': '#ffffff', 'line-width': 8 },
  },
  {
    id: 'preview',
    type: 'line',
    source: 'preview',
    layout: { 'line-join': 'round' },
    paint: { 'line-color': colour, 'line-width': 4, 'line-dasharray': [1.6, 1.1] },
  },
  {
    id: 'start',
    type: 'circle',
    source: 'starts',
    paint: {
      'circle-color': '#ffffff',
      'circle-radius': width(9, 2.6, 14, 6),
      'circle-stroke-color': colour,
      'circle-stroke-width': width(9, 1.6, 14, 3.4),
      'circle-opacity': strength,
      'circle-stroke-opacity': strength,
    },
  },
  {
    id: 'place',
    type: 'symbol',
    source: 'town',
    'source-layer': 'place',
    layout: {
      'text-field': ['coalesce', ['get', 'name'], ''],
      'text-font': bold,
      'text-size': ['interpolate', ['linear'], ['zoom'], 9, 11, 14, 15],
      'text-letter-spacing': 0.04,
      'text-padding': 12,
    },
    paint: { 'text-color': '#3e4a55', 'text-halo-color': 'rgba(255,255,255,0.9)', 'text-halo-width': 1.6 },
  },
  {
    id: 'queue',
    type: 'circle',
    source: 'queue',
    paint: {
      'circle-color': '#fff2d9',
      'circle-radius': width(9, 3.4, 11, 7.5, 13, 9.5),
      'circle-stroke-color': '#a35f00',
      'circle-stroke-width': 2,
    },
  },
  {
    id: 'queue-sign',
    type: 'symbol',
    source: 'queue',
    minzoom: 10.2,
    layout: {
      'text-field': '?',
      'text-font': bold,
      'text-size': 12,
      'text-allow-overlap': true,
      'text-ignore-placement': true,
    },
    paint: { 'text-color': '#7a4700' },
  },
  {
    id: 'stop',
    type: 'circle',
    source: 'stops',
    layout: { 'circle-sort-key': ['get', 'order'] },
    paint: {
      'circle-color': ['get', 'fill'],
      'circle-radius': ['interpolate', ['exponential', 1.6], ['zoom'], 9, ['*', 3.4, ['get', 'size']], 11, ['*', 8, ['get', 'size']], 13, ['*', 10, ['get', 'size']], 16, ['*', 13, ['get', 'size']]],
      'circle-stroke-color': ['get', 'edge'],
      'circle-stroke-width': ['interpolate', ['linear'], ['zoom'], 9, 0.8, 13, 1.8],
      'circle-opacity': strength,
      'circle-stroke-opacity': strength,
    },
  },
  {
    id: 'stop-number',
    type: 'symbol',
    source: 'stops',
    minzoom: 10.2,
    layout: {
      'text-field': ['get', 'number'],
      'text-font': bold,
      'text-size': ['interpolate', ['linear'], ['zoom'], 10.2, 8, 11, 10, 13, 12, 16, 15],
      'text-allow-overlap': true,
      'text-ignore-placement': true,
      'symbol-sort-key': ['get', 'order'],
    },
    paint: { 'text-color': ['get', 'ink'], 'text-opacity': strength },
  },
  {
    id: 'rep-position',
    type: 'circle',
    source: 'reps',
    paint: {
      'circle-color': colour,
      'circle-radius': width(9, 4, 14, 8),
      'circle-stroke-color': '#ffd84d',
      'circle-stroke-width': 3,
    },
  },
]

/** style of the map: the town from our own tiles under everything the page knows about it. */
export function style(origin: string): StyleSpecification {
  return {
    version: 8,
    sources: {
      town: { type: 'vector', tiles: [`${origin}/tiles/{z}/{x}/{y}.mvt`], maxzoom: 14 },
      ...Object.fromEntries(sources.map((name) => [name, { type: 'geojson', data: empty }])),
    },
    layers: [...ground, ...field],
  }
}
