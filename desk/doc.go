// Package desk is the doing: one file per command, one transaction each. A command loads and locks what
// it concerns, asks the pure packages what follows, and writes down the answer: the things changed, the
// decision, the audit line, events, the change feed, and the jobs that tell people. Nothing leaves the
// process before the commit.
//
//	done, err := desk.Do(ctx, d, requestID, desk.ReassignVisit{Visit: v, To: rep, Seen: 3, Reason: "OVERLOAD"})
package desk
