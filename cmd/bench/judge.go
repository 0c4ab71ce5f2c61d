package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"strconv"
)

// verdict is what territory_check.py says of a design.
type verdict struct {
	Imbalance      float64 `json:"imbalance"`
	ImbalanceFloor float64 `json:"imbalance_floor"`
	Pieces         int     `json:"pieces"`
	MedoidKm       float64 `json:"medoid_km"`
	RMSKm          float64 `json:"rms_km"`
	MovedShare     float64 `json:"moved_share"`
	MovedBound     float64 `json:"moved_bound"`
	MovedFlow      float64 `json:"moved_flow"` // in hexbeat's own report only
}

// judge is the program that measures a design from outside the engine.
type judge struct{ python, script string }

func newJudge(python, shared string) judge {
	return judge{python, filepath.Join(shared, "tools", "territory_check.py")}
}

func (j judge) requirement() requirement {
	return requirement{[]string{j.python, "-c", "import numpy, scipy"}, []string{"python3-numpy", "python3-scipy"}}
}

// of measures a design; current is an earlier one, or empty.
func (j judge) of(ctx context.Context, customers, design string, k int, current string, tolerance float64) (verdict, error) {
	args := []string{j.script, customers, design, "--workload", "workload", "--reps", strconv.Itoa(k)}
	if current != "" {
		args = append(args, "--current", current, "--tolerance", decimal(tolerance))
	}
	cmd := exec.CommandContext(ctx, j.python, args...)
	var out bytes.Buffer
	cmd.Stdout = &out
	if _, err := measured(ctx, cmd); err != nil {
		return verdict{}, fmt.Errorf("judge: %w", err)
	}
	var v verdict
	if err := json.Unmarshal(out.Bytes(), &v); err != nil {
		return verdict{}, fmt.Errorf("judge: read %q: %w", out.String(), err)
	}
	return v, nil
}
