// Package fcmtest is a Firebase Cloud Messaging that runs here: the exchange of a signed assertion for an
// access token, and the HTTP v1 call that sends one message. It checks what it is sent as strictly as the
// real one, refuses as it is told, and remembers every call. It knows nothing of Hexbeat's alerts.
//
//	fake := fcmtest.New(t)
//	fake.Script("phone-1", fcmtest.TooMany(30*time.Second), fcmtest.OK()) // the next two answers to this token
//	sender, err := fcm.New(ctx, fcm.Config{CredentialsFile: fake.CredentialsFile, Endpoint: fake.URL})
//	…
//	messages, err := fake.Wait(ctx, 1)
//
// Outside a test, [Start] does the same and WriteCredentials says where the service-account file goes.
package fcmtest
