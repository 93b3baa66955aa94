package oidc

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"sync"
)

const keyID = "emulator-1"

// The provider's key, and one that is not. They take a while to make, so a process makes each once.
var (
	providerKey = sync.OnceValue(newKey)
	foreignKey  = sync.OnceValue(newKey)
)

func newKey() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err) // the system's randomness never fails
	}
	return key
}

// keySet is the JWKS of the providers.
func keySet() map[string]any {
	public := providerKey().PublicKey
	return map[string]any{"keys": []any{map[string]any{
		"kty": "RSA", "use": "sig", "alg": "RS256", "kid": keyID,
		"n": base64.RawURLEncoding.EncodeToString(public.N.Bytes()), "e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(public.E)).Bytes()),
	}}}
}

func publicPEM() []byte {
	der, err := x509.MarshalPKIXPublicKey(&providerKey().PublicKey)
	if err != nil {
		panic(err) // an RSA key always encodes
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

func encode(part map[string]any) string {
	raw, err := json.Marshal(part)
	if err != nil {
		panic(err) // strings and numbers always encode
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

// signed is a JWT with RS256.
func signed(claims map[string]any, key *rsa.PrivateKey) string {
	text := encode(map[string]any{"alg": "RS256", "typ": "JWT", "kid": keyID}) + "." + encode(claims)
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:])
	if err != nil {
		panic(err) // the key is long enough for the hash
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature)
}

// symmetric is a JWT with HS256.
func symmetric(claims map[string]any, secret []byte) string {
	text := encode(map[string]any{"alg": "HS256", "typ": "JWT", "kid": keyID}) + "." + encode(claims)
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(text))
	return text + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
