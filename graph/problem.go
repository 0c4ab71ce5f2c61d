package graph

import (
	"context"
	"errors"
	"fmt"

	"github.com/99designs/gqlgen/graphql"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/customer"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/graph/model"
	"github.com/hexbeat/hexbeat/notify"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/roster"
)

// shape is the member of a result's union that a problem becomes.
type shape int

const (
	notFound shape = iota
	refused
	invalid
	mismatch
	conflict
	draftConflict
	taken
)

// problem is a row of the one table from sentinel to what the caller is told.
type problem struct {
	err   error
	shape shape
	code  string
	words
	retryable bool
	path      []string // the input's field; the first that the input has
}

// problems are the answers that are not what was wished for. What is not on the table is a fault: a top-level INTERNAL.
var problems = []problem{
	{dispatch.ErrNoVisit, notFound, "NOT_FOUND", words{"Визит не найден или вам не виден.", "The visit does not exist or is not yours to see."}, false, []string{"visitId", "visitIds"}},
	{roster.ErrNoRep, notFound, "NOT_FOUND", words{"Торговый представитель не найден или вам не виден.", "The rep does not exist or is not yours to see."}, false, []string{"toRepId", "repId", "repIds"}},
	{postgres.ErrNoBatch, notFound, "NOT_FOUND", words{"Изменение не найдено или оно не ваше.", "The batch does not exist or is not yours."}, false, []string{"batchId"}},
	{notify.ErrNoAlert, notFound, "NOT_FOUND", words{"Уведомление не найдено или оно не ваше.", "The alert does not exist or is not yours."}, false, []string{"alertId", "alertIds"}},
	{roster.ErrNoDevice, notFound, "NOT_FOUND", words{"Устройство не найдено или оно не ваше.", "The device does not exist or is not yours."}, false, []string{"deviceId"}},
	{roster.ErrNoBranch, notFound, "NOT_FOUND", words{"Филиал не найден или вам не виден.", "The branch does not exist or is not yours to see."}, false, []string{"branchId"}},
	{customer.ErrNoSite, notFound, "NOT_FOUND", words{"Точка не найдена или вам не видна.", "The site does not exist or is not yours to see."}, false, []string{"siteId", "siteIds"}},
	{desk.ErrNoLine, notFound, "NOT_FOUND", noLineWords, false, []string{"line"}},
	{geo.ErrNoTerritory, notFound, "NOT_FOUND", words{"Территория не найдена или вам не видна.", "The territory does not exist or is not yours to see."}, false, []string{"toTerritoryId"}},
	{postgres.ErrNoAlignment, notFound, "NOT_FOUND", words{"Черновик территорий не найден, вам не виден или уже опубликован.", "The draft of territories does not exist, is not yours to see or is published already."}, false, []string{"alignmentId"}},

	{dispatch.ErrStale, conflict, "VERSION_CONFLICT", words{"Визит изменился, пока вы на него смотрели. Посмотрите на него заново и решите ещё раз.", "The visit changed since you read it. Look at it as it is now and decide again."}, false, []string{"expectedVersion", "expectedVersions"}},
	{desk.ErrDraftChanged, draftConflict, "VERSION_CONFLICT", words{"Черновик изменился, пока вы на него смотрели. Посмотрите на него заново и решите ещё раз.", "The draft changed since you read it. Look at it as it is now and decide again."}, false, []string{"expectedVersion"}},

	{desk.ErrDraftKept, refused, "KEPT", words{"Эти территории уже действовали и хранятся для возврата к ним. Сделайте новый черновик.", "These territories were in force and are kept for going back to them. Make a new draft."}, false, []string{"alignmentId"}},
	{desk.ErrRulesChanged, refused, "RULES_CHANGED", words{"Правила изменились, пока вы на них смотрели. Посмотрите на них заново и решите ещё раз.", "The rules changed since you read them. Look at them as they are now and decide again."}, false, []string{"expectedVersion"}},
	{desk.ErrNoEarlierAlignment, refused, "NO_EARLIER", words{"До этого территорий не было: возвращаться не к чему.", "There were no territories before: there is nothing to go back to."}, false, []string{"branchId"}},
	{geo.ErrNoSites, refused, "NO_SITES", words{"В филиале нет точек с координатами. Загрузите клиентов с широтой и долготой.", "The branch has no located sites. Import customers with latitude and longitude."}, false, []string{"branchId"}},
	{geo.ErrWorkload, refused, "NO_WORKLOAD", words{"У точек филиала нет работы, которую можно разделить.", "The branch's sites have no work that could be shared."}, false, []string{"branchId"}},
	{geo.ErrTerritories, invalid, "OUT_OF_RANGE", words{"Столько территорий сделать нельзя: их должно быть не меньше одной и не больше, чем неделимых участков.", "There can't be so many territories: ask for one at least, and no more than there are indivisible places."}, false, []string{"territories"}},
	{geo.ErrBrief, invalid, "OUT_OF_RANGE", words{"Число вне допустимых границ.", "The number is out of range."}, false, []string{"tolerance"}},
	{geo.ErrRegion, invalid, "NO_AREA", words{"Это не область: контур должен быть замкнут и не пересекать себя.", "This is no area: its border must be closed and must not cross itself."}, false, []string{"polygon"}},
	{geo.ErrEdit, invalid, "IMPOSSIBLE_EDIT", words{"Так изменить территории нельзя: участок слишком велик или точка закреплена за другой территорией.", "The territories can't be changed so: the ground is too large, or a site is locked to another territory."}, false, []string{"cells"}},
	{dispatch.ErrOffShift, refused, "OFF_SHIFT", words{"В этот день у представителя нет смены. Выберите другого.", "The rep has no shift on that day. Choose another."}, true, []string{"toRepId", "repId"}},
	{dispatch.ErrAbsent, refused, "ABSENT", words{"В этот день представитель отсутствует. Выберите другого.", "The rep is absent on that day. Choose another."}, true, []string{"toRepId", "repId"}},
	{dispatch.ErrBegun, refused, "BEGUN", words{"Визит уже начат: его заканчивает тот, кто начал.", "The visit has begun: whoever began it ends it."}, false, []string{"visitId", "visitIds"}},
	{dispatch.ErrEnded, refused, "ENDED", words{"Визит уже завершён.", "The visit has ended."}, false, []string{"visitId", "visitIds"}},
	{dispatch.ErrNoMoves, refused, "NO_VISITS", words{"Там нет визитов, которые можно передать: ни одного не начатого в этот день.", "There is no visit to be moved: none of that day that has not begun."}, true, []string{"polygon", "repIds"}},
	{postgres.ErrNoSlowdown, notFound, "NOT_FOUND", words{"Такого замедления нет или оно не ваше.", "The slowdown does not exist or is not yours."}, false, []string{"slowdownId"}},
	{desk.ErrLifted, refused, "LIFTED", words{"Это замедление уже снято.", "The slowdown is over already."}, false, []string{"slowdownId"}},
	{desk.ErrUndone, refused, "UNDONE", words{"Это изменение уже отменено. Отмену можно отменить по её собственному batchId.", "The batch was taken back already. The undo has a batchId of its own, by which it can be taken back."}, false, []string{"batchId"}},
	{desk.ErrNotUndoable, refused, "NOT_UNDOABLE", words{"Такое изменение отменить нельзя: так не отменяются планы, загрузки, факты и территории. Визиты плана можно перенести или снять с дня, загруженные — отменить, территории — вернуть прежние.", "A batch of this kind can't be taken back: plans, imports, facts and territories can't be this way. Visits of a plan can be moved or taken off the day, imported ones called off, former territories brought back."}, false, []string{"batchId"}},
	{notify.ErrEnded, refused, "ALERT_ENDED", words{"Уведомление уже неактуально: его заменило новое, или его день прошёл.", "The alert has ended: a newer one took its place, or its day has passed."}, false, []string{"alertId"}},
	{dispatch.ErrTaken, taken, "TAKEN", words{"Визит уже забрали из очереди. Посмотрите, что в ней осталось.", "The visit has been taken out of the queue. Look at what is left in it."}, false, []string{"visitId"}},
	{dispatch.ErrSkills, refused, "LACKS_SKILL", words{"У представителя нет навыка, который нужен для визита.", "The rep lacks a skill that the visit needs."}, false, []string{"visitId"}},
	{dispatch.ErrShiftOver, refused, "SHIFT_OVER", words{"Смена представителя закончилась.", "The rep's shift is over."}, false, []string{"toRepId", "repId", "visitId"}},
	{dispatch.ErrNotTheirs, refused, "NOT_THEIRS", words{"Визит сейчас не у вас.", "The visit is not with you."}, false, []string{"visitId"}},
	{dispatch.ErrThere, refused, "THERE", words{"Визит уже ждёт там, куда вы его возвращаете.", "The visit waits there already."}, false, []string{"to"}},
	{dispatch.ErrNoOwner, refused, "NO_OWNER", words{"За точку никто не отвечает, и должником визита быть некому. Верните его в очередь.", "Nobody is responsible for the site, so nobody can owe the visit. Put it into the queue."}, false, []string{"to"}},
	{dispatch.ErrSameRep, refused, "SAME_REP", words{"Визит уже у этого представителя.", "The visit is with that rep already."}, false, []string{"toRepId", "repId"}},
	{dispatch.ErrOtherBranch, refused, "OTHER_BRANCH", words{"Представитель работает в другом филиале. Выберите своего.", "The rep works for another branch. Choose one of this branch."}, false, []string{"toRepId", "repId"}},
	{desk.ErrNotARep, refused, "NOT_A_REP", words{"Это может сделать только торговый представитель.", "Only a rep can do this."}, false, nil},

	{dispatch.ErrReason, invalid, "UNKNOWN_REASON", words{"Такой причины нет. Возьмите код из списка причин.", "There is no such reason. Take a code from the list of reasons."}, false, []string{"reason"}},
	{dispatch.ErrOutcome, invalid, "UNKNOWN_OUTCOME", words{"Такого исхода нет. Возьмите код из списка исходов.", "There is no such outcome. Take a code from the list of outcomes."}, false, []string{"outcome"}},
	{desk.ErrInvalid, invalid, "INVALID", words{"Значение не годится.", "The value won't do."}, false, nil},

	{desk.ErrRequestMismatch, mismatch, "REQUEST_MISMATCH", words{"Этот requestId уже использован для другого. Для нового желания нужен новый.", "This requestId was used for something else. A new wish needs a new one."}, false, []string{"requestId"}},
}

