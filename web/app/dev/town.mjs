// A small made-up town: hexagons, territories, reps with routes, a queue. The same on each start.

const names = [
  'Анна Смирнова', 'Борис Кузнецов', 'Вера Попова', 'Глеб Соколов', 'Дарья Лебедева', 'Егор Козлов',
  'Жанна Новикова', 'Захар Морозов', 'Ирина Волкова', 'Кирилл Зайцев', 'Лариса Павлова', 'Максим Фёдоров',
]
const shops = ['Продукты', 'Аптека', 'Кофейня', 'Хозтовары', 'Булочная', 'Канцтовары', 'Автозапчасти', 'Цветы', 'Зоомир', 'Оптика']
const owners = ['у дома', 'на углу', '«Берёзка»', '«Радуга»', '«Восход»', '«Маяк»', '24 часа', '«Ласточка»']
const streets = ['ул. Садовая', 'ул. Речная', 'пр-кт Мира', 'ул. Лесная', 'ул. Заводская', 'пер. Тихий', 'ул. Гагарина', 'наб. Озёрная']

const centre = { lat: 55.16, lon: 37.46 }
const step = 0.0052 // degrees of latitude between neighbouring hexagons
const squeeze = Math.cos((centre.lat * Math.PI) / 180)

function dice(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

const uuid = (kind, n) => `019a0000-0000-7000-${kind}-${String(n).padStart(12, '0')}`

function hexagon(q, r, size = step) {
  const at = { lat: centre.lat + size * r * 0.866, lon: centre.lon + (size * (q + r / 2)) / squeeze }
  const corner = (k) => {
    const a = ((60 * k + 30) * Math.PI) / 180
    return [at.lon + (size * 0.5774 * Math.cos(a)) / squeeze, at.lat + size * 0.5774 * Math.sin(a)]
  }
  return { q, r, at, corners: [0, 1, 2, 3, 4, 5].map(corner) }
}

/** The edges that only one of the hexagons has, joined to rings. */
function outline(hexagons) {
  const key = ([lon, lat]) => `${lon.toFixed(4)},${lat.toFixed(4)}`
  const edges = new Map()
  for (const { corners } of hexagons) {
    corners.forEach((a, i) => {
      const b = corners[(i + 1) % 6]
      const back = `${key(b)}|${key(a)}`
      if (edges.has(back)) edges.delete(back)
      else edges.set(`${key(a)}|${key(b)}`, [a, b])
    })
  }
  const from = new Map()
  for (const [a, b] of edges.values()) from.set(key(a), [a, b])
  const rings = []
  while (from.size) {
    const [first] = from.values()
    const ring = [first[0]]
    for (let edge = first; edge; edge = from.get(key(edge[1]))) {
      from.delete(key(edge[0]))
      ring.push(edge[1])
    }
    rings.push(ring)
  }
  return { type: 'MultiPolygon', coordinates: rings.map((ring) => [ring]) }
}

export const minutesBetween = (a, b) =>
  (Math.hypot(a.lat - b.lat, (a.lon - b.lon) * squeeze) * 111.3 * 1.35 * 60) / 32

export function makeTown(now = new Date()) {
  const random = dice(7)
  const branches = [
    { __typename: 'Branch', id: uuid('8b00', 1), name: 'Северный', timeZone: 'Europe/Moscow' },
    { __typename: 'Branch', id: uuid('8b00', 2), name: 'Южный', timeZone: 'Europe/Moscow' },
  ]
  const organization = { __typename: 'Organization', id: uuid('8a00', 1), name: 'Торговый дом «Пример»', branches }

  const hexagons = []
  for (let r = -13; r <= 13; r++) {
    for (let q = -20; q <= 20; q++) {
      const h = hexagon(q, r)
      const far = Math.hypot(h.at.lat - centre.lat, ((h.at.lon - centre.lon) * squeeze) / 1.35) / step
      if (far < 11 + 1.3 * Math.sin(q) + random()) hexagons.push(h)
    }
  }
  const seeds = names.map((_, i) => ({
    q: Math.round(9 * Math.cos((i % 6) * 1.047 + (i > 5 ? 0.5 : 0)) * (i > 5 ? 0.95 : 0.42)),
    r: Math.round(8 * Math.sin((i % 6) * 1.047 + (i > 5 ? 0.5 : 0)) * (i > 5 ? 0.95 : 0.42)),
  }))
  const apart = (a, b) => Math.max(Math.abs(a.q - b.q), Math.abs(a.r - b.r), Math.abs(a.q + a.r - b.q - b.r))
  for (const h of hexagons) {
    h.owner = seeds.reduce((best, s, i) => (apart(h, s) < apart(h, seeds[best]) ? i : best), 0)
    h.sites = []
  }

  const start = new Date(now.getTime() - 2 * 3600_000)
  const end = new Date(now.getTime() + 7 * 3600_000)
  const date = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Moscow' }).format(now)

  const reps = names.map((name, i) => {
    const depot = hexagon(seeds[i].q, seeds[i].r).at
    return {
      __typename: 'Rep',
      id: uuid('8c00', i + 1),
      name,
      email: `rep${i + 1}@example.com`,
      branch: branches[seeds[i].r >= 0 ? 0 : 1],
      shift: {
        __typename: 'Shift', id: uuid('8d00', i + 1), date, startsAt: start.toISOString(), endsAt: end.toISOString(),
        start: depot, end: depot, timeZone: 'Europe/Moscow',
      },
      visits: [],
      routeVersion: 1,
    }
  })

  const sites = Array.from({ length: 700 }, (_, n) => {
    const h = hexagons[Math.floor(random() * random() * hexagons.length * 0.999)]
    const spot = hexagons[(hexagons.indexOf(h) * 7 + n * 13) % hexagons.length]
    const site = {
      __typename: 'Site',
      id: uuid('8e00', n + 1),
      name: `${shops[n % shops.length]} ${owners[(n * 3) % owners.length]}`,
      address: `${streets[(n * 5) % streets.length]}, ${1 + (n % 90)}`,
      category: 'RETAIL',
      point: { lat: spot.at.lat + (random() - 0.5) * step * 0.8, lon: spot.at.lon + ((random() - 0.5) * step * 0.8) / squeeze },
      timeZone: 'Europe/Moscow',
      customer: { __typename: 'Customer', id: uuid('8f00', n + 1), name: `ООО ${owners[n % owners.length]}`, segment: 'RETAIL' },
      hexagon: spot,
    }
    spot.sites.push(site)
    return site
  })

  const visits = []
  const makeVisit = (site, more) => {
    const visit = {
      __typename: 'Visit', id: uuid('9000', visits.length + 1), version: 1, state: 'ASSIGNED', priority: 50,
      kind: { code: 'REGULAR', name: 'Плановый визит' }, site, rep: null,
      due: { from: start.toISOString(), to: end.toISOString() }, promised: null, serviceMinutes: 15 + (visits.length % 4) * 5,
      date, queueReason: null, ...more,
    }
    visits.push(visit)
    return visit
  }
  const taken = new Set()
  reps.forEach((rep, i) => {
    const own = sites.filter((site) => site.hexagon.owner === i)
    for (let k = 0; k < Math.min(own.length, 9 + ((i * 5) % 8)); k++) {
      const site = own[(k * 5) % own.length]
      if (taken.has(site)) continue
      taken.add(site)
      rep.visits.push(makeVisit(site, { rep }))
    }
    order(rep)
    rep.visits.slice(0, i % 4).forEach((visit) => (visit.state = 'DONE'))
    if (i % 4 && rep.visits[i % 4]) rep.visits[i % 4].state = 'UNDER_WAY'
  })
  sites.filter((site) => !taken.has(site)).slice(0, 14).forEach((site, n) => {
    makeVisit(site, {
      state: 'QUEUED', priority: 90 - n * 4, date: null,
      queueReason: ['NO_OWNER', 'CREATED', 'RELEASED', 'NOT_LOCATED'][n % 4],
    })
  })

  sites.filter((site) => !visits.some((visit) => visit.site === site)).slice(0, 30).forEach((site, n) => {
    makeVisit(site, { state: 'BACKLOG', rep: reps[(n * 5) % 7], date: null })
  })

  const total = sites.length / reps.length
  const territories = reps.map((rep, i) => {
    const ground = hexagons.filter((h) => h.owner === i)
    const held = ground.reduce((sum, h) => sum + h.sites.length, 0)
    return {
      __typename: 'Territory', id: uuid('9100', i + 1), name: `${rep.branch.name}-${i + 1}`, colour: i, rep,
      cells: ground.map((h) => `${h.q},${h.r}`), outline: outline(ground),
      measures: { sites: held, workload: held * 20, imbalance: held / total - 1 },
    }
  })
  return { organization, branches, hexagons, reps, sites, visits, territories, date, alerts: [] }
}

/** Nearest next, what is begun or done first. */
export function order(rep) {
  const begun = rep.visits.filter((v) => v.state !== 'ASSIGNED')
  const left = rep.visits.filter((v) => v.state === 'ASSIGNED')
  const way = [...begun]
  let at = begun.at(-1)?.site.point ?? rep.shift.start
  while (left.length) {
    left.sort((a, b) => minutesBetween(at, a.site.point) - minutesBetween(at, b.site.point))
    const next = left.shift()
    way.push(next)
    at = next.site.point
  }
  rep.visits = way
}

export function route(rep, visits = rep.visits) {
  let at = rep.shift.start
  let clock = new Date(rep.shift.startsAt).getTime()
  let travelMinutes = 0
  let lunch = false
  const stops = []
  for (const visit of visits) {
    const drive = minutesBetween(at, visit.site.point)
    travelMinutes += drive
    clock += drive * 60_000
    if (!lunch && clock > new Date(rep.shift.startsAt).getTime() + 3.5 * 3600_000) {
      lunch = true
      const until = clock + 40 * 60_000
      stops.push({
        position: stops.length + 1, arrival: new Date(clock).toISOString(), departure: new Date(until).toISOString(), visit: null,
        engagement: { __typename: 'Engagement', id: rep.id.replace('8c00', '9200'), kind: 'LUNCH', title: '', startsAt: new Date(clock).toISOString(), endsAt: new Date(until).toISOString() },
      })
      clock = until
    }
    const departure = clock + visit.serviceMinutes * 60_000
    stops.push({ position: stops.length + 1, arrival: new Date(clock).toISOString(), departure: new Date(departure).toISOString(), visit, engagement: null })
    clock = departure
    at = visit.site.point
  }
  travelMinutes += visits.length ? minutesBetween(at, rep.shift.end) : 0
  return { __typename: 'Route', id: rep.id.replace('8c00', '9300'), version: rep.routeVersion, stops, travelMinutes, travelKm: (travelMinutes / 60) * 32 }
}

export function load(rep, visits = rep.visits) {
  const left = visits.filter((v) => v.state === 'ASSIGNED' || v.state === 'UNDER_WAY')
  const serviceMinutes = left.reduce((sum, v) => sum + v.serviceMinutes, 0)
  const travelMinutes = route(rep, visits).travelMinutes * (left.length / Math.max(1, visits.length))
  const availableMinutes = 380
  return { ratio: (serviceMinutes + travelMinutes) / availableMinutes, serviceMinutes, travelMinutes, availableMinutes, visits: left.length }
}
