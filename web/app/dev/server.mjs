// A stand-in for the server, for work on the pages without Go and PostgreSQL: `npm run mock`, see README.md.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSchema, execute, parse, subscribe, validate } from 'graphql'
import { useServer } from 'graphql-ws/use/ws'
import { WebSocketServer } from 'ws'
import { load, makeTown, minutesBetween, order, route } from './town.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const schemaDir = join(here, '../../../graph/schema')
const dist = join(here, '../../dist')
const port = Number(process.env.PORT ?? 8090)

const schema = buildSchema(
  readdirSync(schemaDir).filter((name) => name.endsWith('.graphqls')).map((name) => readFileSync(join(schemaDir, name), 'utf8')).join('\n'),
)

const town = makeTown()
const users = [
  { email: 'dispatcher@example.com', name: 'Ольга Диспетчер', role: 'DISPATCHER', branch: town.branches[0].name, token: 'mock-dispatcher' },
  { email: 'manager@example.com', name: 'Павел Руководитель', role: 'MANAGER', branch: town.branches[0].name, token: 'mock-manager' },
  { email: 'admin@example.com', name: 'Алла Админ', role: 'ADMIN', branch: town.branches[0].name, token: 'mock-admin' },
  ...town.reps.map((rep, i) => ({ email: rep.email, name: rep.name, role: 'REP', branch: rep.branch.name, token: `mock-rep-${i + 1}`, rep })),
]

// The feed: what changed, in order; a cursor is a place in it.
const feed = []
const listeners = new Set()
function tell(kind, ...nodes) {
  for (const node of nodes) feed.push({ kind, node })
  for (const wake of listeners) wake({ kind, ids: nodes.map((n) => n.id), cursor: String(feed.length) })
}

const connection = (all, { first, after }) => {
  const from = after ? Number(after) + 1 : 0
  const nodes = all.slice(from, from + first)
  return {
    nodes,
    edges: nodes.map((node, i) => ({ cursor: String(from + i), node })),
    totalCount: all.length,
    pageInfo: { hasNextPage: from + first < all.length, hasPreviousPage: from > 0, startCursor: String(from), endCursor: String(from + nodes.length - 1) },
  }
}

const live = (visit) => visit.state === 'ASSIGNED' || visit.state === 'UNDER_WAY'
const repView = (rep) => ({ ...rep, position: null, load: () => load(rep), route: () => route(rep) })
const visitView = (visit) => ({ ...visit, rep: visit.rep && repView(visit.rep), stop: null, site: visit.site })
const routeView = (r) => ({ ...r, stops: r.stops.map((s) => ({ ...s, visit: s.visit && visitView(s.visit) })) })
const problem = (type, code, message, more = {}) => ({ __typename: type, code, message, retryable: false, path: ['input'], ...more })
const notFound = () => problem('NotFound', 'NOT_FOUND', 'Такого визита нет или он вам не виден.')
const views = { visit: visitView, rep: repView, alert: (a) => a, route: (r) => r }

function alert(rep, kind, text, visits) {
  const made = {
    __typename: 'Alert', id: crypto.randomUUID(), state: 'SENT', kind, text, visits: visits.map(visitView),
    createdAt: new Date().toISOString(), rep,
  }
  town.alerts.unshift(made)
  tell('alert', made)
}

