import type * as noun from './nouns'
import alertAcknowledgeText from './alertAcknowledge.graphql?raw'
import alertChannelsText from './alertChannels.graphql?raw'
import alertChannelsChooseText from './alertChannelsChoose.graphql?raw'
import alertResendText from './alertResend.graphql?raw'
import alertRulesText from './alertRules.graphql?raw'
import alertRulesSetText from './alertRulesSet.graphql?raw'
import alertsReceiveText from './alertsReceive.graphql?raw'
import alertsText from './alerts.graphql?raw'
import alignmentText from './alignment.graphql?raw'
import alignmentDraftText from './alignmentDraft.graphql?raw'
import alignmentWhatIfText from './alignmentWhatIf.graphql?raw'
import alignmentEditText from './alignmentEdit.graphql?raw'
import alignmentPublishText from './alignmentPublish.graphql?raw'
import alignmentRevertText from './alignmentRevert.graphql?raw'
import alignmentsText from './alignments.graphql?raw'
import batchesText from './batches.graphql?raw'
import batchUndoText from './batchUndo.graphql?raw'
import changedText from './changed.graphql?raw'
import changesText from './changes.graphql?raw'
import dayReplanText from './dayReplan.graphql?raw'
import deliveriesText from './deliveries.graphql?raw'
import deviceForgetText from './deviceForget.graphql?raw'
import deviceRegisterText from './deviceRegister.graphql?raw'
import fragmentsText from './fragments.graphql?raw'
import mapCellsText from './mapCells.graphql?raw'
import meText from './me.graphql?raw'
import queueText from './queue.graphql?raw'
import repText from './rep.graphql?raw'
import repDayReassignText from './repDayReassign.graphql?raw'
import repsText from './reps.graphql?raw'
import standingText from './standing.graphql?raw'
import territoriesText from './territories.graphql?raw'
import todayText from './today.graphql?raw'
import visitClaimText from './visitClaim.graphql?raw'
import visitCompleteText from './visitComplete.graphql?raw'
import visitDeclineText from './visitDecline.graphql?raw'
import visitFailText from './visitFail.graphql?raw'
import visitReassignText from './visitReassign.graphql?raw'
import visitStartText from './visitStart.graphql?raw'
import visitsText from './visits.graphql?raw'
import watchText from './watch.graphql?raw'
import webPushKeyText from './webPushKey.graphql?raw'

declare const answer: unique symbol
declare const asked: unique symbol

/** The text of one operation, which knows what it takes and what it brings. */
export type Operation<Data, Variables = Record<string, never>> = string & { [answer]?: Data; [asked]?: Variables }

const fragments = new Map(
  fragmentsText
    .split(/^(?=fragment )/m)
    .map((text) => [/^fragment (\w+)/.exec(text)?.[1] ?? '', text.trim()] as const),
)

// A document with a fragment that it does not use is refused, so each takes its own.
function operation<Data, Variables>(text: string): Operation<Data, Variables> {
  const names = new Set<string>()
  const gather = (part: string) => {
    for (const [, name = ''] of part.matchAll(/\.\.\.([A-Z]\w*)/g)) {
      if (names.has(name)) continue
      names.add(name)
      gather(fragments.get(name) ?? '')
    }
  }
  gather(text)
  return [text.trim(), ...[...names].map((name) => fragments.get(name))].join('\n\n')
}

type PageOf = { first: number; after?: string | null }
type Act<Success> = { input: { requestId: string } & Success }
type Done<Success extends string> = { __typename: Success } | noun.Problem

export const me = operation<{ me: noun.Caller }, Record<string, never>>(meText)
export const reps = operation<{ reps: noun.Page<noun.Rep> }, PageOf & { branch?: string }>(repsText)
export const rep = operation<{ rep: noun.Rep | null }, { id: string }>(repText)
export const queue = operation<{ queue: noun.Page<noun.Visit> & { totalCount: number } }, PageOf>(queueText)
export const visits = operation<
  { visits: noun.Page<noun.Visit> & { totalCount: number } },
  PageOf & { filter: { rep?: string; states?: noun.VisitState[] } }
>(visitsText)
export const territories = operation<{ territories: noun.Territory[] }, { zoom: number }>(territoriesText)
export const mapCells = operation<
  { mapCells: noun.MapCell[] },
  { bounds: { south: number; west: number; north: number; east: number }; zoom: number }
>(mapCellsText)
export const alerts = operation<{ alerts: noun.Page<noun.Alert> }, PageOf>(alertsText)
export const changes = operation<{ changes: noun.ChangeSet }, { since: string; first: number }>(changesText)
export const today = operation<{ today: noun.Day | null; offers: noun.Offer[] }, Record<string, never>>(todayText)
export const changed = operation<{ changed: noun.ChangeHint }, { since?: string }>(changedText)

export const visitReassign = operation<
  { visitReassign: noun.Reassigned | noun.Problem },
  Act<{
    visitId: string
    toRepId: string
    expectedVersion: number
    reason: string
    note?: string
    dryRun?: boolean
  }>
>(visitReassignText)

