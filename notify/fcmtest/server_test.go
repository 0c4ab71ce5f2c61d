package fcmtest

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestTheFakeReadsMessagesAsStrictlyAsTheRealOne(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ body, field string }{
		"nothing":            {``, ""},
		"unknown word":       {`{"message":{"token":"x"},"dry_run":true}`, ""},
		"unknown in message": {`{"message":{"token":"x","to":"y"}}`, "message"},
		"no recipient":       {`{"message":{"data":{"a":"b"}}}`, "message"},
		"two recipients":     {`{"message":{"token":"x","topic":"y"}}`, "message"},
		"number for text":    {`{"message":{"token":"x","data":{"a":12}}}`, "message"},
		"from":               {`{"message":{"token":"x","data":{"from":"b"}}}`, "message.data"},
		"message_type":       {`{"message":{"token":"x","data":{"message_type":"b"}}}`, "message.data"},
		"google.":            {`{"message":{"token":"x","data":{"google.a":"b"}}}`, "message.data"},
		"gcm.":               {`{"message":{"token":"x","data":{"gcm.notification.a":"b"}}}`, "message.data"},
		"priority":           {`{"message":{"token":"x","android":{"priority":"urgent"}}}`, "message.android.priority"},
		"ttl":                {`{"message":{"token":"x","android":{"ttl":"1h"}}}`, "message.android.ttl"},
		"too big":            {`{"message":{"token":"x","data":{"a":"` + strings.Repeat("b", maxPayload) + `"}}}`, "message"},
	} {
		if _, _, refusal := parse([]byte(c.body)); refusal == nil || refusal.status != http.StatusBadRequest || refusal.field != c.field {
			t.Errorf("%s: refused with %+v, want 400 about %q", name, refusal, c.field)
		}
	}
	m, dry, refusal := parse([]byte(`{"message":{"token":"x","data":{"a":"` + strings.Repeat("b", maxPayload-1) + `"}},"validate_only":true}`))
	if refusal != nil || m.Token != "x" || len(m.Data["a"]) != maxPayload-1 || !dry {
		t.Errorf("a message of 4096 bytes: %+v, %v, refused with %+v", m.Token, dry, refusal)
	}
}

func TestTheFakeBelievesOnlyItsOwnAccount(t *testing.T) {
	t.Parallel()
	fake := New(t)
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().Unix()
	claims := func(change func(map[string]any)) map[string]any {
		c := map[string]any{"iss": fake.account(), "aud": fake.tokenURI(), "scope": scope, "iat": now, "exp": now + 3600}
		change(c)
		return c
	}
	for name, c := range map[string]struct {
		assertion string
		want      int
	}{
		"good":           {sign(t, fake.key, "RS256", claims(func(map[string]any) {})), http.StatusOK},
		"another key":    {sign(t, other, "RS256", claims(func(map[string]any) {})), http.StatusBadRequest},
		"no algorithm":   {sign(t, fake.key, "none", claims(func(map[string]any) {})), http.StatusBadRequest},
		"issuer":         {sign(t, fake.key, "RS256", claims(func(c map[string]any) { c["iss"] = "x" })), http.StatusBadRequest},
		"audience":       {sign(t, fake.key, "RS256", claims(func(c map[string]any) { c["aud"] = "x" })), http.StatusBadRequest},
		"scope":          {sign(t, fake.key, "RS256", claims(func(c map[string]any) { c["scope"] = "x" })), http.StatusBadRequest},
		"expired":        {sign(t, fake.key, "RS256", claims(func(c map[string]any) { c["iat"], c["exp"] = now-7200, now-3600 })), http.StatusBadRequest},
		"of two hours":   {sign(t, fake.key, "RS256", claims(func(c map[string]any) { c["exp"] = now + 7200 })), http.StatusBadRequest},
		"of tomorrow":    {sign(t, fake.key, "RS256", claims(func(c map[string]any) { c["iat"], c["exp"] = now+86400, now+90000 })), http.StatusBadRequest},
		"not even a JWT": {"x", http.StatusBadRequest},
	} {
		response, err := http.PostForm(fake.tokenURI(), url.Values{"grant_type": {grantType}, "assertion": {c.assertion}})
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != c.want {
			t.Errorf("%s: status %d, want %d", name, response.StatusCode, c.want)
		}
	}
}

func TestTheFakeAnswersAsItIsTold(t *testing.T) {
	t.Parallel()
	fake := New(t)
	fake.Always("", Internal())
	fake.Always("a", Unregistered())
	fake.Next(Unavailable(0), TooMany(0))
	fake.Script("a", OK(), CutInside())
	for i, c := range []struct {
		token string
		want  Answer
	}{{"a", OK()}, {"b", Unavailable(0)}, {"a", CutInside()}, {"a", TooMany(0)}, {"a", Unregistered()}, {"b", Internal()}, {"a", Unregistered()}} {
		if got := fake.take(c.token); got != c.want {
			t.Errorf("answer %d, to %s = %+v, want %+v", i, c.token, got, c.want)
		}
	}
}

func TestAForgedAccessTokenIsNotBelieved(t *testing.T) {
	t.Parallel()
	fake := New(t)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, fake.URL+"/v1/projects/"+fake.Project+"/messages:send", strings.NewReader(`{"message":{"token":"x"}}`))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer forged")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusUnauthorized || len(fake.Messages()) != 0 {
		t.Errorf("status %d with %d messages, want 401 with none", response.StatusCode, len(fake.Messages()))
	}
}

func TestWaitEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := New(t).Wait(ctx, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v, want %v", err, context.Canceled)
	}
}

// sign makes an assertion with an RS256 signature, whatever the header says of it.
func sign(t *testing.T, key *rsa.PrivateKey, algorithm string, claims map[string]any) string {
	t.Helper()
	part := func(v any) string {
		data, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(data)
	}
	text := part(map[string]string{"alg": algorithm, "typ": "JWT", "kid": keyID}) + "." + part(claims)
	digest := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature)
}