function reassign({ input }) {
  const visit = town.visits.find((v) => v.id === input.visitId)
  const to = town.reps.find((r) => r.id === input.toRepId)
  if (!visit || !to) return notFound()
  if (visit.version !== input.expectedVersion) {
    return problem('VersionConflict', 'VERSION_CONFLICT', 'Визит изменили, пока вы смотрели на него. Посмотрите, каков он сейчас, и решите снова.', { visit: visitView(visit) })
  }
  if (visit.rep === to) return problem('Refused', 'SAME_REP', 'Визит уже у этого торгового.')
  if (visit.state === 'UNDER_WAY') return problem('Refused', 'BEGUN', 'Визит уже начат: его закончит тот, кто начал.')
  const from = visit.rep
  const before = { from: from && load(from), to: load(to) }
  const without = from?.visits.filter((v) => v !== visit)
  const best = [...to.visits]
  const spots = to.visits.map((_, i) => i).concat(to.visits.length).filter((i) => i >= to.visits.findLastIndex((v) => v.state !== 'ASSIGNED') + 1)
  const cost = (i) => {
    const a = to.visits[i - 1]?.site.point ?? to.shift.start
    const b = to.visits[i]?.site.point ?? to.shift.end
    return minutesBetween(a, visit.site.point) + minutesBetween(visit.site.point, b) - minutesBetween(a, b)
  }
  const spot = spots.reduce((x, y) => (cost(y) < cost(x) ? y : x))
  best.splice(spot, 0, visit)
  const days = [
    ...(from ? [{ rep: repView(from), before: before.from, after: load(from, without), route: routeView(route(from, without)) }] : []),
    { rep: repView(to), before: before.to, after: load(to, best), route: routeView(route(to, best)) },
  ]
  const chosen = {
    rep: repView(to), position: spot + 1, arrival: days.at(-1).route.stops.find((s) => s.visit?.id === visit.id).arrival,
    terms: [{ name: 'travel', minutes: cost(spot) }, { name: 'load', minutes: 3.5 }], total: cost(spot) + 3.5,
  }
  const alerts = [...(from ? [{ rep: repView(from), kind: 'VISITS_LOST' }] : []), { rep: repView(to), kind: 'VISITS_GAINED' }]
  if (!input.dryRun) {
    if (from) from.visits = without
    to.visits = best
    Object.assign(visit, { rep: to, state: 'ASSIGNED', queueReason: null, version: visit.version + 1, date: town.date })
    for (const rep of [from, to]) if (rep) rep.routeVersion++
    tell('visit', visit)
    if (from) alert(from, 'VISITS_LOST', `Визит «${visit.site.name}» снят с вашего дня.`, [visit])
    alert(to, 'VISITS_GAINED', `Вам добавлен визит «${visit.site.name}», ${visit.site.address}.`, [visit])
  }
  return {
    __typename: 'VisitReassigned', visit: visitView({ ...visit, rep: to, state: 'ASSIGNED' }), batchId: crypto.randomUUID(), days, alerts,
    decision: {
      __typename: 'Decision', id: crypto.randomUUID(), chosen, runnerUp: null, refusals: [], counterfactual: null,
      explanation: `Крюк ${Math.round(cost(spot))} мин; ${to.name} успевает до конца смены.`,
    },
  }
}

const answers = new Map()
/** The same request id gets the first answer. */
const once = (act) => (args, context) => {
  if (args.input.dryRun) return act(args, context)
  const content = JSON.stringify(args.input)
  const known = answers.get(args.input.requestId)
  if (known && known.content !== content) return problem('RequestMismatch', 'REQUEST_MISMATCH', 'Этот номер запроса уже занят.')
  if (!known) answers.set(args.input.requestId, { content, answer: act(args, context) })
  return answers.get(args.input.requestId).answer
}

const fact = (type, change) =>
  once(({ input }) => {
    const visit = town.visits.find((v) => v.id === input.visitId)
    if (!visit) return notFound()
    change(visit)
    visit.version++
    tell('visit', visit)
    return { __typename: type, visit: visitView(visit), credited: true }
  })

const root = {
  me: (_, { user }) => ({
    user: { __typename: 'User', id: user.email, name: user.name, email: user.email, locale: 'ru' }, roles: [user.role],
    rep: user.rep ? repView(user.rep) : null, organization: town.organization,
  }),
  reps: (args) => connection(town.reps.map(repView), args),
  rep: ({ id }) => town.reps.filter((r) => r.id === id).map(repView)[0] ?? null,
  visit: ({ id }) => town.visits.filter((v) => v.id === id).map(visitView)[0] ?? null,
  visits: ({ filter = {}, ...args }) =>
    connection(
      town.visits.filter((v) => (!filter.rep || v.rep?.id === filter.rep) && (!filter.states || filter.states.includes(v.state))).map(visitView),
      args,
    ),
  queue: (args) => connection(town.visits.filter((v) => v.state === 'QUEUED').map(visitView), args),
  territories: () => town.territories.map((t) => ({ ...t, rep: repView(t.rep) })),
  mapCells: ({ bounds, zoom }) =>
    town.hexagons
      .filter(({ at, sites }) => sites.length && at.lat >= bounds.south && at.lat <= bounds.north && at.lon >= bounds.west && at.lon <= bounds.east)
      .map((h) => ({
        cell: `${h.q},${h.r}`, center: h.at, boundary: { type: 'Polygon', coordinates: [[...h.corners, h.corners[0]]] },
        territory: town.territories[h.owner], sites: h.sites.length,
        visits: town.visits.filter((v) => live(v) && v.site.hexagon === h).length, load: 0,
        site: zoom >= 12 && h.sites.length ? h.sites[0] : null,
      })),
  // The stand-in has no engine for territories.
  alignments: () => [],
  alignment: () => null,
  coverage: () => null,
  drift: () => null,
  // Nor one that watches the day and ranks offers.
  watch: () => null,
  offers: () => [],
  alignmentDraft: () => problem('Refused', 'NO_SITES', 'Макет не строит территорий. Запустите hexbeat demo.'),
  alignmentRevert: () => problem('Refused', 'NO_EARLIER', 'До этого территорий не было: возвращаться не к чему.'),
  alerts: (args, { user }) =>
    connection(town.alerts.filter((a) => user.rep && a.rep.id === user.rep.id), args),
  changes: ({ since, first }) => {
    const from = since === '' ? feed.length : Number(since)
    const part = feed.slice(from, from + first)
    return {
      changes: part.map(({ kind, node }) => ({ operation: 'UPSERT', id: node.id, reason: null, node: views[kind](node) })),
      cursor: String(from + part.length), hasMore: from + first < feed.length, resetRequired: false,
    }
  },
  today: (_, { user }) =>
    user.rep && {
      date: town.date, rep: repView(user.rep), shift: user.rep.shift, route: routeView(route(user.rep)), backlogCount: 3, load: load(user.rep),
      alerts: ({ first }) => connection(town.alerts.filter((a) => a.rep === user.rep && a.state !== 'ACKNOWLEDGED'), { first }),
      syncCursor: String(feed.length),
    },
  visitReassign: once(reassign),
  visitArrive: fact('VisitArrived', () => {}),
  visitStart: fact('VisitStarted', (v) => (v.state = 'UNDER_WAY')),
  visitComplete: fact('VisitCompleted', (v) => (v.state = 'DONE')),
  visitFail: fact('VisitFailed', (v) => {
    if (v.rep) v.rep.visits = v.rep.visits.filter((other) => other !== v)
    Object.assign(v, { rep: null, state: 'QUEUED', queueReason: 'RELEASED' })
  }),
  alertAcknowledge: once(({ input }) => {
    const found = town.alerts.find((a) => a.id === input.alertId)
    if (!found) return notFound()
    found.state = 'ACKNOWLEDGED'
    tell('alert', found)
    return { __typename: 'AlertAcknowledged', alert: found }
  }),
  changed: async function* ({ since }) {
    const hints = []
    let wake = () => {}
    const listener = (hint) => (hints.push(hint), wake())
    if (since && Number(since) < feed.length) hints.push({ kind: 'visit', ids: [], cursor: String(feed.length) })
    listeners.add(listener)
    try {
      for (;;) {
        while (hints.length) yield { changed: hints.shift() }
        await new Promise((resolve) => (wake = resolve))
      }
    } finally {
      listeners.delete(listener)
    }
  },
}
town.reps.forEach(order)

