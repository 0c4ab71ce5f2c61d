package notify_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/notify"
	"pgregory.net/rapid"
)

// clock is a moment of 4 November 2026 in Moscow.
func clock(hour, minute int) time.Time {
	return time.Date(2026, time.November, 4, hour, minute, 0, 0, moscow)
}

var moscow = time.FixedZone("MSK", 3*3600)

func at(hour, minute int) *time.Time { t := clock(hour, minute); return &t }

// waiting is an alert made at noon that nobody has been asked to carry.
func waiting(more ...func(*notify.Alert)) notify.Alert {
	a := notify.Alert{State: notify.Queued, Priority: notify.Normal, CreatedAt: clock(12, 0), ExpiresAt: clock(24, 0)}
	for _, m := range more {
		m(&a)
	}
	return a
}

func asked(at time.Time, channels ...string) func(*notify.Alert) {
	return func(a *notify.Alert) { a.Channels, a.AskedAt = channels, &at }
}

func with(p notify.Priority) func(*notify.Alert) { return func(a *notify.Alert) { a.Priority = p } }

func TestDecide(t *testing.T) {
	t.Parallel()
	both := []string{notify.Email, notify.FCM}
	work := hours.Window{From: clock(9, 0), To: clock(18, 0)}
	night := notify.Rules{QuietFrom: 22 * 60, QuietTo: 7 * 60}
	for name, c := range map[string]struct {
		rules notify.Rules
		alert notify.Alert
		now   time.Time
		reach []string
		more  notify.Situation
		want  notify.Step
	}{
		"at once":                         {notify.Rules{}, waiting(), clock(12, 0), both, notify.Situation{}, notify.Step{Ask: notify.FCM, Due: clock(12, 10)}},
		"in the order chosen":             {notify.Rules{Channels: []string{"HMS", notify.Email}}, waiting(), clock(12, 0), both, notify.Situation{}, notify.Step{Ask: notify.Email, Due: clock(12, 10)}},
		"a transport of tomorrow":         {notify.Rules{}, waiting(), clock(12, 0), []string{"PIGEON"}, notify.Situation{}, notify.Step{Ask: "PIGEON", Due: clock(12, 10)}},
		"urgent is asked sooner again":    {notify.Rules{}, waiting(with(notify.Urgent)), clock(12, 0), both, notify.Situation{}, notify.Step{Ask: notify.FCM, Due: clock(12, 3)}},
		"a socket answers at once":        {notify.Rules{}, waiting(), clock(12, 0), []string{notify.FCM, notify.Socket}, notify.Situation{}, notify.Step{Ask: notify.Socket, Due: clock(12, 0).Add(notify.SocketPatience)}},
		"patience is not over":            {notify.Rules{}, waiting(asked(clock(12, 0), notify.FCM)), clock(12, 9), both, notify.Situation{}, notify.Step{Due: clock(12, 10)}},
		"the next channel":                {notify.Rules{}, waiting(asked(clock(12, 0), notify.FCM)), clock(12, 10), both, notify.Situation{}, notify.Step{Ask: notify.Email, Due: clock(12, 20)}},
		"passed over":                     {notify.Rules{}, waiting(asked(clock(12, 0), notify.FCM)).PassedOver(clock(12, 1)), clock(12, 1), both, notify.Situation{}, notify.Step{Ask: notify.Email, Due: clock(12, 11)}},
		"the dispatcher":                  {notify.Rules{}, waiting(asked(clock(12, 10), notify.FCM, notify.Email)), clock(12, 20), both, notify.Situation{}, notify.Step{End: notify.Escalated, Why: notify.NotAcknowledged}},
		"a rep's patience":                {notify.Rules{Patience: time.Hour}, waiting(asked(clock(12, 0), notify.FCM)), clock(12, 59), both, notify.Situation{}, notify.Step{Due: clock(13, 0)}},
		"no device waits":                 {notify.Rules{}, waiting(), clock(12, 0), nil, notify.Situation{}, notify.Step{Due: clock(12, 10)}},
		"no device, nobody looked":        {notify.Rules{}, waiting(), clock(12, 10), nil, notify.Situation{}, notify.Step{End: notify.Escalated, Why: notify.NoChannel}},
		"no device, then one":             {notify.Rules{}, waiting(), clock(12, 5), both, notify.Situation{}, notify.Step{Ask: notify.FCM, Due: clock(12, 15)}},
		"the day is over":                 {notify.Rules{}, waiting(), clock(24, 0), both, notify.Situation{}, notify.Step{End: notify.Expired, Why: notify.DayOver}},
		"never after the day":             {notify.Rules{}, waiting(), clock(23, 55), both, notify.Situation{}, notify.Step{Ask: notify.FCM, Due: clock(24, 0)}},
		"acknowledged":                    {notify.Rules{}, waiting(func(a *notify.Alert) { a.State = notify.Acknowledged }), clock(12, 0), both, notify.Situation{}, notify.Step{}},
		"quiet in the evening":            {night, waiting(), clock(22, 0), both, notify.Situation{}, notify.Step{Hold: notify.QuietHours, Due: clock(24, 0)}},
		"quiet in the morning":            {night, waiting(), clock(6, 59), both, notify.Situation{}, notify.Step{Hold: notify.QuietHours, Due: clock(7, 0)}},
		"at work past midnight":           {night, waiting(), clock(23, 0), both, notify.Situation{Shifts: []hours.Window{{From: clock(20, 0), To: clock(28, 0)}}}, notify.Step{Ask: notify.FCM, Due: clock(23, 10)}},
		"at work until the evening":       {night, waiting(), clock(22, 30), both, notify.Situation{Shifts: []hours.Window{{From: clock(14, 0), To: clock(23, 0)}}}, notify.Step{Hold: notify.QuietHours, Due: clock(24, 0)}},
		"quiet no more":                   {night, waiting(), clock(7, 0), both, notify.Situation{}, notify.Step{Ask: notify.FCM, Due: clock(7, 10)}},
		"quiet at noon":                   {notify.Rules{QuietFrom: 12 * 60, QuietTo: 13 * 60}, waiting(), clock(12, 30), both, notify.Situation{}, notify.Step{Hold: notify.QuietHours, Due: clock(13, 0)}},
		"urgent breaks the quiet":         {night, waiting(with(notify.Urgent)), clock(6, 0), both, notify.Situation{}, notify.Step{Ask: notify.FCM, Due: clock(6, 3)}},
		"off shift":                       {notify.Rules{ShiftOnly: true}, waiting(), clock(7, 59), both, notify.Situation{Shifts: []hours.Window{work}}, notify.Step{Hold: notify.OffShift, Due: clock(8, 0)}},
		"an hour before the shift":        {notify.Rules{ShiftOnly: true}, waiting(), clock(8, 0), both, notify.Situation{Shifts: []hours.Window{work}}, notify.Step{Ask: notify.FCM, Due: clock(8, 10)}},
		"no shift in sight":               {notify.Rules{ShiftOnly: true}, waiting(), clock(8, 0), both, notify.Situation{}, notify.Step{Hold: notify.OffShift, Due: clock(9, 0)}},
		"with a customer":                 {notify.Rules{VisitQuiet: true}, waiting(), clock(12, 0), both, notify.Situation{Visiting: true}, notify.Step{Hold: notify.AtVisit, Due: clock(12, 0).Add(30 * time.Second)}},
		"with a customer, nobody minds":   {notify.Rules{}, waiting(), clock(12, 0), both, notify.Situation{Visiting: true}, notify.Step{Ask: notify.FCM, Due: clock(12, 10)}},
		"with a customer, urgent":         {notify.Rules{VisitQuiet: true}, waiting(with(notify.Urgent)), clock(12, 0), both, notify.Situation{Visiting: true}, notify.Step{Ask: notify.FCM, Due: clock(12, 3)}},
		"low waits for the digest":        {notify.Rules{Digest: []hours.TimeOfDay{8 * 60, 17 * 60}}, waiting(with(notify.Low)), clock(12, 0), both, notify.Situation{}, notify.Step{Hold: notify.Digest, Due: clock(17, 0)}},
		"the digest goes out":             {notify.Rules{Digest: []hours.TimeOfDay{8 * 60, 17 * 60}}, waiting(with(notify.Low)), clock(17, 0), both, notify.Situation{}, notify.Step{Ask: notify.FCM, Due: clock(17, 10)}},
		"low, and no digest":              {notify.Rules{}, waiting(with(notify.Low)), clock(12, 0), both, notify.Situation{}, notify.Step{Ask: notify.FCM, Due: clock(12, 10)}},
		"after the digest it goes on":     {notify.Rules{Digest: []hours.TimeOfDay{8 * 60}}, waiting(with(notify.Low), asked(clock(12, 0), notify.FCM)), clock(12, 10), both, notify.Situation{}, notify.Step{Ask: notify.Email, Due: clock(12, 20)}},
		"silence also holds the next":     {notify.Rules{VisitQuiet: true}, waiting(asked(clock(12, 0), notify.FCM)), clock(12, 30), both, notify.Situation{Visiting: true}, notify.Step{Hold: notify.AtVisit, Due: clock(12, 30).Add(30 * time.Second)}},
		"a device that came after asking": {notify.Rules{}, waiting(asked(clock(12, 0), notify.FCM)), clock(12, 10), []string{notify.FCM, "HMS"}, notify.Situation{}, notify.Step{Ask: "HMS", Due: clock(12, 20)}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := c.more
			s.Now, s.Zone, s.Reachable = c.now, moscow, c.reach
			got := c.rules.Decide(c.alert, s)
			if diff := cmp.Diff(got, c.want); diff != "" {
				t.Errorf("Decide (-got +want):\n%s", diff)
			}
		})
	}
}

