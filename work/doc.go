// Package work carries out the jobs that commands left in the queue, and follows the change feed to wake
// subscribers. Any number of processes may run it side by side: the queue and the record decide who does what.
//
//	client, err := work.New(work.Config{Desk: d, Senders: senders, Log: log})
//	err = client.Start(ctx)
package work
