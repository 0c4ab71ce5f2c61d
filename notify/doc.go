// Package notify knows what is said to whom, in which words, to which device, and how it is
// sent. It decides nothing about visits; whoever changes them makes the alert.
//
//	text := notify.Text(alert, "ru")
package notify