// Whatever the rules and however often channels fail, an alert comes to an end by itself, and each step lies ahead.
func TestEveryAlertEnds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		minute := rapid.IntRange(0, 24*60-1)
		r := notify.Rules{
			Channels:  rapid.SliceOfN(rapid.SampledFrom(notify.Transports()), 0, 4).Draw(t, "channels"),
			Patience:  time.Duration(rapid.IntRange(0, 120).Draw(t, "patience")) * time.Minute,
			QuietFrom: hours.TimeOfDay(minute.Draw(t, "from")), QuietTo: hours.TimeOfDay(minute.Draw(t, "to")),
			ShiftOnly: rapid.Bool().Draw(t, "shift"), VisitQuiet: rapid.Bool().Draw(t, "visit"),
		}
		for _, m := range rapid.SliceOfNDistinct(minute, 0, 2, rapid.ID).Draw(t, "digest") {
			r.Digest = append(r.Digest, hours.TimeOfDay(m))
		}
		s := notify.Situation{Now: clock(12, 0), Zone: moscow, Shifts: []hours.Window{{From: clock(13, 0), To: clock(18, 0)}}}
		s.Reachable = rapid.SliceOfNDistinct(rapid.SampledFrom(append(notify.Transports(), "PIGEON")), 0, -1, rapid.ID).Draw(t, "reach")
		a := waiting(with(rapid.SampledFrom([]notify.Priority{notify.Urgent, notify.Normal, notify.Low}).Draw(t, "priority")))
		used := map[string]bool{}
		for turns := 0; a.State.Open(); turns++ {
			if turns > 5000 {
				t.Fatalf("it does not end: %+v", a)
			}
			s.Visiting = rapid.IntRange(0, 3).Draw(t, "visiting") == 0
			step := r.Decide(a, s)
			var err error
			if a, err = step.Apply(a, s.Now); err != nil {
				t.Fatal(err)
			}
			if step.End != "" {
				if a.Reason == "" || a.DueAt != nil {
					t.Fatalf("ended without a reason, or goes on: %+v", a)
				}
				break
			}
			if used[step.Ask] || step.Hold != "" && a.Priority == notify.Urgent || !step.Due.After(s.Now) || step.Due.After(a.ExpiresAt) {
				t.Fatalf("at %v: %+v", s.Now, step)
			}
			if step.Ask != "" {
				used[step.Ask] = true
				if rapid.Bool().Draw(t, "fails") {
					a = a.PassedOver(s.Now)
					continue
				}
			}
			s.Now = step.Due
		}
	})
}

