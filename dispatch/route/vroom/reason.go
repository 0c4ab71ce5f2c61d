package vroom

import (
	"fmt"
	"strings"

	"github.com/hexbeat/hexbeat/dispatch/route"
)

// Reasons is why a task is unassigned, under the name hexbeat.
type Reasons struct {
	Vehicles map[string]int `json:"vehicles"`       // how many each reason keeps away
	Near     []NearMiss     `json:"near,omitempty"` // whom it misses by the least, nearest first
}

// NearMiss is a vehicle that a small change would bring.
type NearMiss struct {
	Vehicle uint64 `json:"vehicle"`
	Reason  string `json:"reason"`
	By      int64  `json:"by"`  // seconds, or an amount, or a cost
	Say     string `json:"say"` // the same in words
}

// reasons says why each of the visits is left over.
func (m *Model) reasons(unserved []route.Unserved) map[int32]Reasons {
	all := map[int32]Reasons{}
	for _, u := range unserved {
		r := Reasons{Vehicles: map[string]int{}}
		for code, n := range u.Counts {
			if n > 0 {
				r.Vehicles[nameOf(route.Code(code))] = n
			}
		}
		for _, near := range u.Near {
			r.Near = append(r.Near, m.nearMiss(near))
		}
		all[u.Visit] = r
	}
	return all
}

func nameOf(code route.Code) string { return strings.ToLower(code.String()) }

func (m *Model) nearMiss(r route.Reason) NearMiss {
	miss := NearMiss{Vehicle: m.problem.Vehicles[r.Vehicle].ID, Reason: nameOf(r.Code), By: r.By}
	if r.Code != route.Overfull {
		miss.By = (r.By + m.ticks - 1) / m.ticks
	}
	switch {
	case r.Code == route.Shut && r.Opens:
		miss.Say = fmt.Sprintf("it would fit if its window opened %d s earlier", miss.By)
	case r.Code == route.Shut:
		miss.Say = fmt.Sprintf("it would fit if its window closed %d s later", miss.By)
	case r.Code == route.NoTime:
		miss.Say = fmt.Sprintf("the best gap is %d s too short", miss.By)
	case r.Code == route.Overfull:
		miss.Say = fmt.Sprintf("there is room for %d less than it needs", miss.By)
	case r.Code == route.Dear:
		miss.Say = fmt.Sprintf("it would cost %d more than its prize", miss.By)
	default:
		miss.Say = fmt.Sprintf("it misses by %d", miss.By)
	}
	return miss
}
