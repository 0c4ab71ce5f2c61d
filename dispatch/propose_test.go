package dispatch

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/hours"
)

func TestProposeOffersWhatIsNew(t *testing.T) {
	t.Parallel()
	now := at(t, "12:00")
	free := aDay(t, 1, "09:00", "18:00")
	var queue []Call
	for i := range 5 {
		queue = append(queue, aCall(50+i, float64(i+1), 0).waiting())
	}
	late := aCall(60, 0.5, 0).open(t, "16:00", "17:00").waiting()
	soon := free.meeting(t, "12:40", "17:30")
	for name, c := range map[string]struct {
		day   RepDay
		queue []Call
		was   Offered
		offer []uuid.UUID
		gone  []uuid.UUID
	}{
		"three, the nearest first":  {free, queue, Offered{}, []uuid.UUID{id(1050), id(1051), id(1052)}, nil},
		"heard of before":           {free, queue, Offered{Heard: []uuid.UUID{id(1050)}}, []uuid.UUID{id(1051), id(1052), id(1053)}, nil},
		"with what stands":          {free, queue, Offered{Open: []uuid.UUID{id(1054), id(1051)}, Heard: []uuid.UUID{id(1054), id(1051)}}, []uuid.UUID{id(1050), id(1051), id(1054)}, nil},
		"a full offer stands":       {free, queue, Offered{Open: []uuid.UUID{id(1052), id(1053), id(1054)}}, nil, nil},
		"taken by somebody else":    {free, nil, Offered{Open: []uuid.UUID{id(1050)}, Heard: []uuid.UUID{id(1050)}}, nil, []uuid.UUID{id(1050)}},
		"not while it is idle time": {soon, []Call{late}, Offered{}, nil, nil},
		"busy":                      {free.doing(aCall(1, 3, 0)), queue, Offered{}, nil, nil},
	} {
		got := Propose(c.day, c.queue, c.was, 20*time.Minute, now)
		var offered []uuid.UUID
		for _, o := range got.Offer {
			offered = append(offered, o.Visit.ID)
		}
		if diff := cmp.Diff(c.offer, offered) + cmp.Diff(c.gone, got.Gone); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if len(got.Offer) > 0 && !got.Until.Equal(at(t, "12:30")) {
			t.Errorf("%s: until %v", name, got.Until)
		}
	}
	ending := aDay(t, 1, "09:00", "12:25")
	if got := Propose(ending, []Call{aCall(50, 0.1, 0).waiting()}, Offered{}, 20*time.Minute, now); len(got.Offer) != 1 || !got.Until.Equal(at(t, "12:25")) {
		t.Errorf("an offer outlives the shift: until %v", got.Until)
	}
}

func TestRescueTakesOnlyWhatAColleagueCanKeep(t *testing.T) {
	t.Parallel()
	now := at(t, "09:00")
	long, promised := aCall(1, 1, 0), aCall(2, 2, 0)
	long.Visit.Service = 4 * time.Hour
	promised.Visit.Promised = &hours.Window{From: at(t, "11:00"), To: at(t, "12:00")}
	losing := aDay(t, 1, "09:00", "18:00").doing(long, promised)
	colleague, away := aDay(t, 2, "09:00", "18:00"), aDay(t, 2, "09:00", "18:00")
	away.Absent = true
	with := func(change func(*Visit)) RepDay {
		day := losing
		day.Calls = append([]Call(nil), losing.Calls...)
		change(&day.Calls[1].Visit)
		return day
	}
	given := with(func(*Visit) {})
	given.Calls[1].DeclinedBy = []uuid.UUID{colleague.Rep.ID}
	for name, c := range map[string]struct {
		days []RepDay
		want bool
	}{
		"a colleague is free":      {[]RepDay{losing, colleague}, true},
		"nobody else":              {[]RepDay{losing}, false},
		"the colleague is away":    {[]RepDay{losing, away}, false},
		"the colleague gave it up": {[]RepDay{given, colleague}, false},
		"a person chose the rep":   {[]RepDay{with(func(v *Visit) { v.RepPinned = true }), colleague}, false},
		"nothing was promised":     {[]RepDay{with(func(v *Visit) { v.Promised = nil }), colleague}, false},
		"it is under way":          {[]RepDay{with(func(v *Visit) { v.State = UnderWay }), colleague}, false},
		"the promise will be kept": {[]RepDay{aDay(t, 1, "09:00", "18:00").doing(promised), colleague}, false},
	} {
		call, rep, found := Rescue(c.days, now)
		if found != c.want || found && (call.Visit.ID != promised.Visit.ID || rep != losing.Rep.ID || call.Visit.State != Assigned) {
			t.Errorf("%s: %t, visit %s of %s", name, found, call.Visit.ID, rep)
		}
	}
}
