package main

import (
	"context"
	"time"

	"github.com/hexbeat/hexbeat/postgres"
	"github.com/prometheus/client_golang/prometheus"
)

// alertGauges reads how alerts get through, each time they are asked for. While the record can't be reached there are none.
type alertGauges struct{ db *postgres.DB }

var (
	alertsWaiting   = prometheus.NewDesc("hexbeat_alerts_waiting", "Alerts that wait for their rep.", nil, nil)
	alertsEscalated = prometheus.NewDesc("hexbeat_alerts_escalated", "Alerts in the dispatchers' hands.", nil, nil)
	alertsDead      = prometheus.NewDesc("hexbeat_alerts_dead_letters", "Devices that an alert could not be handed to, and was not sent to again.", nil, nil)
	alertsOldest    = prometheus.NewDesc("hexbeat_alerts_oldest_waiting_seconds", "For how long the oldest unacknowledged alert has waited.", nil, nil)
)

// gaugesWithin is how long a look at the record may take.
const gaugesWithin = 3 * time.Second

// Describe lists the gauges.
func (alertGauges) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{alertsWaiting, alertsEscalated, alertsDead, alertsOldest} {
		to <- d
	}
}

// Collect reads them.
func (g alertGauges) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), gaugesWithin)
	defer cancel()
	now, err := g.db.AlertsNow(ctx)
	if err != nil {
		return
	}
	for desc, value := range map[*prometheus.Desc]float64{
		alertsWaiting: float64(now.Waiting), alertsEscalated: float64(now.Escalated), alertsDead: float64(now.Dead), alertsOldest: now.Oldest.Seconds(),
	} {
		to <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value)
	}
}
