import type { Board } from '../dispatch/board.svelte'
import type {
  AlignedTerritory,
  Alignment,
  AlignmentEdited,
  AlignmentLine,
  AlignmentProblem,
  DesignFinding,
  MapCell,
  Point,
  Standing,
  Territory,
  WhatIfPoint,
} from '../graph/nouns'
import * as operation from '../graph/operations'
import { colourAt, colours, unowned } from '../map/palette'
import { sentence } from '../shared/sentence'
import { language } from '../words/words.svelte'
import { Ground } from './cell'

export const tools = ['look', 'paint', 'polygon', 'customer'] as const
export type Tool = (typeof tools)[number]

/** A customer's place that can be picked on the map. */
export type Pin = { id: string; name: string; address: string; point: Point }

/** What the map is to bring into sight. */
export type Look = GeoJSON.Geometry[]

/** Outlines as on the dispatcher's map: by hexagons, never by houses. */
const finestOutline = 13.5

/** Whose each site is that was moved without its ground on this page. */
type Moved = ReadonlyMap<string, string>

/** How a draft was before an edit: enough to paint it back. */
type Before = { cells: Map<string, string>; moved: Moved; site?: { id: string; from: string } }

/** A branch's draft of territories under the manager's hands: what is to change, what that would do, what was done. */
export class Workshop {
  branch = $state('')
  drafts: AlignmentLine[] = $state.raw([])
  draft: Alignment | null = $state.raw(null)
  standing: Standing | null = $state.raw(null)

  tool: Tool = $state('look')
  /** The territory that gets ground and customers. */
  target = $state('')
  painted: ReadonlyMap<string, MapCell> = $state.raw(new Map())
  /** Corners of the shape, closed or not. */
  corners: GeoJSON.Position[] = $state.raw([])
  closed = $state(false)
  pin: Pin | null = $state.raw(null)
  /** Mend the surroundings as well. */
  repair = $state(false)

  /** What the wish would do. */
  effect: AlignmentEdited | null = $state.raw(null)
  problem: AlignmentProblem | null = $state.raw(null)
  /** Where the design just made could not be as asked. */
  findings: DesignFinding[] = $state.raw([])
  /** What a budget of changing hands would buy; null until it is asked for. */
  whatIf: WhatIfPoint[] | null = $state.raw(null)
  trouble = $state('')
  busy: '' | 'reading' | 'drafting' | 'applying' | 'undoing' = $state('')
  look: Look = $state.raw([])
  #past: Before[] = $state.raw([])
  #moved: Moved = new Map()

  readonly board: Board
  #zoom = 12
  /** Whether the server is asked what the wish would do. */
  trying = $state(false)
  #tryAgain = false
  #wish: { id: string; content: string } | null = null
  #reads = 0

  constructor(board: Board) {
    this.board = board
  }

  /** The draft's territories, or those in force while there is no draft. */
  readonly territories: readonly Territory[] = $derived.by(() => {
    if (this.draft) return this.draft.territories
    return this.board.territories.filter((t) => !t.rep || this.board.rep(t.rep.id)?.branch.id === this.branch)
  })

  readonly #known = $derived(this.territories.every((t) => this.board.territories.some(({ id }) => id === t.id)))

