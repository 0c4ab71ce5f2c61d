package fcmtest

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	keyID     = "fcmtest"
	scope     = "https://www.googleapis.com/auth/firebase.messaging"
	grantType = "urn:ietf:params:oauth:grant-type:jwt-bearer"
)

// signingKey is one for the process: making it is the slowest thing here.
var signingKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// WriteCredentials writes a service-account file for this fake, with its token_uri, into the directory,
// readable by the owner alone, and returns its path.
func (s *Server) WriteCredentials(dir string) (string, error) {
	key, err := x509.MarshalPKCS8PrivateKey(s.key)
	if err != nil {
		return "", fmt.Errorf("encode key: %w", err)
	}
	account, err := json.MarshalIndent(map[string]string{
		"type":           "service_account",
		"project_id":     s.Project,
		"private_key_id": keyID,
		"private_key":    string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})),
		"client_email":   s.account(),
		"token_uri":      s.tokenURI(),
	}, "", "  ")
	if err != nil {
		return "", fmt.Errorf("encode service account: %w", err)
	}
	path := filepath.Join(dir, "service-account.json")
	if err := os.WriteFile(path, account, 0o600); err != nil {
		return "", fmt.Errorf("write service account: %w", err)
	}
	return path, nil
}

func (s *Server) account() string  { return "sender@" + s.Project + ".iam.gserviceaccount.com" }
func (s *Server) tokenURI() string { return s.URL + "/token" }

// exchange gives an access token for a signed assertion.
func (s *Server) exchange(w http.ResponseWriter, r *http.Request) {
	status, refused := s.countExchange()
	switch {
	case status != 0:
		writeJSON(w, status, map[string]string{"error": refused, "error_description": "as scripted"})
		return
	case r.FormValue("grant_type") != grantType:
		writeJSON(w, http.StatusBadRequest, map[string]string{"error": "unsupported_grant_type"})
		return
	}
	if err := s.verify(r.FormValue("assertion"), time.Now()); err != nil {
		writeJSON(w, http.StatusBadRequest, map[string]string{"error": "invalid_grant", "error_description": err.Error()})
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{"access_token": s.issue(), "expires_in": 3599, "token_type": "Bearer"})
}

// verify says what is wrong with an assertion: its form, its RS256 signature or its claims.
func (s *Server) verify(assertion string, now time.Time) error {
	parts := strings.Split(assertion, ".")
	if len(parts) != 3 {
		return fmt.Errorf("assertion is no JWT")
	}
	var header struct{ Alg, Typ, Kid string }
	var claims struct {
		Iss, Scope, Aud string
		Iat, Exp        int64
	}
	if err := decodePart(parts[0], &header); err != nil {
		return fmt.Errorf("header: %w", err)
	}
	if err := decodePart(parts[1], &claims); err != nil {
		return fmt.Errorf("claims: %w", err)
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil {
		return fmt.Errorf("signature: %w", err)
	}
	if header.Alg != "RS256" || header.Kid != keyID {
		return fmt.Errorf("signed with %s by key %q", header.Alg, header.Kid)
	}
	digest := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if err := rsa.VerifyPKCS1v15(&s.key.PublicKey, crypto.SHA256, digest[:], signature); err != nil {
		return fmt.Errorf("signature: %w", err)
	}
	const slack = 60
	switch {
	case claims.Iss != s.account():
		return fmt.Errorf("unknown issuer")
	case claims.Aud != s.tokenURI():
		return fmt.Errorf("meant for another audience")
	case !slices.Contains(strings.Fields(claims.Scope), scope):
		return fmt.Errorf("scope %s is not asked for", scope)
	case claims.Exp <= now.Unix() || claims.Iat > now.Unix()+slack || claims.Exp-claims.Iat > 3600+slack:
		return fmt.Errorf("token must be short-lived and of a reasonable timeframe")
	}
	return nil
}

func decodePart(part string, into any) error {
	data, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, into)
}

// RefuseTokens makes the token endpoint answer every exchange with the status and OAuth error, such as 400
// invalid_grant for a revoked key. Status 0 makes it work again.
func (s *Server) RefuseTokens(status int, oauthError string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokenStatus, s.tokenError = status, oauthError
}

// ExpireTokens forgets every access token handed out: the next send with one of them gets 401.
func (s *Server) ExpireTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.issued)
}

// Exchanges is how many times an access token was asked for.
func (s *Server) Exchanges() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.exchanges
}

func (s *Server) countExchange() (status int, oauthError string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.exchanges++
	return s.tokenStatus, s.tokenError
}

func (s *Server) issue() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	token := rand.Text()
	s.issued[token] = true
	return token
}

func (s *Server) believes(r *http.Request) bool {
	token, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	s.mu.Lock()
	defer s.mu.Unlock()
	return bearer && s.issued[token]
}