// invalidWords say what is wrong with a field, by desk.Invalid's code.
var invalidWords = map[string]words{
	"TOO_LONG":        {"Слишком длинно. Сократите.", "Too long. Make it shorter."},
	"TOO_MANY":        {"Слишком много за один раз. Разделите на части.", "Too many at once. Send them in parts."},
	"OUT_OF_RANGE":    {"Число вне допустимых границ.", "The number is out of range."},
	"EMPTY":           {"Поле не может быть пустым.", "The field can't be empty."},
	"ORDER":           {"Конец должен быть позже начала.", "The end must come after the beginning."},
	"NO_PLACE":        {"Таких координат на Земле нет. Широта от -90 до 90, долгота от -180 до 180; проверьте, не переставлены ли они.", "There is no such place on Earth. Latitude is -90 to 90, longitude -180 to 180; check that they are not swapped."},
	"UNKNOWN_KIND":    {"Такого вида визита нет.", "There is no such kind of visit."},
	"TAKEN":           {"Этот идентификатор уже занят. Для нового нужен новый.", "The id is taken. A new thing needs a new one."},
	"NO_TIME":         {"Нужно время вида 22:00.", "It must be a time of day like 22:00."},
	"EXCLUDES":        {"Это поле не сочетается с другим: одно из них лишнее.", "The field does not go with another one: leave one out."},
	"NOT_UUIDV7":      {"Идентификатор должен быть UUID версии 7.", "The id must be a UUID of version 7."},
	"PAST":            {"Это время уже прошло.", "That time has passed."},
	"OTHER_DAY":       {"Обещанное время не попадает в этот день.", "The time promised is not on that day."},
	"NOT_AS_MANY":     {"Версий должно быть столько же, сколько визитов.", "There must be as many versions as visits."},
	"TWICE":           {"Один и тот же визит назван дважды.", "The same visit is named twice."},
	"UNKNOWN_ABSENCE": {"Такого вида отсутствия нет. Возьмите SICK, VACATION, CAR, TRAINING или OTHER.", "There is no such kind of absence. Take SICK, VACATION, CAR, TRAINING or OTHER."},
}