  /** As the dispatcher's map has it while the territories are the same ones. */
  colourOf(id: string | null | undefined): string {
    const index = this.territories.findIndex((t) => t.id === id)
    const territory = this.territories[index]
    if (!territory) return unowned
    const inForce = this.board.territories.find((t) => t.id === id)
    if (this.#known && inForce) return this.board.groundColour(inForce)
    return colourAt(this.territories.length <= colours ? index : territory.colour)
  }

  territory(id: string | null | undefined): Territory | undefined {
    return this.territories.find((t) => t.id === id)
  }

  /** Whose ground a hexagon is on in the draft. */
  readonly ground = $derived(new Ground((this.draft?.territories ?? []).flatMap((t) => t.cells.map((cell) => [cell, t.id] as const))))

  ownerOf(cell: MapCell): string | null {
    return this.draft ? (this.ground.at(cell.cell) ?? null) : (cell.territory?.id ?? null)
  }

  readonly cutOff = $derived(new Ground((this.effect?.cutOff ?? []).flatMap((piece) => piece.cells.map((cell) => [cell, piece.territory.id] as const))))

  readonly #content = $derived.by((): operation.AlignmentEdit | null => {
    if (!this.draft) return null
    const cells = [...this.painted.keys()]
    const first = this.corners[0]
    const polygon: GeoJSON.Polygon | null = this.closed && first ? { type: 'Polygon', coordinates: [[...this.corners, first]] } : null
    const gives = cells.length > 0 || polygon !== null || this.pin !== null
    if ((!gives && !this.repair) || (gives && !this.target)) return null
    return {
      alignmentId: this.draft.id,
      expectedVersion: this.draft.version,
      ...(gives ? { toTerritoryId: this.target } : {}),
      ...(cells.length ? { cells } : {}),
      ...(polygon ? { polygon } : {}),
      ...(this.pin ? { siteIds: [this.pin.id] } : {}),
      ...(this.repair ? { repair: true } : {}),
    }
  })

  readonly wishes = $derived(this.painted.size > 0 || this.corners.length > 0 || this.pin !== null || this.repair)
  readonly undoable = $derived(this.#past.length > 0)
  readonly ready = $derived(this.effect !== null && this.problem === null && this.busy === '')

  // Reading

  /** enter reads what a branch has, and lays the newest draft out. */
  async enter(branch: string) {
    if (branch === this.branch) return
    this.branch = branch
    this.look = []
    this.standing = null
    this.drafts = []
    this.leave()
    await this.#while('reading', async () => {
      await Promise.all([this.#readDrafts(), this.#readStanding()])
      const newest = this.drafts[0]
      if (newest && this.branch === branch) await this.#open(newest.id)
    })
  }

  async #readDrafts() {
    const { branch } = this
    const { alignments } = await this.board.ask(operation.alignments, { branch, state: 'DRAFT' })
    if (branch === this.branch) this.drafts = alignments.filter(({ editable }) => editable)
  }

  async #readStanding() {
    const { branch } = this
    const standing = await this.board.ask(operation.standing, { branch, zoom: this.#zoom })
    if (branch === this.branch) this.standing = standing
  }

  /** translated reads again what the server says in words. */
  async translated() {
    if (!this.standing) return
    try {
      await this.#readStanding()
    } catch (error) {
      this.trouble = sentence(error)
    }
    this.changed()
  }

  async open(id: string) {
    this.leave()
    if (id) await this.#while('reading', () => this.#open(id))
  }

  /** leave lays the draft away; it stays on the server. */
  leave() {
    this.draft = null
    this.findings = []
    this.whatIf = null
    this.target = ''
    this.#past = []
    this.#moved = new Map()
    this.clear()
  }

  async #open(id: string) {
    const asked = ++this.#reads
    const { alignment } = await this.board.ask(operation.alignment, { id, zoom: this.#zoom })
    if (asked !== this.#reads) return
    this.draft = alignment?.state === 'DRAFT' ? alignment : null
    if (!this.draft) this.drafts = this.drafts.filter((draft) => draft.id !== id)
  }

  /** The map has come nearer or gone away: outlines as fine as it can show. */
  async outlineFor(zoom: number) {
    const fits = Math.min(finestOutline, 2 * Math.ceil(zoom / 2))
    if (fits === this.#zoom) return
    this.#zoom = fits
    if (this.draft && !this.busy) await this.#open(this.draft.id).catch(() => {})
  }

  // Wishing

  choose(tool: Tool) {
    if (tool === this.tool) return
    this.tool = tool
    this.clear()
  }

  aim(territory: string) {
    this.target = territory
    this.changed()
  }

  paint(cells: MapCell[], on: boolean) {
    const painted = new Map(this.painted)
    for (const cell of cells) {
      if (on) painted.set(cell.cell, cell)
      else painted.delete(cell.cell)
    }
    this.painted = painted
    this.changed()
  }

  corner(at: GeoJSON.Position) {
    this.corners = this.closed ? [at] : [...this.corners, at]
    this.closed = false
    this.changed()
  }

  /** back takes the last corner away. */
  back() {
    this.closed = false
    this.corners = this.corners.slice(0, -1)
    this.changed()
  }

  close() {
    if (this.corners.length < 3) return
    this.closed = true
    this.changed()
  }

  pick(pin: Pin) {
    this.pin = this.pin?.id === pin.id ? null : pin
    this.changed()
  }

  mend(on: boolean) {
    this.repair = on
    this.changed()
  }

  /** clear forgets the wish. */
  clear() {
    this.painted = new Map()
    this.corners = []
    this.closed = false
    this.pin = null
    this.repair = false
    this.trouble = ''
    this.changed()
  }

  changed() {
    this.problem = null
    void this.#try()
  }

  /** What the wish would do, asked again for as long as the wish changes meanwhile: one question under way at a time. */
  async #try() {
    if (this.trying) {
      this.#tryAgain = true
      return
    }
    this.trying = true
    try {
      do {
        this.#tryAgain = false
        await this.#tryOnce()
      } while (this.#tryAgain)
    } finally {
      this.trying = false
    }
  }

  async #tryOnce() {
    const content = this.#content
    if (!content) {
      this.effect = null
      return
    }
    try {
      const { alignmentEdit: answer } = await this.board.ask(operation.alignmentEdit, {
        input: { requestId: crypto.randomUUID(), ...content, dryRun: true },
      })
      if (content !== this.#content) {
        this.#tryAgain = true
        return
      }
      this.trouble = ''
      if (answer.__typename === 'AlignmentEdited') this.effect = answer
      else this.#refused(answer)
    } catch (error) {
      this.effect = null
      this.trouble = sentence(error)
    }
  }

  #refused(problem: AlignmentProblem) {
    this.effect = null
    this.problem = problem
  }

  // Doing

  /** askWhatIf reads what a budget of changing hands would buy. */
  async askWhatIf() {
    const { branch } = this
    try {
      const { alignmentWhatIf } = await this.board.ask(operation.alignmentWhatIf, { branch })
      if (branch === this.branch) this.whatIf = alignmentWhatIf ?? []
    } catch (error) {
      this.trouble = sentence(error)
    }
  }

  /** design makes a draft from what is in force, or afresh; no more than the budget's share of the work changes hands. */
  async design(afresh: boolean, budget: number | null = null) {
    await this.#while('drafting', async () => {
      const { branch } = this
      const { alignmentDraft: answer } = await this.board.ask(operation.alignmentDraft, {
        input: { requestId: crypto.randomUUID(), branchId: branch, ...(afresh ? { afresh } : {}), ...(budget === null ? {} : { budget }) },
      })
      if (branch !== this.branch) return
      if (answer.__typename !== 'AlignmentDrafted') return this.#refused(answer)
      this.leave()
      await this.#readDrafts()
      await this.#open(answer.alignment.id)
      this.findings = answer.findings
    })
  }

  async apply() {
    const content = this.#content
    const draft = this.draft
    if (!content || !draft || this.busy) return
    const text = JSON.stringify(content)
    // One wish keeps one id, however often it is sent.
    if (this.#wish?.content !== text) this.#wish = { id: crypto.randomUUID(), content: text }
    const { id } = this.#wish
    const before: Before = { cells: this.#cells(draft.territories), moved: this.#moved }
    await this.#while('applying', async () => {
      const { alignmentEdit: answer } = await this.board.ask(operation.alignmentEdit, { input: { requestId: id, ...content } })
      if (answer.__typename !== 'AlignmentEdited') return this.#refused(answer)
      const site = content.siteIds?.[0]
      if (site && content.toTerritoryId) {
        // Whoever has a site less gave it.
        const giver = answer.territories.find(({ before, after }) => after.sites < before.sites)
        if (giver) before.site = { id: site, from: giver.territory.id }
        this.#moved = new Map(this.#moved).set(site, content.toTerritoryId)
      }
      this.#past = [...this.#past, before]
      this.board.say(language.words.editApplied(language.words.sites(answer.sites)))
      await this.#open(answer.alignment.id)
      this.clear()
    })
  }

  #cells(territories: AlignedTerritory[]): Map<string, string> {
    return new Map(territories.flatMap((t) => t.cells.map((cell) => [cell, t.id] as const)))
  }

  /** undo paints the draft back as it was before the last edit: the ground first, then what stood apart from it. */
  async undo() {
    const before = this.#past.at(-1)
    const draft = this.draft
    if (!before || !draft || this.busy) return
    await this.#while('undoing', async () => {
      const now = this.#cells(draft.territories)
      const back = new Map<string, string[]>()
      for (const [cell, owner] of before.cells) {
        if (now.get(cell) !== owner) back.set(owner, [...(back.get(owner) ?? []), cell])
      }
      const steps: Pick<operation.AlignmentEdit, 'toTerritoryId' | 'cells' | 'siteIds'>[] = []
      for (const [toTerritoryId, cells] of back) steps.push({ toTerritoryId, cells })
      if (before.site) steps.push({ toTerritoryId: before.site.from, siteIds: [before.site.id] })
      else if (back.size) for (const [site, toTerritoryId] of before.moved) steps.push({ toTerritoryId, siteIds: [site] })
      let { version } = draft
      for (const step of steps) {
        const { alignmentEdit: answer } = await this.board.ask(operation.alignmentEdit, {
          input: { requestId: crypto.randomUUID(), alignmentId: draft.id, expectedVersion: version, ...step },
        })
        if (answer.__typename !== 'AlignmentEdited') {
          await this.#open(draft.id)
          return this.#refused(answer)
        }
        version = answer.alignment.version
      }
      this.#past = this.#past.slice(0, -1)
      this.#moved = before.moved
      await this.#open(draft.id)
      this.clear()
      this.board.say(language.words.editUndone)
    })
  }

  /** lookAgain takes the draft as it is now; what was to be changed stays to be decided on. */
  async lookAgain() {
    const { draft } = this
    if (!draft) return
    this.#past = []
    await this.#while('reading', () => this.#open(draft.id))
    this.changed()
  }

  /** changedHands reads everything again after territories came into force or went out of it. */
  async changedHands() {
    this.leave()
    await this.#while('reading', async () => {
      await Promise.all([this.#readDrafts(), this.#readStanding(), this.board.follow()])
    })
  }

  async #while(what: Workshop['busy'], work: () => Promise<void>) {
    this.busy = what
    this.trouble = ''
    try {
      await work()
    } catch (error) {
      this.trouble = sentence(error)
    } finally {
      this.busy = ''
    }
  }
}
