package token_test

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"saaskit/platform/db"
	"saaskit/platform/db/dbtest"
	"saaskit/platform/secret"
	"saaskit/platform/token"
)

const issuer = "https://saas.example"

// clock is a time that only the test moves.
type clock struct{ at atomic.Int64 }

func (c *clock) now() time.Time          { return time.Unix(0, c.at.Load()).UTC() }
func (c *clock) advance(d time.Duration) { c.at.Add(int64(d)) }

type fixture struct {
	*token.Service
	replica *token.Service // another process on the same database
	db      *db.DB
	raw     *dbtest.Database
	clock   *clock
	root    secret.Root
}

func setup(t *testing.T) fixture {
	t.Helper()
	root, err := secret.Parse(dbtest.Secret)
	if err != nil {
		t.Fatal(err)
	}
	f := fixture{raw: dbtest.New(t), clock: &clock{}, root: root}
	f.clock.at.Store(time.Now().Truncate(time.Second).UnixNano())
	f.db = f.raw.Open(t)
	f.Service = token.New(f.db, root, issuer, f.clock.now)
	f.replica = token.New(f.raw.Open(t), root, issuer, f.clock.now)
	return f
}

func claims() token.Claims {
	return token.Claims{Subject: db.NewID(), Session: db.NewID(), Tenant: db.NewID(), Audience: "app"}
}

func (f fixture) issue(t *testing.T, c token.Claims) string {
	t.Helper()
	raw, _, err := f.Issue(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// signer is the genuine key, as only a thief of both the database and the secret would have it.
func (f fixture) signer(t *testing.T) (kid string, private ed25519.PrivateKey) {
	t.Helper()
	f.issue(t, claims()) // makes the first key
	var sealed []byte
	row := f.raw.Admin(t).QueryRowContext(t.Context(), `SELECT kid, private_key FROM signing_keys WHERE retire_at IS NULL`)
	if err := row.Scan(&kid, &sealed); err != nil {
		t.Fatal(err)
	}
	seed, err := f.root.Open("token/signing-key", sealed, []byte(kid))
	if err != nil {
		t.Fatal(err)
	}
	return kid, ed25519.NewKeyFromSeed(seed)
}

// forge signs a header and a payload as they are given.
func forge(t *testing.T, private ed25519.PrivateKey, header, payload any) string {
	t.Helper()
	text := encode(t, header) + "." + encode(t, payload)
	signature, err := jwt.SigningMethodEdDSA.Sign(text, private)
	if err != nil {
		t.Fatal(err)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature)
}

func encode(t *testing.T, part any) string {
	t.Helper()
	text, isText := part.(string)
	if !isText {
		raw, err := json.Marshal(part)
		if err != nil {
			t.Fatal(err)
		}
		text = string(raw)
	}
	return base64.RawURLEncoding.EncodeToString([]byte(text))
}

func decode(t *testing.T, raw string, part int) map[string]any {
	t.Helper()
	text, err := base64.RawURLEncoding.DecodeString(strings.Split(raw, ".")[part])
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]any{}
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// refused checks that a token gets the answer, and that it gets it again.
func (f fixture) refused(t *testing.T, name, raw string, want error) {
	t.Helper()
	for range 2 {
		if got, err := f.Verify(t.Context(), raw, "app"); !errors.Is(err, want) || got != (token.Claims{}) {
			t.Errorf("%s: %+v, %v", name, got, err)
			return
		}
	}
}