// refusalWords say why a rep could not be chosen, by dispatch.Refusal's code.
var refusalWords = map[string]words{
	dispatch.OffShift:    {"нет смены", "has no shift"},
	dispatch.Absent:      {"отсутствует", "is absent"},
	dispatch.OtherBranch: {"из другого филиала", "works for another branch"},
	dispatch.SameRep:     {"визит уже у него", "has the visit already"},
	dispatch.ShiftOver:   {"смена закончилась", "the shift is over"},
	dispatch.LacksSkill:  {"нет нужного навыка", "lacks a skill that is needed"},
	dispatch.NoRoom:      {"нет места в дне", "has no room in the day"},
	dispatch.HasDeclined: {"уже отказался", "has given it back before"},
}

// topLevel are the faults and refusals that are no answer of the trade.
var topLevel = []struct {
	err  error
	code string
	words
}{
	{auth.ErrExpired, "UNAUTHENTICATED", words{"Срок действия токена истёк. Войдите снова.", "The token has expired. Sign in again."}},
	{auth.ErrUnauthenticated, "UNAUTHENTICATED", words{"Нужен действующий токен: Authorization: Bearer …", "A valid token is needed: Authorization: Bearer …"}},
	{auth.ErrForbidden, "FORBIDDEN", words{"Для этого нужна более широкая роль.", "This needs a wider role."}},
	{postgres.ErrUnavailable, "UNAVAILABLE", words{"База данных сейчас недоступна. Повторите запрос позже с тем же requestId.", "The database can't be reached now. Repeat the request later with the same requestId."}},
	{postgres.ErrAgain, "UNAVAILABLE", words{"Визиты меняются прямо сейчас. Повторите запрос с тем же requestId.", "The visits are being changed right now. Repeat the request with the same requestId."}},
	{context.DeadlineExceeded, "UNAVAILABLE", words{"Ответ занял слишком много времени. Повторите запрос позже с тем же requestId.", "The answer took too long. Repeat the request later with the same requestId."}},
	{context.Canceled, "UNAVAILABLE", words{"Запрос прерван.", "The request was broken off."}},
}

