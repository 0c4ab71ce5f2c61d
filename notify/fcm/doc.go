// Package fcm hands pushes to Firebase Cloud Messaging, one HTTP call for each, and says what became of it in
// the words of notify. It never tries again by itself: the outbox does, and knows when.
//
// # What the phone gets
//
// The data of every message is alertId, kind and version; the words are fetched from us. No message is
// collapsible, and none has a collapse key: Firebase lets only twenty collapsible messages through to a phone at once
// and then one in three minutes, while a storm of reassignments brings more.
//
// Android gets data alone, at high priority, because Firebase makes every message with a notification of its own
// collapsible. The app wakes, fetches the alert and shows it at once, under its alert id as the tag, so that a message that came twice
// is seen once.
//
// An iPhone shows data alone late or never, so it gets an alert with a text that says nothing of the matter: title
// "Hexbeat" and the app's own text under the key HEXBEAT_ALERT. The message is mutable: the app's
// notification service extension fetches the words, and removes what it showed before under the same alert id.
//
// Phones without Google's services get nothing from here. Their alerts wait in the inbox; other senders may follow.
package fcm
