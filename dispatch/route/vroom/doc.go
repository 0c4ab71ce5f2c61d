// Package vroom speaks the JSON of VROOM, the open-source routing engine: it reads its problems, hands them to
// dispatch/route in numbers, and answers in its shape. Whoever uses VROOM can put this in its place.
//
//	problem, err := vroom.Read(stdin)       // an *Error names the field and says what to do
//	model, err := problem.Model()
//	solver, err := route.NewSolver(…)       // of model.Problem()
//	answer := model.Solution(solver.Best(), solver.Unserved())
//	err = answer.Write(stdout)
//
// It speaks version 1.15 as VROOM's API.md documents it. What it can't do is refused by name, and so is a field that
// nobody knows: nothing is ignored. What Hexbeat adds stands under the name hexbeat.
package vroom
