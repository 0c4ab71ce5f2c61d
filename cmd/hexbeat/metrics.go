package main

import (
	"net/http"

	"github.com/hexbeat/hexbeat/live"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics is what an operator's Prometheus reads.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	pushes   *prometheus.CounterVec
}

func newMetrics(db *postgres.DB, hub *live.Hub) metrics {
	m := metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "hexbeat_http_requests_total", Help: "Requests answered, by door and status.",
		}, []string{"door", "code"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "hexbeat_http_request_seconds", Help: "Time to answer a request, by door.", Buckets: prometheus.ExponentialBuckets(0.001, 2, 14),
		}, []string{"door"}),
	}
	m.pushes = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "hexbeat_pushes_total", Help: "Tries to hand an alert to a device, by channel and what came of them: SENT, RETRY, PASSED, FORGOTTEN, DEAD.",
	}, []string{"channel", "outcome"})
	m.registry.MustRegister(alertGauges{db})
	m.registry.MustRegister(m.requests, m.seconds, m.pushes, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	gauge := func(name, help string, read func() float64) {
		m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, read))
	}
	gauge("hexbeat_subscribers", "Open subscriptions.", func() float64 { return float64(hub.Subscribers()) })
	gauge("hexbeat_database_connections", "Connections to the database.", func() float64 { return float64(db.Pool().Stat().TotalConns()) })
	gauge("hexbeat_database_connections_busy", "Connections in use.", func() float64 { return float64(db.Pool().Stat().AcquiredConns()) })
	return m
}

// pushed counts a try to hand an alert over.
func (m metrics) pushed(channel, outcome string) { m.pushes.WithLabelValues(channel, outcome).Inc() }

// count measures a handler under a door's name.
func (m metrics) count(door string, h http.Handler) http.Handler {
	label := prometheus.Labels{"door": door}
	return promhttp.InstrumentHandlerCounter(m.requests.MustCurryWith(label),
		promhttp.InstrumentHandlerDuration(m.seconds.MustCurryWith(label), h))
}
