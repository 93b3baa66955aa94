package token

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// key is a signing key whose private part has been opened.
type key struct {
	kid       string
	public    ed25519.PublicKey
	private   ed25519.PrivateKey
	signsFrom time.Time
	retireAt  *time.Time
}

func (k *key) retired(at time.Time) bool { return k.retireAt != nil && !at.Before(*k.retireAt) }

func (k *key) sameEnd(other *key) bool {
	if k.retireAt == nil || other.retireAt == nil {
		return k.retireAt == other.retireAt
	}
	return k.retireAt.Equal(*other.retireAt)
}

// keyset is the keys as they were at one moment, and the tokens they have verified.
type keyset struct {
	loaded   time.Time
	ordered  []*key          // newest to sign first
	byHeader map[string]*key // by the encoded header of its tokens
	jwks     []byte
	seen     *verified
}

var errNoSigner = errors.New("every signing key has retired")

// signer returns the newest key that signs at the time. Where a clock is behind and none does yet, the oldest has to: nobody else signs with another.
func (s *keyset) signer(at time.Time) (*key, error) {
	var oldest *key
	for _, k := range s.ordered {
		if k.retired(at) {
			continue
		}
		if oldest = k; !at.Before(k.signsFrom) {
			return k, nil
		}
	}
	if oldest == nil {
		return nil, errNoSigner
	}
	return oldest, nil
}

// same reports whether both hold the same keys with the same ends.
func (s *keyset) same(other *keyset) bool {
	if other == nil || len(s.ordered) != len(other.ordered) {
		return false
	}
	for i, k := range s.ordered {
		o := other.ordered[i]
		if k.kid != o.kid || !k.sameEnd(o) {
			return false
		}
	}
	return true
}

func newKeyset(ordered []*key, loaded time.Time) (*keyset, error) {
	set := &keyset{loaded: loaded, ordered: ordered, byHeader: map[string]*key{}, seen: newVerified()}
	document := struct {
		Keys []jwk `json:"keys"`
	}{Keys: []jwk{}}
	for _, k := range ordered {
		set.byHeader[headerOf(k.kid)] = k
		document.Keys = append(document.Keys, jwkOf(k))
	}
	var err error
	if set.jwks, err = json.Marshal(document); err != nil {
		return nil, fmt.Errorf("encode the public keys: %w", err)
	}
	return set, nil
}

// headerOf is the first part of every token signed by the key.
func headerOf(kid string) string {
	header, err := json.Marshal(map[string]string{"alg": "EdDSA", "kid": kid, "typ": typ})
	if err != nil {
		panic(err) // a map of strings always encodes
	}
	return base64.RawURLEncoding.EncodeToString(header)
}

// jwk is a public key as RFC 8037 writes it.
type jwk struct {
	KeyType   string `json:"kty"`
	Curve     string `json:"crv"`
	X         string `json:"x"`
	KeyID     string `json:"kid"`
	Use       string `json:"use"`
	Algorithm string `json:"alg"`
}

func jwkOf(k *key) jwk {
	return jwk{KeyType: "OKP", Curve: "Ed25519", X: base64.RawURLEncoding.EncodeToString(k.public), KeyID: k.kid, Use: "sig", Algorithm: "EdDSA"}
}

// kidOf is the thumbprint of the public key (RFC 7638), so that a kid names one key for good.
func kidOf(public ed25519.PublicKey) string {
	sum := sha256.Sum256(fmt.Appendf(nil, `{"crv":"Ed25519","kty":"OKP","x":"%s"}`, base64.RawURLEncoding.EncodeToString(public)))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
