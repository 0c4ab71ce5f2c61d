import type { ExpressionSpecification, FilterSpecification, LayerSpecification, StyleSpecification } from 'maplibre-gl'

// No `glyphs` in the style: labels, Cyrillic too, are drawn with the machine's own fonts. MapLibre takes the weight
// from the name and, knowing no such family, falls back on sans-serif.
const font = ['Local Regular']
const bold = ['Local Bold']

const empty: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] }

/** Sources that the page fills with data. */
export const sources = ['territories', 'cells', 'sites', 'routes', 'starts', 'queue', 'stops', 'reps', 'names', 'preview'] as const
export type SourceName = (typeof sources)[number]

const colour: ExpressionSpecification = ['get', 'colour']
const strength: ExpressionSpecification = ['get', 'strength']

export function width(...stops: number[]): ExpressionSpecification {
  return ['interpolate', ['exponential', 1.6], ['zoom'], ...stops] as unknown as ExpressionSpecification
}

/** From this zoom every stop has room for its number; below it stands on the days looked at, the others are dots. */
const numbered = 13

/** The radius of a stop: told with its number, or as a dot. */
const dot = (told: number, other: number): ExpressionSpecification => ['*', ['case', ['get', 'told'], told, other], ['get', 'size']]

/** One layer of the town's tiles (package tiles): every feature there carries its kind and, where it has one, a name. */
function town(id: string, layer: string, kind: string | null) {
  return {
    id,
    source: 'town',
    'source-layer': layer,
    ...(kind ? { filter: ['==', ['get', 'kind'], kind] as FilterSpecification } : {}),
  }
}

const round = { 'line-cap': 'round', 'line-join': 'round' } as const

