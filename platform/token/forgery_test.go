package token_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"saaskit/platform/token"
)

type dict = map[string]any

// payload is what we write, with the pairs set; a nil value takes the name away.
func (f fixture) payload(pairs ...any) dict {
	now := f.clock.now()
	out := dict{
		"iss": issuer, "aud": "app", "sub": uuid.NewString(), "sid": uuid.NewString(), "jti": uuid.NewString(),
		"iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(token.Life).Unix(),
	}
	return with(out, pairs...)
}

// with returns a copy of d with the pairs set; a nil value takes the name away.
func with(d dict, pairs ...any) dict {
	out := maps.Clone(d)
	for i := 0; i < len(pairs); i += 2 {
		name, _ := pairs[i].(string)
		if out[name] = pairs[i+1]; pairs[i+1] == nil {
			delete(out, name)
		}
	}
	return out
}

// The forger of these tables has the genuine key, so that only the rule under test stands in the way.
func TestForgeriesStartFromSomethingGenuine(t *testing.T) {
	t.Parallel()
	f := setup(t)
	kid, private := f.signer(t)
	raw := forge(t, private, dict{"alg": "EdDSA", "kid": kid, "typ": "at+jwt"}, f.payload())
	if _, err := f.Verify(t.Context(), raw, "app"); err != nil {
		t.Fatal(err)
	}
}

// J1, J2: headers.
func TestJ1J2_HeadersAreTakenOnlyAsWeWriteThem(t *testing.T) {
	t.Parallel()
	f := setup(t)
	kid, private := f.signer(t)
	good := dict{"alg": "EdDSA", "kid": kid, "typ": "at+jwt"}
	jwk := dict{"kty": "OKP", "crv": "Ed25519", "x": base64.RawURLEncoding.EncodeToString(private.Public().(ed25519.PublicKey))}
	headers := map[string]any{
		"no alg":           with(good, "alg", nil),
		"alg null":         fmt.Sprintf(`{"alg":null,"kid":%q,"typ":"at+jwt"}`, kid),
		"alg a list":       with(good, "alg", []string{"EdDSA"}),
		"alg in lower":     with(good, "alg", "eddsa"),
		"alg twice":        fmt.Sprintf(`{"alg":"none","alg":"EdDSA","kid":%q,"typ":"at+jwt"}`, kid),
		"alg twice, last":  fmt.Sprintf(`{"alg":"EdDSA","kid":%q,"typ":"at+jwt","alg":"none"}`, kid),
		"Alg and alg":      fmt.Sprintf(`{"Alg":"none","alg":"EdDSA","kid":%q,"typ":"at+jwt"}`, kid),
		"Ed25519":          with(good, "alg", "Ed25519"),
		"no typ":           with(good, "typ", nil),
		"typ JWT":          with(good, "typ", "JWT"),
		"typ in upper":     with(good, "typ", "AT+JWT"),
		"typ logout":       with(good, "typ", "logout+jwt"),
		"no kid":           with(good, "kid", nil),
		"kid empty":        with(good, "kid", ""),
		"kid unknown":      with(good, "kid", "unknown"),
		"kid a number":     with(good, "kid", 1),
		"kid a path":       with(good, "kid", "../../../../etc/passwd"),
		"kid a device":     with(good, "kid", "/dev/null"),
		"kid a URL":        with(good, "kid", "http://127.0.0.1:1/key"),
		"kid SQL":          with(good, "kid", "x' OR '1'='1' --"),
		"kid with NUL":     with(good, "kid", kid+"\x00"),
		"kid a command":    with(good, "kid", "|id"),
		"jku":              with(good, "jku", "http://127.0.0.1:1/jwks.json"),
		"x5u":              with(good, "x5u", "http://127.0.0.1:1/cert.pem"),
		"jwk":              with(good, "jwk", jwk),
		"x5c":              with(good, "x5c", []string{"AAAA"}),
		"crit":             with(good, "crit", []string{"exp"}),
		"b64 false":        with(good, "b64", false, "crit", []string{"b64"}),
		"zip":              with(good, "zip", "DEF"),
		"cty":              with(good, "cty", "JWT"),
		"another order":    fmt.Sprintf(`{"typ":"at+jwt","kid":%q,"alg":"EdDSA"}`, kid),
		"with space":       fmt.Sprintf(`{"alg": "EdDSA","kid":%q,"typ":"at+jwt"}`, kid),
		"an escape in alg": fmt.Sprintf(`{"alg":"\u0045dDSA","kid":%q,"typ":"at+jwt"}`, kid),
		"a list":           `[]`,
		"a text":           `"EdDSA"`,
		"not JSON":         `{`,
		"null":             `null`,
	}
	for name, header := range headers {
		f.refused(t, name, forge(t, private, header, f.payload()), token.ErrInvalid)
	}
	raw := forge(t, private, good, f.payload())
	parts := strings.Split(raw, ".")
	f.refused(t, "header with padding", parts[0]+"=."+parts[1]+"."+parts[2], token.ErrInvalid)
	f.refused(t, "signature with padding", raw+"=", token.ErrInvalid)
	f.refused(t, "signature in the standard alphabet", parts[0]+"."+parts[1]+"."+strings.NewReplacer("-", "+", "_", "/").Replace(parts[2])+"+", token.ErrInvalid)
}