func TestPriorityAndExpiry(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		alert notify.Alert
		want  notify.Priority
		over  time.Time
	}{
		"this afternoon":          {notify.Alert{Kind: notify.VisitsGained, Items: []notify.Item{{Arrival: at(16, 0)}}}, notify.Normal, clock(24, 0)},
		"in half an hour":         {notify.Alert{Kind: notify.VisitsGained, Items: []notify.Item{{Arrival: at(12, 30)}}}, notify.Urgent, clock(24, 0)},
		"no more in half an hour": {notify.Alert{Kind: notify.VisitsLost, Items: []notify.Item{{Told: at(12, 30)}}}, notify.Urgent, clock(24, 0)},
		"urgent by its reason":    {notify.Alert{Kind: notify.VisitsGained, Items: []notify.Item{{Arrival: at(17, 0), Reason: "URGENT"}}}, notify.Urgent, clock(24, 0)},
		"tomorrow":                {notify.Alert{Kind: notify.VisitsGained, Items: []notify.Item{{Arrival: at(36, 0)}}}, notify.Low, clock(48, 0)},
		"on no day yet":           {notify.Alert{Kind: notify.VisitsGained, Items: []notify.Item{{}}}, notify.Low, clock(24, 0)},
		"a plan":                  {notify.Alert{Kind: notify.DayPlanned, Items: []notify.Item{{Arrival: at(13, 0)}}}, notify.Low, clock(24, 0)},
		"tomorrow there":          {notify.Alert{Kind: notify.VisitsGained, Items: []notify.Item{{Arrival: at(16, 0), TimeZone: "Asia/Kamchatka"}}}, notify.Low, clock(24+15, 0)},
		"struck":                  {notify.Alert{Kind: notify.VisitsGained, Items: []notify.Item{{Arrival: at(12, 30), Struck: true}, {Arrival: at(15, 0)}}}, notify.Normal, clock(24, 0)},
	} {
		c.alert.CreatedAt = clock(12, 0)
		c.alert.ExpiresAt = notify.ExpiryOf(c.alert.Items, moscow, clock(12, 0))
		if got := notify.PriorityOf(c.alert); got != c.want || !c.alert.ExpiresAt.Equal(c.over) {
			t.Errorf("%s: %s until %v, want %s until %v", name, got, c.alert.ExpiresAt, c.want, c.over)
		}
	}
	if got := notify.ExpiryOf(nil, moscow, clock(23, 55)); !got.Equal(clock(24, 55)) {
		t.Errorf("an alert of five to midnight expires at %v, want an hour later", got)
	}
}
