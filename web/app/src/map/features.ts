import type { MapCell, Point, Rep, Route, Shift, Territory, Visit } from '../graph/nouns'
import { initials } from '../shared/name'

type Feature = GeoJSON.Feature
type Collection = GeoJSON.FeatureCollection

/** How much of its colour something keeps while another rep is looked at. */
const faint = 0.16

const position = (point: Point): GeoJSON.Position => [point.lon, point.lat]

const collection = (features: Feature[]): Collection => ({ type: 'FeatureCollection', features })

const pin = (point: Point, properties: Record<string, unknown>): Feature => ({
  type: 'Feature',
  geometry: { type: 'Point', coordinates: position(point) },
  properties,
})

type Colours = (rep: string | null | undefined) => string

/** The reps looked at; null: all alike. */
export type Focus = ReadonlySet<string> | null

const isOver = (visit: Visit) => visit.state === 'DONE' || visit.state === 'MISSED' || visit.state === 'CANCELLED'

export function territoriesOf(territories: Territory[], focus: Focus, colours: (t: Territory) => string): Collection {
  return collection(
    territories.map((territory) => ({
      type: 'Feature',
      geometry: territory.outline,
      properties: {
        id: territory.id,
        rep: territory.rep?.id ?? null,
        colour: colours(territory),
        strength: !focus || (territory.rep && focus.has(territory.rep.id)) ? 1 : 0.45,
      },
    })),
  )
}

/** The hexagons, darker where there are more sites than elsewhere at this zoom. */
export function cellsOf(cells: MapCell[], colour: (territory: string | null) => string, strength: (territory: string | null) => number): Collection {
  const most = Math.max(1, ...cells.map((cell) => cell.sites))
  return collection(
    cells.map((cell) => ({
      type: 'Feature',
      geometry: cell.boundary,
      properties: {
        cell: cell.cell,
        sites: cell.sites,
        visits: cell.visits,
        territory: cell.territory?.id ?? null,
        colour: colour(cell.territory?.id ?? null),
        density: 0.06 + 0.34 * Math.sqrt(cell.sites / most),
        strength: strength(cell.territory?.id ?? null),
      },
    })),
  )
}

export function sitesOf(cells: MapCell[]): Collection {
  return collection(
    cells.flatMap(({ site }) => (site?.point ? [pin(site.point, { name: site.name, address: site.address })] : [])),
  )
}

/** The way of a day: from its start over the stops to its end. */
export function wayOf(shift: Shift | null, route: Route | null): GeoJSON.Position[] {
  const stops = route?.stops.flatMap((stop) => (stop.visit?.site.point ? [stop.visit.site.point] : [])) ?? []
  if (!stops.length) return []
  return [shift?.start, ...stops, shift?.end].filter((point) => point != null).map(position)
}

function line(coordinates: GeoJSON.Position[], properties: Record<string, unknown>): Feature[] {
  return coordinates.length < 2 ? [] : [{ type: 'Feature', geometry: { type: 'LineString', coordinates }, properties }]
}

export function routesOf(reps: Rep[], focus: Focus, colours: Colours): Collection {
  return collection(
    reps.flatMap((rep) =>
      line(wayOf(rep.shift, rep.route), {
        rep: rep.id,
        colour: colours(rep.id),
        strength: !focus || focus.has(rep.id) ? 1 : faint,
      }),
    ),
  )
}

export function startsOf(reps: Rep[], focus: Focus, colours: Colours): Collection {
  return collection(
    reps.flatMap((rep) =>
      rep.shift?.start && rep.route?.stops.length
        ? [
            pin(rep.shift.start, {
              rep: rep.id,
              colour: colours(rep.id),
              strength: !focus || focus.has(rep.id) ? 1 : faint,
            }),
          ]
        : [],
    ),
  )
}

/** The stops; told are the reps whose numbers stand on them at any zoom. What is done is pale, what is under way has a golden ring, the picked one is larger. */
export function stopsOf(reps: Rep[], focus: Focus, told: ReadonlySet<string>, picked: string | null, colours: Colours): Collection {
  return collection(
    reps.flatMap((rep) => {
      const numbers = visitNumbers(rep.route)
      return (rep.route?.stops ?? []).flatMap(({ visit }) => {
        const point = visit?.site.point
        if (!visit || !point) return []
        const colour = colours(rep.id)
        const over = isOver(visit)
        const near = !focus || focus.has(rep.id)
        return [
          pin(point, {
            visit: visit.id,
            rep: rep.id,
            number: String(numbers.get(visit.id) ?? ''),
            fill: over ? '#ffffff' : colour,
            ink: over ? colour : '#ffffff',
            edge: over ? colour : visit.state === 'UNDER_WAY' ? '#ffc933' : '#ffffff',
            size: visit.id === picked ? 1.45 : visit.state === 'UNDER_WAY' ? 1.2 : 1,
            strength: near ? 1 : faint,
            told: told.has(rep.id),
            order: (near ? 1000 : 0) + (visit.id === picked ? 500 : 0) - (numbers.get(visit.id) ?? 0),
          }),
        ]
      })
    }),
  )
}

