import { ask, everything, insist, Refused, Unreachable } from '../graph/client'
import { listen } from '../graph/live'
import type { Alert, Branch, Caller, ChangeHint, ChangeSet, KeptVisit, Rep, Territory, Visit, Watch } from '../graph/nouns'
import * as operation from '../graph/operations'
import { colourAt, colours, unowned } from '../map/palette'
import { sentence } from '../shared/sentence'
import { language } from '../words/words.svelte'

/** Reps with their routes are heavy: a quarter of the longest page. */
const repsPage = 25
const page = 100

/** So many reps are asked one by one; more are a reason to read all. */
const fewReps = 6

/** Loads and arrivals move with the clock even when nothing happens. */
const rereadEvery = 3 * 60_000

const rereadPositions = 10_000

/** Outlines follow the hexagons of this zoom; nearer ones would follow single houses, at ten times the size. */
const finestOutline = 13.5

/** A night's plan moves hundreds of visits: the last few are enough to see that something goes on. */
const mostToasts = 3

/** What this page did last and may take back. */
export type Batch = {
  /** Names it to the server; null: nothing of it is left to take back. */
  id: string | null
  text: string
  visits: string[]
  /** Visits that an undo left where they are, each with the server's reason. */
  kept: { site: string; message: string }[]
}

export type Toast = { id: number; text: string; bad: boolean }

/** The dispatcher's branch today: read once, then kept in step with the change feed. */
export class Board {
  me: Caller | null = $state.raw(null)
  reps: Rep[] = $state.raw([])
  queue: Visit[] = $state.raw([])
  queueCount = $state(0)
  territories: Territory[] = $state.raw([])
  alerts: Alert[] = $state.raw([])
  /** What to look at, branch by branch. */
  watch: { branch: Branch; watch: Watch }[] = $state.raw([])
  connected = $state(true)
  loaded = $state(false)
  trouble = $state('')
  /** When the board last agreed with the server. */
  asOf = $state('')
  /** Grows when what the map's hexagons hold may have changed. */
  ground = $state(0)
  toasts: Toast[] = $state([])
  batch: Batch | null = $state.raw(null)
  undoing = $state(false)