const ground: LayerSpecification[] = [
  { id: 'ground', type: 'background', paint: { 'background-color': '#f3f2ee' } },
  { ...town('residential', 'land', 'residential'), type: 'fill', paint: { 'fill-color': '#edebe6' } },
  { ...town('industrial', 'land', 'industrial'), type: 'fill', paint: { 'fill-color': '#e3e0e2' } },
  { ...town('park', 'park', null), type: 'fill', paint: { 'fill-color': '#d3e5c7' } },
  { ...town('water', 'water', null), type: 'fill', paint: { 'fill-color': '#b4d3e8' } },
  {
    ...town('waterway', 'waterway', null),
    type: 'line',
    layout: round,
    paint: { 'line-color': '#b4d3e8', 'line-width': width(9, 1.5, 14, 5) },
  },
  {
    ...town('building', 'building', null),
    type: 'fill',
    minzoom: 14,
    paint: { 'fill-color': '#ddd8cf', 'fill-outline-color': '#cfc8bc' },
  },
  {
    ...town('road-minor', 'road', 'road_minor'),
    type: 'line',
    minzoom: 11,
    layout: round,
    paint: { 'line-color': '#ffffff', 'line-width': width(11, 0.5, 13, 1.3, 16, 7) },
  },
  {
    ...town('rail', 'rail', null),
    type: 'line',
    paint: { 'line-color': '#a9a7a4', 'line-width': width(9, 0.8, 14, 2), 'line-dasharray': [5, 2] },
  },
  {
    ...town('road-medium-edge', 'road', 'road_medium'),
    type: 'line',
    minzoom: 10,
    layout: round,
    paint: { 'line-color': '#dcd6c9', 'line-width': width(10, 1, 13, 3.2, 16, 11) },
  },
  {
    ...town('road-major-edge', 'road', 'road_major'),
    type: 'line',
    layout: round,
    paint: { 'line-color': '#d2c8b0', 'line-width': width(9, 1.6, 13, 5, 16, 14) },
  },
  {
    ...town('road-medium', 'road', 'road_medium'),
    type: 'line',
    minzoom: 10,
    layout: round,
    paint: { 'line-color': '#ffffff', 'line-width': width(10, 0.6, 13, 2.2, 16, 9) },
  },
  {
    ...town('road-major', 'road', 'road_major'),
    type: 'line',
    layout: round,
    paint: { 'line-color': '#fff6dd', 'line-width': width(9, 0.9, 13, 3.4, 16, 11) },
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
    ...town('road-name', 'road', null),
    type: 'symbol',
    minzoom: 13.5,
    layout: {
      'symbol-placement': 'line',
      'text-field': ['coalesce', ['get', 'name'], ''],
      'text-font': font,
      'text-size': 11,
    },
    paint: { 'text-color': '#5f666b', 'text-halo-color': '#ffffff', 'text-halo-width': 1.4 },
  },
  {
    ...town('water-name', 'waterway', null),
    type: 'symbol',
    minzoom: 11,
    layout: {
      'symbol-placement': 'line',
      'text-field': ['coalesce', ['get', 'name'], ''],
      'text-font': font,
      'text-size': 12,
      'text-letter-spacing': 0.1,
    },
    paint: { 'text-color': '#35698c', 'text-halo-color': '#e6f1f8', 'text-halo-width': 1.2 },
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
    ...town('place', 'place', null),
    type: 'symbol',
    layout: {
      'text-field': ['coalesce', ['get', 'name'], ''],
      'text-font': bold,
      'text-size': ['interpolate', ['linear'], ['zoom'], 9, 11, 14, 14],
      'text-letter-spacing': 0.03,
      'text-padding': 12,
      'text-max-width': 8,
    },
    paint: {
      'text-color': ['match', ['get', 'kind'], 'park', '#3f6b34', 'industrial', '#66606b', '#3e4a55'],
      'text-halo-color': 'rgba(255,255,255,0.9)',
      'text-halo-width': 1.6,
    },
  },
  {
    id: 'queue',
    type: 'circle',
    source: 'queue',
    paint: {
      'circle-color': '#fff2d9',
      'circle-radius': width(9, 6, 11, 8, 13, 9.5),
      'circle-stroke-color': '#a35f00',
      'circle-stroke-width': 2,
    },
  },
  {
    id: 'queue-sign',
    type: 'symbol',
    source: 'queue',
    layout: {
      'text-field': '?',
      'text-font': bold,
      'text-size': ['interpolate', ['linear'], ['zoom'], 9, 9, 12, 12],
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
      'circle-radius': ['interpolate', ['linear'], ['zoom'], 9, dot(3.4, 2.4), 10.5, dot(7.5, 3.2), 11, dot(8.5, 3.4), numbered, dot(10.5, 5), numbered + 0.5, dot(10.5, 10.5), 17, dot(13, 13)],
      'circle-stroke-color': ['get', 'edge'],
      'circle-stroke-width': ['interpolate', ['linear'], ['zoom'], 9, 0.8, 13, 1.8],
      'circle-opacity': strength,
      'circle-stroke-opacity': strength,
    },
  },
  {
    id: 'rep-name',
    type: 'symbol',
    source: 'names',
    layout: {
      'text-field': ['get', 'name'],
      'text-font': bold,
      'text-size': ['interpolate', ['linear'], ['zoom'], 9, 11.5, 13, 14],
      'text-variable-anchor': ['center', 'top', 'bottom', 'left', 'right'],
      'text-radial-offset': 0.9,
      'text-max-width': 30,
    },
    paint: { 'text-color': colour, 'text-halo-color': '#ffffff', 'text-halo-width': 2.2 },
  },
  // Of stops that lie on each other only the first shows its number: two on one place are read as neither.
  ...[true, false].map(
    (told): LayerSpecification => ({
      id: told ? 'stop-number' : 'stop-number-near',
      type: 'symbol',
      source: 'stops',
      filter: ['==', ['get', 'told'], told],
      minzoom: told ? 10.5 : numbered + 0.5,
      layout: {
        'text-field': ['get', 'number'],
        'text-font': bold,
        'text-size': ['interpolate', ['linear'], ['zoom'], 10.5, 9, 11, 10, numbered, 12, 17, 15],
        'text-padding': 1,
        'symbol-sort-key': ['-', 0, ['get', 'order']],
      },
      paint: { 'text-color': ['get', 'ink'], 'text-opacity': strength },
    }),
  ),
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

/** Names of roads, waters and places: above any ground that is coloured. */
export const names = field.filter(({ id }) => ['road-name', 'water-name', 'place'].includes(id))

/** over is a map: the town from our own tiles under layers that draw what the page puts into their sources. */
export function over(origin: string, sources: readonly string[], layers: LayerSpecification[]): StyleSpecification {
  return {
    version: 8,
    sources: {
      // Tiles made from somebody's map (OpenStreetMap) name it in `attribution` here, and the map shows it. The demo's
      // town is our own.
      town: { type: 'vector', tiles: [`${origin}/tiles/{z}/{x}/{y}.mvt`], maxzoom: 14 },
      ...Object.fromEntries(sources.map((name) => [name, { type: 'geojson', data: empty }])),
    },
    layers: [...ground, ...layers],
  }
}

/** style of the dispatcher's map: everything the page knows about the day. */
export function style(origin: string): StyleSpecification {
  return over(origin, sources, field)
}
