// Package fcm hands pushes to Firebase Cloud Messaging, one HTTP call for each, and says what became of it in
// the words of notify. It never tries again by itself: the outbox does, and knows when.
//
// # What the phone gets
//
// The data of every message is alertId, kind and version; the words are fetched from us. No message is
// collapsible and none has a collapse key: of collapsible messages Firebase lets twenty through to a phone
// at once and then one in three minutes, while a storm of reassignments brings more.
//
// Android gets data alone, at high priority: Firebase makes every message with a notification of its own
// collapsible. The app wakes, fetches the alert and shows it at once, with the alert id as the
// notification's tag, so that a message that came twice is seen once.
//
// An iPhone shows data alone late or never, so it gets a notification that says nothing of the matter: the
// title "Hexbeat" and the app's own text under the key HEXBEAT_ALERT. It is mutable: the app's notification
// service extension fetches the words, and removes what it showed before under the same alert id.
//
// Phones without Google's services get nothing from here. Their alerts wait in the inbox.
package fcm
