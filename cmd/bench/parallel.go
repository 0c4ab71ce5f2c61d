package main

import (
	"runtime"
	"sync"
)

// parallel answers f(0) … f(n-1), worked out side by side.
func parallel[T any](n int, f func(int) T) []T {
	out := make([]T, n)
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	var wait sync.WaitGroup
	for i := range n {
		slots <- struct{}{}
		wait.Go(func() {
			defer func() { <-slots }()
			out[i] = f(i)
		})
	}
	wait.Wait()
	return out
}
