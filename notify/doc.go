// Package notify knows what is said to whom, in which words, to which device, and how it is
// sent. It decides nothing about visits; whoever changes them makes the alert.
//
// An [Alert] lives in the inbox from the transaction that made it until the rep acknowledges it. A
// [Push] only wakes the phone: it carries ids, and the phone fetches the words from us. A [Sender] tries
// once; what follows from a refusal is written in [Policy], and trying again is the outbox's work alone.
//
//	text := words.Text(alert, device.Locale)
//	receipt, err := sender.Send(ctx, notify.NewPush(alert, device.Token))
//	if failure, ok := errors.AsType[notify.Failure](err); ok {
//		switch failure.Action {
//		case notify.Forget: // delete the device
//		case notify.Retry:  // try again after failure.Wait(attempt, rand.Float64())
//		case notify.Dead:   // keep the job with failure.Code for people to see
//		case notify.Alarm:  // tell the operator, and try again: the push itself is sound
//		}
//	}
package notify