// answer turns what the desk said into a member of a mutation's union: success, or the problem that stands on the table.
// Anything else stays an error.
func (r *Resolver) answer(ctx context.Context, success any, err error) (any, error) {
	reading(ctx).forget() // nested fields are read after the commit
	if err == nil {
		reading(ctx).expectAfter(success)
		return success, nil
	}
	for _, p := range problems {
		if errors.Is(err, p.err) {
			return r.member(ctx, p, err)
		}
	}
	return nil, err
}

func (r *Resolver) member(ctx context.Context, p problem, err error) (any, error) {
	path, message := inList(err, r.inputPath(ctx, p.path)), p.words.in(ctx)
	switch p.shape {
	case notFound:
		return model.NotFound{Code: p.code, Message: message, Retryable: p.retryable, Path: path}, nil
	case refused:
		return model.Refused{Code: p.code, Message: message, Retryable: p.retryable, Path: path}, nil
	case mismatch:
		return model.RequestMismatch{Code: p.code, Message: message, Retryable: p.retryable, Path: path}, nil
	case conflict:
		now, visible, err := visitNow(ctx)
		if err != nil {
			return nil, err
		}
		if !visible { // it changed out of the caller's sight
			return r.answer(ctx, nil, dispatch.ErrNoVisit)
		}
		change, err := lastChange(ctx, now)
		if err != nil {
			return nil, err
		}
		return model.VersionConflict{Code: p.code, Message: message, Retryable: p.retryable, Path: path, Visit: now, Change: change}, nil
	case taken:
		state, err := takenNow(ctx)
		if err != nil {
			return r.answer(ctx, nil, err)
		}
		return model.VisitTaken{Code: p.code, Message: message, Retryable: p.retryable, Path: path, State: state}, nil
	case draftConflict:
		now, err := draftNow(ctx)
		if err != nil { // it went out of the caller's sight
			return r.answer(ctx, nil, err)
		}
		return model.AlignmentConflict{Code: p.code, Message: message, Retryable: p.retryable, Path: path, Alignment: now}, nil
	}
	result := model.Invalid{Code: p.code, Message: message, Retryable: p.retryable, Path: path}
	if wrong := (desk.Invalid{}); errors.As(err, &wrong) {
		result.Code, result.Path = wrong.Code, wrong.Path
		if said, known := invalidWords[wrong.Code]; known {
			result.Message = said.in(ctx)
		}
		if wrong.Most > 0 {
			result.Message += fmt.Sprintf(words{" Не больше %d.", " At most %d."}.in(ctx), wrong.Most)
		}
	}
	return result, nil
}

