package webpush

import (
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
)

// ErrKeys is the answer to keys that are none.
var ErrKeys = errors.New("no usable Web Push keys")

// Keys are what push services know us by (VAPID, RFC 8292). Browsers subscribe for one public key: with another they can't be reached.
type Keys struct {
	Public  string `json:"public"`  // what the page subscribes with: base64url of the uncompressed point
	Private string `json:"private"` // base64url
}

// NewKeys makes keys.
func NewKeys() (Keys, error) {
	private, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return Keys{}, fmt.Errorf("make Web Push keys: %w", err)
	}
	code := base64.RawURLEncoding.EncodeToString
	return Keys{Public: code(private.PublicKey().Bytes()), Private: code(private.Bytes())}, nil
}

// ParseKeys reads what Keys.String wrote. It refuses with ErrKeys what is no pair of keys, or not of one another.
func ParseKeys(text string) (Keys, error) {
	var k Keys
	if json.Unmarshal([]byte(text), &k) != nil {
		return Keys{}, fmt.Errorf("%w: not of the right form", ErrKeys)
	}
	bytes, err := base64.RawURLEncoding.DecodeString(k.Private)
	if err != nil {
		return Keys{}, fmt.Errorf("%w: the private one is no base64", ErrKeys)
	}
	private, err := ecdh.P256().NewPrivateKey(bytes)
	if err != nil {
		return Keys{}, fmt.Errorf("%w: the private one is no key of P-256", ErrKeys)
	}
	if base64.RawURLEncoding.EncodeToString(private.PublicKey().Bytes()) != k.Public {
		return Keys{}, fmt.Errorf("%w: the public one does not belong to the private one", ErrKeys)
	}
	return k, nil
}

// String is the keys as the record keeps them; a secret.
func (k Keys) String() string {
	text, _ := json.Marshal(k) // two texts
	return string(text)
}