  readonly colours = $derived(this.#coloured())

  /** The branches of the reps. */
  readonly branches = $derived([...new Map(this.reps.map(({ branch }) => [branch.id, branch])).values()])

  #token: string
  /** How far the server's clock is ahead of this one, milliseconds. */
  #ahead = 0
  #cursor = ''
  #outlineZoom = 12
  #stop = () => {}
  #signOut: (notice: string) => void
  #reading: Promise<void> | null = null
  #again = false
  #strolling: ReturnType<typeof setTimeout> | undefined
  /** Reps to read again at the next round, whatever the feed says of them. */
  #doubtful = new Set<string>()
  /** Visits moved from this very page: their mover was told already. */
  #own = new Set<string>()
  /** One wish to take a batch back keeps one id. */
  #undoRequests = new Map<string, string>()
  #watchAsked = 0

  constructor(token: string, signOut: (notice: string) => void) {
    this.#token = token
    this.#signOut = signOut
  }

  ask<Data, Variables>(query: operation.Operation<Data, Variables>, variables: Variables): Promise<Data> {
    return ask(this.#token, query, variables)
  }

  /** did tells of a batch that this page had carried out, and reads the days of the reps it touched. */
  did(id: string, text: string, visits: string[], reps: string[], kept: KeptVisit[] = []) {
    this.batch = { id, text, visits, kept: kept.map(({ visit, message }) => ({ site: visit.site.name, message })) }
    void this.follow(reps)
  }

  /** undo takes the last batch back, and says what stays where it is. */
  async undo() {
    const batch = this.batch
    if (!batch?.id || this.undoing) return
    this.undoing = true
    const batchId = batch.id
    const requestId = this.#undoRequests.get(batchId) ?? crypto.randomUUID()
    this.#undoRequests.set(batchId, requestId)
    batch.visits.forEach((visit) => this.own(visit, true))
    try {
      const { batchUndo: answer } = await insist(() => this.ask(operation.batchUndo, { input: { requestId, batchId } }))
      if ('message' in answer) {
        batch.visits.forEach((visit) => this.own(visit, false))
        this.say(answer.message, true)
        return
      }
      answer.kept.forEach(({ visit }) => this.own(visit.id, false))
      const kept = answer.kept.map(({ visit, message }) => ({ site: visit.site.name, message }))
      this.batch = { id: null, text: language.words.undone(answer.moves.length), visits: [], kept }
      void this.follow(answer.days.map((day) => day.rep.id))
    } catch (error) {
      this.#failed(error)
    } finally {
      this.undoing = false
    }
  }

  /** open reads everything and follows the feed until the returned function is called. */
  open(): () => void {
    let closed = false
    void this.#start().then(() => {
      if (closed || !this.loaded) return
      this.#stop = listen(this.#token, {
        since: () => this.#cursor,
        hint: (hint) => this.#heard(hint),
        up: (up) => this.#up(up),
        unauthenticated: () => this.#signOut(language.words.signInAgain),
      })
    })
    const timer = setInterval(() => {
      if (this.loaded && this.connected && !document.hidden) void this.#readAll().catch(() => {})
    }, rereadEvery)
    return () => {
      closed = true
      clearInterval(timer)
      clearTimeout(this.#strolling)
      this.#stop()
    }
  }

  async #start() {
    this.trouble = ''
    try {
      const { me } = await this.ask(operation.me, {})
      this.me = me
      const [branch] = me.organization.branches
      if (branch) this.#ahead = Date.parse(branch.now) - Date.now()
      if (!me.roles.some((role) => role !== 'REP')) {
        this.trouble = language.words.notDispatcher
        return
      }
      // The cursor first: what happens while we read comes again as a change.
      const { changes } = await this.ask(operation.changes, { since: '', first: 1 })
      this.#cursor = changes.cursor
      await Promise.all([this.#readAll(), this.#readTerritories()])
      this.loaded = true
    } catch (error) {
      this.#failed(error)
    }
  }

  async #readAll() {
    const [reps] = await Promise.all([
      everything(repsPage, async (first, after) => (await this.ask(operation.reps, { first, after })).reps),
      this.readQueue(),
      this.readAlerts(),
    ])
    this.reps = reps
    this.#agreed()
    void this.readWatch()
  }

  async #readTerritories() {
    await this.#readOutlines()
    this.ground++
  }

  async #readOutlines() {
    const zoom = this.#outlineZoom
    const { territories } = await this.ask(operation.territories, { zoom })
    if (zoom === this.#outlineZoom || !this.territories.length) this.territories = territories
  }

  /** The map has come nearer or gone away: outlines as fine as it can show. */
  async outlineFor(zoom: number) {
    const fits = Math.min(finestOutline, 2 * Math.ceil(zoom / 2))
    if (fits === this.#outlineZoom) return
    this.#outlineZoom = fits
    try {
      await this.#readOutlines()
    } catch {
      // The borders stay as they were; the banner says when the server is away.
    }
  }

  async readQueue() {
    const { queue } = await this.ask(operation.queue, { first: page })
    this.queue = queue.nodes
    this.queueCount = queue.totalCount
  }

  async readAlerts() {
    const { alerts } = await this.ask(operation.alerts, { first: page })
    this.alerts = alerts.nodes.filter((alert) => alert.state !== 'ACKNOWLEDGED')
  }

  async readWatch() {
    const round = ++this.#watchAsked
    try {
      const read = await Promise.all(this.branches.map(async (branch) => ({ branch, ...(await this.ask(operation.watch, { branch: branch.id })) })))
      if (round === this.#watchAsked) this.watch = read.flatMap(({ branch, watch }) => (watch ? [{ branch, watch }] : []))
    } catch {
      // The lists stay as they were; the banner says when the server is away.
    }
  }

  async #readReps(ids: string[]) {
    const read = await Promise.all(ids.map((id) => this.ask(operation.rep, { id })))
    const fresh = new Map(read.flatMap(({ rep }) => (rep ? [[rep.id, rep] as const] : [])))
    this.reps = this.reps.map((rep) => fresh.get(rep.id) ?? rep)
  }

  #agreed() {
    this.asOf = new Date().toISOString()
  }

  #up(up: boolean) {
    const returned = up && !this.connected
    this.connected = up
    if (returned) this.say(language.words.backOnline)
    if (up) void this.follow()
  }

  #heard(hint: ChangeHint) {
    if (hint.kind === 'RESYNC') void this.#resync().catch((error) => this.#failed(error))
    // Phones say where they are all day long: once in a while is often enough to look.
    if (hint.kind === 'position') this.#strolling ??= setTimeout(() => void this.follow(), rereadPositions)
    else void this.follow()
  }

  /** own marks a visit that this page is about to move; false: it did not come to that. */
  own(visitId: string, moves: boolean) {
    if (moves) this.#own.add(visitId)
    else this.#own.delete(visitId)
  }

  /** translated reads what the server says in words again, once the language changed. */
  async translated() {
    if (!this.loaded) return
    try {
      await this.#readAll()
    } catch (error) {
      this.#failed(error)
    }
  }

  /** follow reads the feed from where we stand and re-reads what it names. Calls while it works become one more round. */
  follow(doubtful: string[] = []): Promise<void> {
    doubtful.forEach((id) => this.#doubtful.add(id))
    if (this.#reading) {
      this.#again = true
      return this.#reading
    }
    this.#reading = (async () => {
      try {
        do {
          this.#again = false
          await this.#round()
        } while (this.#again)
      } catch (error) {
        this.#failed(error)
      } finally {
        this.#reading = null
      }
    })()
    return this.#reading
  }

  async #round() {
    const reps = new Set([...this.#doubtful].filter((id) => this.reps.some((rep) => rep.id === id)))
    this.#doubtful.clear()
    clearTimeout(this.#strolling)
    this.#strolling = undefined
    let everyRep = false
    let queue = false
    let alerts = false
    let territories = false
    let more = true
    while (more) {
      const { changes: set } = await this.ask(operation.changes, { since: this.#cursor, first: page })
      if (set.resetRequired) return this.#resync()
      for (const change of set.changes) {
        const kind = change.node?.__typename
        const before = this.#ownerOf(change.id)
        if (before) reps.add(before.id)
        if (this.queue.some((visit) => visit.id === change.id)) queue = true
        if (kind === 'Visit') {
          this.#tell(change, before)
          if (change.node?.rep) reps.add(change.node.rep.id)
          else queue = true
        } else if (kind === 'Alert') {
          alerts = true
        } else if (kind === 'Route') {
          everyRep ||= !before
        } else if (this.reps.some((rep) => rep.id === change.id)) {
          reps.add(change.id)
        } else if (change.operation === 'UPSERT') {
          // An alignment, new sites, or what this page has not heard of yet.
          territories = true
        }
      }
      this.#cursor = set.cursor
      more = set.hasMore
    }
    if (reps.size > fewReps) everyRep = true
    await Promise.all([
      everyRep ? this.#readAll() : this.#readReps([...reps]),
      queue && !everyRep ? this.readQueue() : null,
      alerts && !everyRep ? this.readAlerts() : null,
      territories ? this.#readTerritories() : null,
    ])
    if (reps.size || queue || everyRep) this.ground++
    this.#agreed()
  }

  async #resync() {
    const { changes } = await this.ask(operation.changes, { since: '', first: 1 })
    await Promise.all([this.#readAll(), this.#readTerritories()])
    this.#cursor = changes.cursor
  }

  /** The rep in whose day a visit, a route or a shift stands, as far as we knew. */
  #ownerOf(id: string): Rep | undefined {
    return this.reps.find(
      (rep) =>
        rep.route?.id === id || rep.shift?.id === id || rep.route?.stops.some((stop) => stop.visit?.id === id),
    )
  }

  #tell(change: ChangeSet['changes'][number], before: Rep | undefined) {
    const { node } = change
    if (!node?.site || this.#own.delete(change.id)) return
    const waited = this.queue.some((visit) => visit.id === change.id)
    if (!before && !waited) return
    const from = before?.name ?? language.words.inQueue
    const to = node.rep?.name ?? language.words.inQueue
    if (before?.id === node.rep?.id) return
    this.say(language.words.moved(node.site.name, from, to))
  }

  say(text: string, bad = false) {
    if (this.toasts.some((toast) => toast.text === text)) return
    const id = Math.random()
    this.toasts = [...this.toasts, { id, text, bad }].slice(-mostToasts)
    setTimeout(() => this.hush(id), bad ? 12_000 : 8_000)
  }

  hush(id: number) {
    this.toasts = this.toasts.filter((toast) => toast.id !== id)
  }

  #failed(error: unknown) {
    if (error instanceof Refused && error.code === 'UNAUTHENTICATED') return this.#signOut(sentence(error))
    if (!this.loaded) this.trouble = sentence(error)
    else if (error instanceof Unreachable) this.connected = false
    else this.say(sentence(error), true)
  }

  /** A rep wears the colour of the own territory, so that map, list and routes agree. */
  #coloured(): Map<string, string> {
    const worn = new Map<string, string>()
    for (const territory of this.territories) {
      if (territory.rep && !worn.has(territory.rep.id)) worn.set(territory.rep.id, this.groundColour(territory))
    }
    this.reps.forEach((rep, index) => {
      if (!worn.has(rep.id)) worn.set(rep.id, colourAt(index))
    })
    return worn
  }

  /** Each its own while they are few; else neighbours differ, as the server says. */
  groundColour(territory: Territory): string {
    const few = this.territories.length <= colours
    return colourAt(few ? this.territories.indexOf(territory) : territory.colour)
  }

  colourOf(rep: string | undefined | null): string {
    return (rep && this.colours.get(rep)) || unowned
  }

  /** now is the time by the server's clock: this machine's may be wrong, and a demo may play another day. */
  now(): Date {
    return new Date(Date.now() + this.#ahead)
  }

  rep(id: string | undefined | null): Rep | undefined {
    return this.reps.find((rep) => rep.id === id)
  }

  /** The visit as the board shows it now, with the rep who has it. */
  find(visitId: string): { visit: Visit; rep: Rep | null } | null {
    for (const rep of this.reps) {
      const stop = rep.route?.stops.find((stop) => stop.visit?.id === visitId)
      if (stop?.visit) return { visit: stop.visit, rep }
    }
    const visit = this.queue.find((visit) => visit.id === visitId)
    return visit ? { visit, rep: null } : null
  }
}