// inputPath is the first of the fields that the mutation's input has.
func (r *Resolver) inputPath(ctx context.Context, candidates []string) []string {
	field := graphql.GetFieldContext(ctx)
	if field == nil || field.Field.Definition == nil {
		return nil
	}
	input := field.Field.Definition.Arguments.ForName("input")
	if input == nil {
		return nil
	}
	for _, name := range candidates {
		if r.schema.Types[input.Type.Name()].Fields.ForName(name) != nil {
			return []string{name}
		}
	}
	return nil
}

// draftNow is the draft a stale wish was about.
func draftNow(ctx context.Context) (postgres.Alignment, error) {
	switch input := graphql.GetFieldContext(ctx).Args["input"].(type) {
	case model.AlignmentEditInput:
		return alignment(ctx, input.AlignmentID)
	case model.AlignmentPublishInput:
		return alignment(ctx, input.AlignmentID)
	}
	return postgres.Alignment{}, postgres.ErrNoAlignment
}

// visitNow is the visit a stale wish was about, and whether the caller may see it now.
func visitNow(ctx context.Context) (now dispatch.Visit, visible bool, err error) {
	switch input := graphql.GetFieldContext(ctx).Args["input"].(type) {
	case model.VisitReassignInput:
		return reading(ctx).visit.load(ctx, input.VisitID)
	case model.VisitCancelInput:
		return reading(ctx).visit.load(ctx, input.VisitID)
	case model.VisitReleaseInput:
		return reading(ctx).visit.load(ctx, input.VisitID)
	case model.VisitDeclineInput:
		return reading(ctx).visit.load(ctx, input.VisitID)
	case model.VisitClaimInput:
		return reading(ctx).visit.load(ctx, input.VisitID)
	case model.VisitRescheduleInput:
		return reading(ctx).visit.load(ctx, input.VisitID)
	case model.VisitsReassignInput:
		return staleOf(ctx, input)
	}
	return now, false, nil
}
