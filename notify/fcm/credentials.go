package fcm

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"

	"github.com/hexbeat/hexbeat/notify"
)

// ErrCredentials is the answer to a service-account file that can't be used. Around it stands which
// file, and what is wrong; never what is inside.
var ErrCredentials = errors.New("no usable service-account file")

// serviceAccount is the JSON that Firebase's console gives for a project.
type serviceAccount struct {
	Type         string `json:"type"`
	ProjectID    string `json:"project_id"`
	PrivateKeyID string `json:"private_key_id"`
	PrivateKey   string `json:"private_key"`
	ClientEmail  string `json:"client_email"`
	TokenURI     string `json:"token_uri"`
}

func readCredentials(file string) (serviceAccount, error) {
	refuse := func(why string, args ...any) (serviceAccount, error) {
		return serviceAccount{}, fmt.Errorf("push credentials %s: %w: %s", file, ErrCredentials, fmt.Sprintf(why, args...))
	}
	if file == "" {
		return serviceAccount{}, fmt.Errorf("push credentials: %w: none was named", ErrCredentials)
	}
	data, err := os.ReadFile(file)
	if pathError, ok := errors.AsType[*os.PathError](err); ok {
		return refuse("%v", pathError.Err)
	}
	if err != nil {
		return refuse("%v", err)
	}
	var account serviceAccount
	if err := json.Unmarshal(data, &account); err != nil {
		return refuse("it is not JSON of the right form")
	}
	if account.Type != "service_account" {
		return refuse("its type is %q instead of \"service_account\"; Firebase's console gives one under Project settings, Service accounts", account.Type)
	}
	if account.TokenURI == "" {
		account.TokenURI = "https://oauth2.googleapis.com/token"
	}
	for _, field := range []struct{ name, value string }{
		{"project_id", account.ProjectID}, {"private_key", account.PrivateKey}, {"client_email", account.ClientEmail},
	} {
		if field.value == "" {
			return refuse("%s is missing", field.name)
		}
	}
	if !notify.IsWebAddress(account.TokenURI) {
		return refuse("token_uri is not an http address")
	}
	if !isRSAKey(account.PrivateKey) {
		return refuse("private_key is not an RSA key in PEM")
	}
	return account, nil
}

func isRSAKey(text string) bool {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return false
	}
	if _, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return true
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	_, rsaKey := key.(*rsa.PrivateKey)
	return err == nil && rsaKey
}