/** The visits of a route counted from 1: a lunch break takes no number. */
export function visitNumbers(route: Route | null): Map<string, number> {
  const visits = route?.stops.flatMap((stop) => (stop.visit ? [stop.visit.id] : [])) ?? []
  return new Map(visits.map((id, index) => [id, index + 1]))
}

/** Whose day is where: the name stands where the rep is, else amid the work still to do. */
export function namesOf(reps: Rep[], focus: Focus, colours: Colours): Collection {
  return collection(
    reps.flatMap((rep) => {
      if (focus && !focus.has(rep.id)) return []
      const point = rep.position?.point ?? amid(rep.route)
      return point ? [pin(point, { rep: rep.id, name: initials(rep.name), colour: colours(rep.id) })] : []
    }),
  )
}

function amid(route: Route | null): Point | null {
  const points = route?.stops.flatMap(({ visit }) => (visit?.site.point && !isOver(visit) ? [visit.site.point] : [])) ?? []
  if (!points.length) return null
  const mean = (of: (point: Point) => number) => points.reduce((sum, point) => sum + of(point), 0) / points.length
  return { lat: mean((point) => point.lat), lon: mean((point) => point.lon) }
}

export function queueOf(queue: Visit[]): Collection {
  return collection(
    queue.flatMap((visit) => (visit.site.point ? [pin(visit.site.point, { visit: visit.id })] : [])),
  )
}

export function positionsOf(reps: Rep[], colours: Colours): Collection {
  return collection(
    reps.flatMap((rep) => (rep.position ? [pin(rep.position.point, { rep: rep.id, colour: colours(rep.id) })] : [])),
  )
}

/** The ways two days would take after a change that is looked at. */
export function previewOf(days: { rep: { id: string }; route: Route; shift: Shift | null }[], colours: Colours): Collection {
  return collection(
    days.flatMap(({ rep, route, shift }) => line(wayOf(shift, route), { rep: rep.id, colour: colours(rep.id) })),
  )
}

/** The box [west, south, east, north] around everything, null around nothing. */
export function boxOf(...geometries: (GeoJSON.Geometry | null)[]): [number, number, number, number] | null {
  let box: [number, number, number, number] | null = null
  const take = (part: unknown): void => {
    if (!Array.isArray(part)) return
    const [lon, lat] = part
    if (typeof lon === 'number' && typeof lat === 'number') {
      box = box
        ? [Math.min(box[0], lon), Math.min(box[1], lat), Math.max(box[2], lon), Math.max(box[3], lat)]
        : [lon, lat, lon, lat]
      return
    }
    part.forEach(take)
  }
  for (const geometry of geometries) {
    if (!geometry) continue
    if (geometry.type === 'GeometryCollection') geometry.geometries.forEach((g) => 'coordinates' in g && take(g.coordinates))
    else take(geometry.coordinates)
  }
  return box
}

/** The hexagon around a place. */
export function cellAt(cells: readonly MapCell[], place: Point): MapCell | undefined {
  // At the middle of whose hexagon one is nearest, in its hexagon one is; or in a gap between hexagons.
  const squeeze = Math.cos((place.lat * Math.PI) / 180)
  let nearest: MapCell | undefined
  let least = Infinity
  for (const cell of cells) {
    const far = (cell.center.lat - place.lat) ** 2 + ((cell.center.lon - place.lon) * squeeze) ** 2
    if (far < least) [nearest, least] = [cell, far]
  }
  return nearest && within(nearest.boundary, place) ? nearest : undefined
}

/** Whether a place lies in a polygon without holes, or in one of several. */
function within(area: GeoJSON.Geometry, { lat, lon }: Point): boolean {
  const polygons = area.type === 'Polygon' ? [area.coordinates] : area.type === 'MultiPolygon' ? area.coordinates : []
  return polygons.some(([edge = []]) => {
    let inside = false
    edge.forEach(([x = 0, y = 0], i) => {
      const [px = 0, py = 0] = edge[(i || edge.length) - 1]!
      if (y > lat !== py > lat && lon < x + ((px - x) * (lat - y)) / (py - y)) inside = !inside
    })
    return inside
  })
}
