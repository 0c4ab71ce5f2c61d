// The nouns of the schema as far as the pages show them; test/operations.test.mjs holds the queries against the schema.

export type Point = { lat: number; lon: number }
export type Window = { from: string; to: string }

export type VisitState = 'PLANNED' | 'BACKLOG' | 'QUEUED' | 'ASSIGNED' | 'UNDER_WAY' | 'DONE' | 'MISSED' | 'CANCELLED'

export type Site = { id: string; name: string; address: string; category: string; point: Point | null }

export type Named = { id: string; name: string }

export type Visit = {
  id: string
  version: number
  state: VisitState
  priority: number
  serviceMinutes: number
  queueReason: string | null
  kind: { code: string; name: string }
  site: Site
  due: Window
  promised: Window | null
  rep: Named | null
}

export type Stop = {
  position: number
  arrival: string
  departure: string
  visit: Visit | null
  engagement: { id: string; kind: string; title: string } | null
}

export type Route = { id: string; version: number; travelMinutes: number; travelKm: number; stops: Stop[] }

export type Load = {
  ratio: number
  serviceMinutes: number
  travelMinutes: number
  availableMinutes: number
  visits: number
}

export type Branch = { id: string; name: string; timeZone: string }

export type Shift = { id: string; date: string; startsAt: string; endsAt: string; start: Point | null; end: Point | null }

export type Rep = {
  id: string
  name: string
  branch: Branch
  shift: Shift | null
  position: { point: Point; recordedAt: string } | null
  load: Load
  route: Route | null
}

export type Territory = {
  id: string
  name: string
  colour: number
  rep: Named | null
  outline: GeoJSON.Geometry
  measures: { sites: number; workload: number; imbalance: number }
}

export type MapCell = {
  cell: string
  boundary: GeoJSON.Geometry
  territory: { id: string } | null
  center: Point
  sites: number
  visits: number
  load: number
  site: { id: string; name: string; address: string; point: Point | null } | null
}

export type Alert = {
  id: string
  state: string
  kind: string
  text: string
  createdAt: string
  visits: { id: string; site: Named }[]
}

export type Caller = {
  user: { id: string; name: string; email: string; locale: string }
  roles: string[]
  rep: Named | null
  organization: { id: string; name: string; branches: (Branch & { now: string })[] }
}

export type Day = {
  date: string
  rep: { id: string; name: string; branch: Branch }
  shift: Shift | null
  route: Route | null
  backlogCount: number
  load: Load
  alerts: { nodes: Alert[] }
  syncCursor: string
}

/** How the reps of a branch are told. Times of day are by the branch's clock, such as 22:00. */
export type AlertRules = {
  channels: string[]
  patienceMinutes: number
  urgentPatienceMinutes: number
  quietFrom: string
  quietTo: string
  digest: string[]
  shiftOnly: boolean
  visitQuiet: boolean
}

/** In which order a rep's channels are asked, and what the rep chose of that. */
export type AlertChannels = { order: string[]; chosen: string[] }

/** How alerts get through, and those that did not. */
export type Deliveries = {
  alertHealth: {
    waiting: number
    oldestWaiting: string | null
    escalated: number
    channels: { transport: string; handed: number; retried: number; dead: number; forgotten: number }[]
  }
  escalations: { nodes: { id: string; text: string; createdAt: string; reason: string; rep: Named | null }[] }
  deadLetters: {
    nodes: {
      id: string
      transport: string
      reason: string
      tries: number
      triedAt: string
      alert: { id: string; text: string; rep: Named | null }
    }[]
  }
}

export type DayChange = { rep: Named; before: Load; after: Load; route: Route }

export type Reassigned = {
  __typename: 'VisitReassigned'
  visit: Visit
  batchId: string
  decision: {
    id: string
    explanation: string
    chosen: { position: number; arrival: string; total: number }
    runnerUp: { rep: Named; total: number } | null
  }
  days: DayChange[]
  alerts: { rep: Named; kind: string }[]
}

/** What becomes of the visits of a rep who is out for the day. */
export type DayPolicy = 'SPREAD' | 'QUEUE' | 'DEFER'

/** Where a visit went, or would go; code: why nobody took it. */
export type VisitMove = { visit: { id: string; state: VisitState; site: Named; rep: Named | null }; fromRep: { id: string } | null; code: string | null }

export type PromiseChange = { visit: { id: string; site: Named }; promised: Window; arrivalAfter: string | null; kept: boolean }