// J1: other algorithms, with what an attacker can know.
func TestJ1_OtherAlgorithmsAreRefused(t *testing.T) {
	t.Parallel()
	f := setup(t)
	kid, private := f.signer(t)
	public := private.Public().(ed25519.PublicKey)
	x := base64.RawURLEncoding.EncodeToString(public)
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	ecKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	_, stranger, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	sign := func(method jwt.SigningMethod, key any) string {
		unsigned := jwt.NewWithClaims(method, jwt.MapClaims(f.payload()))
		unsigned.Header["kid"], unsigned.Header["typ"] = kid, "at+jwt"
		raw, err := unsigned.SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	for name, raw := range map[string]string{
		"none":                    sign(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType),
		"HS256 with the key":      sign(jwt.SigningMethodHS256, []byte(public)),
		"HS256 with its text":     sign(jwt.SigningMethodHS256, []byte(x)),
		"HS512 with the key":      sign(jwt.SigningMethodHS512, []byte(public)),
		"HS256 with an empty key": sign(jwt.SigningMethodHS256, []byte{}),
		"RS256":                   sign(jwt.SigningMethodRS256, rsaKey),
		"PS256":                   sign(jwt.SigningMethodPS256, rsaKey),
		"ES256":                   sign(jwt.SigningMethodES256, ecKey),
		"another Ed25519 key":     sign(jwt.SigningMethodEdDSA, stranger),
	} {
		f.refused(t, name, raw, token.ErrInvalid)
	}
	for _, none := range []string{"none", "None", "NONE", "nOnE", ""} {
		text := encode(t, dict{"alg": none, "kid": kid, "typ": "at+jwt"}) + "." + encode(t, f.payload())
		f.refused(t, "alg "+none, text+".", token.ErrInvalid)
		f.refused(t, "alg "+none+" with a signature", text+".AAAA", token.ErrInvalid)
	}
	good := forge(t, private, dict{"alg": "EdDSA", "kid": kid, "typ": "at+jwt"}, f.payload())
	parts := strings.Split(good, ".")
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil {
		t.Fatal(err)
	}
	for i := range signature {
		signature[i] ^= 1
		f.refused(t, "signature altered", parts[0]+"."+parts[1]+"."+base64.RawURLEncoding.EncodeToString(signature), token.ErrInvalid)
		signature[i] ^= 1
	}
	f.refused(t, "payload replaced", parts[0]+"."+encode(t, f.payload())+"."+parts[2], token.ErrInvalid)
}

// J3: claims, in tokens with a good signature.
func TestJ3_ClaimsAreRequired(t *testing.T) {
	t.Parallel()
	f := setup(t)
	kid, private := f.signer(t)
	in := func(d time.Duration) int64 { return f.clock.now().Add(d).Unix() }
	header := dict{"alg": "EdDSA", "kid": kid, "typ": "at+jwt"}
	for name, payload := range map[string]any{
		"no exp":                f.payload("exp", nil),
		"exp null":              `{"exp":null}`,
		"exp a text":            f.payload("exp", "tomorrow"),
		"exp far away":          f.payload("exp", in(time.Hour)),
		"no iat":                f.payload("iat", nil),
		"iat in the future":     f.payload("iat", in(2*time.Minute), "exp", in(6*time.Minute)),
		"no nbf":                f.payload("nbf", nil),
		"nbf in the future":     f.payload("nbf", in(2*time.Minute)),
		"no iss":                f.payload("iss", nil),
		"another iss":           f.payload("iss", "https://saas.example.evil"),
		"iss with a slash":      f.payload("iss", issuer+"/"),
		"iss in upper case":     f.payload("iss", strings.ToUpper(issuer)),
		"no aud":                f.payload("aud", nil),
		"aud empty":             f.payload("aud", ""),
		"aud an empty list":     f.payload("aud", []string{}),
		"aud of operators":      f.payload("aud", "operator"),
		"two audiences":         f.payload("aud", []string{"app", "operator"}),
		"aud a number":          f.payload("aud", 1),
		"no sub":                f.payload("sub", nil),
		"sub no id":             f.payload("sub", "root"),
		"sub a number":          f.payload("sub", 1),
		"no sid":                f.payload("sid", nil),
		"sid no id":             f.payload("sid", "x"),
		"sid zero":              f.payload("sid", uuid.Nil),
		"tid no id":             f.payload("tid", "acme"),
		"not an object":         `[]`,
		"not JSON":              `{"exp":`,
		"expired, wrong aud":    f.payload("exp", in(-time.Hour), "iat", in(-time.Hour-token.Life), "iss", "x"),
		"expired, from tomorow": f.payload("exp", in(-time.Hour), "nbf", in(time.Hour)),
	} {
		f.refused(t, name, forge(t, private, header, payload), token.ErrInvalid)
	}
	past := f.payload("exp", in(-time.Second), "iat", in(-token.Life), "nbf", in(-token.Life))
	f.refused(t, "just expired", forge(t, private, header, past), token.ErrExpired)
	past = f.payload("exp", in(-time.Hour), "iat", in(-time.Hour-token.Life), "nbf", in(-time.Hour-token.Life))
	f.refused(t, "exp negative", forge(t, private, header, f.payload("exp", -1)), token.ErrExpired)
	f.refused(t, "exp beyond numbers", forge(t, private, header, f.payload("exp", 1e300)), token.ErrExpired)
	f.refused(t, "long expired", forge(t, private, header, past), token.ErrExpired)

	// J5: expired and forged is forged.
	_, stranger, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	f.refused(t, "expired and forged", forge(t, stranger, header, past), token.ErrInvalid)
}
