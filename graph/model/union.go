package model

// Interfaces and unions are empty: the domain's types owe the wire no methods.
type (
	Node                   any
	Problem                any
	VisitCreateResult      any
	VisitReassignResult    any
	VisitArriveResult      any
	VisitStartResult       any
	VisitCompleteResult    any
	VisitFailResult        any
	VisitCancelResult      any
	VisitReleaseResult     any
	VisitDeclineResult     any
	VisitClaimResult       any
	RepSkillsSetResult     any
	DispatchRulesSetResult any
	QueueAssignResult      any
	AlignmentDraftResult   any
	AlignmentEditResult    any
	AlignmentPublishResult any
	AlignmentRevertResult  any
	AlertAcknowledgeResult any
	DeviceRegisterResult   any
	DeviceForgetResult     any
	PositionReportResult   any
	VisitsReassignResult   any
	RepDayReassignResult   any
	VisitRescheduleResult  any
	BatchUndoResult        any
	AbsenceReportResult    any
	AreaSlowdownResult     any
	SlowdownLiftResult     any
	DayReplanResult        any
)