export const repDayReassign = operation<
  { repDayReassign: noun.DaysCleared | noun.Problem },
  Act<{ repIds: string[]; dates: string[]; policy: noun.DayPolicy; absence: string; dryRun?: boolean }>
>(repDayReassignText)
export const batches = operation<{ batches: noun.Page<noun.Batch> }, { first: number; after: string | null }>(batchesText)
export const batchUndo = operation<
  { batchUndo: noun.BatchUndone | noun.Problem },
  Act<{ batchId: string; dryRun?: boolean }>
>(batchUndoText)
export const watch = operation<{ watch: noun.Watch | null }, { branch: string }>(watchText)
export const dayReplan = operation<
  { dayReplan: noun.DayReplanned | noun.Problem },
  Act<{ branchId: string; mostChangesPerRep: number; dryRun?: boolean }>
>(dayReplanText)
export const visitClaim = operation<{ visitClaim: Done<'VisitClaimed'> }, Act<{ visitId: string }>>(visitClaimText)
export const visitDecline = operation<
  { visitDecline: Done<'VisitDeclined'> },
  Act<{ visitId: string; reason: string }>
>(visitDeclineText)

type Fact = { visitId: string; fact: { deviceTime: string } }
export const visitStart = operation<{ visitStart: Done<'VisitStarted'> }, Act<Fact>>(visitStartText)
export const visitComplete = operation<{ visitComplete: Done<'VisitCompleted'> }, Act<Fact>>(visitCompleteText)
export const visitFail = operation<{ visitFail: Done<'VisitFailed'> }, Act<Fact & { outcome: string }>>(visitFailText)
export const alertAcknowledge = operation<
  { alertAcknowledge: Done<'AlertAcknowledged'> },
  Act<{ alertId: string }>
>(alertAcknowledgeText)

export const alertRules = operation<{ alertRules: noun.AlertRules | null }, { branch: string }>(alertRulesText)
export const alertRulesSet = operation<
  { alertRulesSet: { __typename: 'AlertRulesAreSet'; rules: noun.AlertRules } | noun.Problem },
  Act<{ branchId: string } & noun.AlertRules>
>(alertRulesSetText)
export const alertChannels = operation<{ alertChannels: noun.AlertChannels | null }, Record<string, never>>(alertChannelsText)
export const alertChannelsChoose = operation<
  { alertChannelsChoose: { __typename: 'AlertChannelsChosen'; channels: string[] } | noun.Problem },
  Act<{ channels: string[] }>
>(alertChannelsChooseText)

export const alignments = operation<
  { alignments: noun.AlignmentLine[] },
  { branch: string; state?: noun.Alignment['state'] }
>(alignmentsText)
export const alignment = operation<{ alignment: noun.Alignment | null }, { id: string; zoom: number }>(alignmentText)
export const standing = operation<noun.Standing, { branch: string; zoom: number }>(standingText)

export const alignmentWhatIf = operation<{ alignmentWhatIf: noun.WhatIfPoint[] | null }, { branch: string }>(alignmentWhatIfText)

export const alignmentDraft = operation<
  { alignmentDraft: { __typename: 'AlignmentDrafted'; alignment: { id: string }; vacancies: number; findings: noun.DesignFinding[] } | noun.AlignmentProblem },
  Act<{ branchId: string; territories?: number; afresh?: boolean; budget?: number }>
>(alignmentDraftText)

export type AlignmentEdit = {
  alignmentId: string
  expectedVersion: number
  toTerritoryId?: string
  cells?: string[]
  polygon?: GeoJSON.Polygon
  siteIds?: string[]
  repair?: boolean
}
export const alignmentEdit = operation<
  { alignmentEdit: noun.AlignmentEdited | noun.AlignmentProblem },
  Act<AlignmentEdit & { dryRun?: boolean }>
>(alignmentEditText)
export const alignmentPublish = operation<
  { alignmentPublish: noun.InForce<'AlignmentPublished'> | noun.AlignmentProblem },
  Act<{ alignmentId: string; expectedVersion: number; from?: string; dryRun?: boolean }>
>(alignmentPublishText)
export const alignmentRevert = operation<
  { alignmentRevert: noun.InForce<'AlignmentReverted'> | noun.AlignmentProblem },
  Act<{ branchId: string; from?: string; dryRun?: boolean }>
>(alignmentRevertText)

export const alertsReceive = operation<
  { alertsReceive: Done<'AlertsReceived'> },
  Act<{ alertIds: string[]; seen: boolean; deviceId: string | null }>
>(alertsReceiveText)
export const alertResend = operation<{ alertResend: Done<'AlertResent'> }, Act<{ alertId: string }>>(alertResendText)
export const deliveries = operation<noun.Deliveries, Record<string, never>>(deliveriesText)
export const deviceRegister = operation<
  { deviceRegister: { __typename: 'DeviceRegistered'; device: { id: string } } | noun.Problem },
  Act<{ token: string; transport: string; platform: string; locale: string }>
>(deviceRegisterText)
export const deviceForget = operation<{ deviceForget: Done<'DeviceForgotten'> }, Act<{ deviceId: string }>>(
  deviceForgetText,
)
export const webPushKey = operation<{ webPushKey: string | null }, Record<string, never>>(webPushKeyText)