const userOf = (authorization) => users.find((u) => `Bearer ${u.token}` === authorization)
const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' }
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; worker-src 'self'"

async function graphql(request, response) {
  let body = ''
  for await (const part of request) body += part
  const { query, variables, operationName } = JSON.parse(body || '{}')
  const answer = (status, value) => {
    response.writeHead(status, { 'content-type': 'application/graphql-response+json; charset=utf-8' })
    response.end(JSON.stringify(value))
  }
  const user = userOf(request.headers.authorization)
  if (!user) return answer(401, { errors: [{ message: 'Ключ истёк или недействителен: войдите снова.', extensions: { code: 'UNAUTHENTICATED' } }] })
  const document = parse(query)
  const errors = validate(schema, document)
  if (errors.length) return answer(400, { errors })
  answer(200, await execute({ schema, document, rootValue: root, contextValue: { user }, variableValues: variables, operationName }))
}

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url, 'http://localhost')
  if (pathname === '/graphql') return void graphql(request, response).catch((error) => response.writeHead(500).end(String(error)))
  if (pathname.startsWith('/tiles/')) return void response.writeHead(204).end()
  const name = { '/': 'index.html', '/m': 'm.html', '/explore': 'explore.html' }[pathname] ?? pathname.slice(1)
  try {
    const content = readFileSync(join(dist, name))
    const header = { 'content-type': types[extname(name)] ?? 'application/octet-stream' }
    if (!name.endsWith('.html')) header['content-security-policy'] = "default-src 'none'; connect-src 'self'"
    else if (name !== 'explore.html') header['content-security-policy'] = policy
    response.writeHead(200, header).end(content)
  } catch {
    response.writeHead(404).end('not found')
  }
})

useServer(
  {
    schema,
    roots: { subscription: root },
    subscribe: (args) => subscribe({ ...args, rootValue: root }),
    onConnect: ({ connectionParams, extra }) => {
      extra.user = userOf(connectionParams?.authorization)
      return Boolean(extra.user)
    },
    context: ({ extra }) => ({ user: extra.user }),
  },
  new WebSocketServer({ server, path: '/graphql' }),
)

server.listen(port, () => {
  const url = `http://localhost:${server.address().port}`
  const demo = { url, users: users.map(({ rep, ...user }) => user) }
  if (process.env.HEXBEAT_DEMO_JSON) writeFileSync(process.env.HEXBEAT_DEMO_JSON, JSON.stringify(demo, null, 2))
  console.log(`Dispatcher  ${url}/#token=mock-dispatcher\nRep         ${url}/m#token=mock-rep-1`)
})