/** What something done together does; no id: there was nothing to do. */
export type BatchEffect = {
  __typename: string
  batchId: string | null
  moves?: VisitMove[]
  days: DayChange[]
  promises: PromiseChange[]
  alerts: { rep: Named; kind: string }[]
}

type Moves<Name extends string> = BatchEffect & { __typename: Name; moves: VisitMove[] }

export type DaysCleared = Moves<'RepDayReassigned'>

/** Something done together, by whomever, that can be taken back. */
export type Batch = {
  id: string
  createdAt: string
  by: { name: string } | null
  kind: string
  reason: string | null
  note: string
  visitCount: number
  undone: boolean
}

/** A visit that an undo leaves where it is, with the server's reason. */
export type KeptVisit = { visit: { id: string; site: Named }; code: string; message: string }

export type BatchUndone = Moves<'BatchUndone'> & { kept: KeptVisit[] }

/** A visit of the queue that a rep could take. */
export type Offer = { visit: Visit; arrival: string; detourMinutes: number }

/** What a dispatcher should look at on a branch's day. */
export type Watch = {
  idle: { rep: Named; until: string; minutes: number; offer: Offer | null }[]
  late: { visit: Visit; arrival: string; latest: string; minutes: number; next: number }[]
  atRisk: { visit: Visit; arrival: string; latest: string; chance: number }[]
}

type Outlook = { cost: number; travelMinutes: number; changes: number }

export type DayReplanned = Moves<'DayReplanned'> & { before: Outlook; after: Outlook; free: Outlook; stabilityPrice: number | null }

/** A refusal in the server's words. A version conflict brings the visit as it is now. */
export type Problem = {
  __typename: 'VersionConflict' | 'NotFound' | 'Refused' | 'Invalid' | 'RequestMismatch'
  code: string
  message: string
  retryable: boolean
  path: string[] | null
  present?: Visit | null
}

export type Page<T> = { nodes: T[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } }

export type ChangeSet = {
  changes: {
    operation: 'UPSERT' | 'REVOKED' | 'DELETED'
    id: string
    reason: string | null
    node: { __typename: string; id?: string; state?: VisitState; site?: Named; rep?: Named | null } | null
  }[]
  cursor: string
  hasMore: boolean
  resetRequired: boolean
}

export type ChangeHint = { kind: string; ids: string[]; cursor: string }

/** A territory of an alignment, with its ground as hexagons. */
export type AlignedTerritory = Territory & { cells: string[] }

export type AlignmentLine = { id: string; version: number; createdAt: string; editable: boolean }

export type DesignFinding = { code: string; territory: { name: string } | null; message: string }

export type WhatIfPoint = { budget: number; movedShare: number; imbalance: number; meanKm: number }

export type Alignment = AlignmentLine & { state: 'DRAFT' | 'APPROVED' | 'PUBLISHED'; territories: AlignedTerritory[] }

export type AlignmentFigures = { imbalance: number; lightest: number; pieces: number; meanKm: number; travelMinutes: number }

export type TerritoryFigures = { sites: number; workload: number; imbalance: number; pieces: number }

export type AlignmentEdited = {
  __typename: 'AlignmentEdited'
  alignment: { id: string; version: number }
  before: AlignmentFigures
  after: AlignmentFigures
  territories: { territory: { id: string }; before: TerritoryFigures; after: TerritoryFigures }[]
  sites: number
  workload: number
  heldSites: number
  cutOff: { territory: Named; cells: string[]; sites: number; workload: number }[]
}

export type Handover = { from: Named | null; to: Named | null; sites: number; workload: number }

/** What comes into force, and what changes hands with it. */
export type InForce<Name extends string> = {
  __typename: Name
  from: string
  movedVisits: number
  alignment: { id: string; createdAt: string; handovers: Handover[] }
}

/** A refusal of what was to be done with territories. */
export type AlignmentProblem = {
  __typename: 'AlignmentConflict' | 'NotFound' | 'Refused' | 'Invalid' | 'RequestMismatch'
  code: string
  message: string
  retryable: boolean
  path: string[] | null
}

export type Standing = {
  coverage: {
    unservedCount: number
    unserved: { id: string; point: Point | null }[]
    vacancies: { territory: Named & { outline: GeoJSON.Geometry }; sites: number }[]
    idleCount: number
  } | null
  drift: {
    worthIt: boolean
    explanation: string[]
    added: number
    removed: number
    imbalanceBefore: number
    imbalance: number
  } | null
}
