package token_test

import (
	"encoding/json"
	"slices"
	"sync"
	"testing"
	"time"

	"saaskit/platform/secret"
	"saaskit/platform/token"
)

// J7: during a rotation no token fails, on no replica; the new key is public before it signs, and the old one retires after its last token.
func TestJ7_RotationFailsNothing(t *testing.T) {
	t.Parallel()
	f := setup(t)
	oldest, _ := f.signer(t)
	type issued struct {
		raw string
		at  time.Time
	}
	var live []issued
	services := []*token.Service{f.Service, f.replica}
	published := map[string]time.Time{} // when each key was first seen in a copy of the document that may be kept for JWKSLife
	used := map[string]bool{}
	rotated := false
	for step := range 180 {
		if step == 5 {
			// Two at once, on two replicas: one new key.
			var both sync.WaitGroup
			for _, service := range services {
				both.Go(func() {
					if err := service.Rotate(t.Context()); err != nil {
						t.Error(err)
					}
				})
			}
			both.Wait()
			rotated = true
		}
		for _, kid := range f.published(t) {
			if _, known := published[kid]; !known {
				published[kid] = f.clock.now()
			}
		}
		for _, service := range services {
			raw, _, err := service.Issue(t.Context(), claims())
			if err != nil {
				t.Fatal(err)
			}
			kid, _ := decode(t, raw, 0)["kid"].(string)
			used[kid] = true
			if kid != oldest && f.clock.now().Sub(published[kid]) < token.JWKSLife {
				t.Fatalf("step %d: a key signs %v after it was published", step, f.clock.now().Sub(published[kid]))
			}
			live = append(live, issued{raw, f.clock.now()})
		}
		live = slices.DeleteFunc(live, func(i issued) bool { return f.clock.now().Sub(i.at) >= token.Life })
		for _, i := range live {
			for _, service := range services {
				if _, err := service.Verify(t.Context(), i.raw, "app"); err != nil {
					t.Fatalf("step %d: a token of %v ago fails: %v", step, f.clock.now().Sub(i.at), err)
				}
			}
		}
		f.clock.advance(10 * time.Second)
	}
	if !rotated || len(used) != 2 || len(published) != 2 {
		t.Errorf("%d keys signed, %d were published", len(used), len(published))
	}
	if now := f.published(t); slices.Contains(now, oldest) || len(now) != 1 {
		t.Errorf("published in the end: %v", now)
	}
}

// J7: a key that retires takes the tokens that were verified with it along.
func TestJ7_ARetiredKeyVerifiesNothing(t *testing.T) {
	t.Parallel()
	f := setup(t)
	kid, private := f.signer(t)
	raw := f.issue(t, claims())
	if _, err := f.Verify(t.Context(), raw, "app"); err != nil {
		t.Fatal(err)
	}
	admin := f.raw.Admin(t)
	if _, err := admin.ExecContext(t.Context(), `UPDATE signing_keys SET retire_at = $1`, f.clock.now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	f.clock.advance(59 * time.Second)
	if _, err := f.Verify(t.Context(), raw, "app"); err != nil {
		t.Fatalf("before it retires: %v", err)
	}
	f.clock.advance(time.Second)
	f.refused(t, "remembered", raw, token.ErrInvalid)
	// Even one signed with it afterwards.
	payload := decode(t, raw, 1)
	payload["iat"], payload["nbf"], payload["exp"] = f.clock.now().Unix(), f.clock.now().Unix(), f.clock.now().Add(token.Life).Unix()
	f.refused(t, "signed later", forge(t, private, map[string]string{"alg": "EdDSA", "kid": kid, "typ": "at+jwt"}, payload), token.ErrInvalid)
}

// A key that is gone from the table, as after a leak, is gone from every replica as soon as they read again.
func TestJ7_ADeletedKeyVerifiesNothing(t *testing.T) {
	t.Parallel()
	f := setup(t)
	raw := f.issue(t, claims())
	if _, err := f.Verify(t.Context(), raw, "app"); err != nil {
		t.Fatal(err)
	}
	if _, err := f.raw.Admin(t).ExecContext(t.Context(), `DELETE FROM signing_keys`); err != nil {
		t.Fatal(err)
	}
	f.clock.advance(31 * time.Second)
	f.refused(t, "remembered", raw, token.ErrInvalid)
	if _, err := f.Verify(t.Context(), f.issue(t, claims()), "app"); err != nil {
		t.Errorf("a new key was not made: %v", err)
	}
}

// A row that somebody put into the table, or that another secret sealed, signs and verifies nothing.
func TestKeysOfOthersAreIgnored(t *testing.T) {
	t.Parallel()
	f := setup(t)
	kid, _ := f.signer(t)
	stranger, err := secret.Parse(secret.NewToken())
	if err != nil {
		t.Fatal(err)
	}
	if err := token.New(f.raw.Open(t), stranger, issuer, f.clock.now).Rotate(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.clock.advance(time.Minute)
	if got := f.published(t); len(got) != 1 || got[0] != kid {
		t.Errorf("published: %v, ours is %s", got, kid)
	}
	f.signer(t)
}

// published are the ids of the keys in the public document.
func (f fixture) published(t *testing.T) (kids []string) {
	t.Helper()
	raw, err := f.JWKS(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var document struct{ Keys []map[string]string }
	if err := json.Unmarshal(raw, &document); err != nil {
		t.Fatal(err)
	}
	for _, key := range document.Keys {
		if len(key) != 6 || key["kty"] != "OKP" || key["crv"] != "Ed25519" || key["use"] != "sig" || key["alg"] != "EdDSA" || len(key["x"]) != 43 {
			t.Errorf("key: %v", key)
		}
		kids = append(kids, key["kid"])
	}
	return kids
}

// 16 replicas that start at once on an empty database make one key.
func TestParallelStartsMakeOneKey(t *testing.T) {
	t.Parallel()
	f := setup(t)
	kids := make([]string, 16)
	var all sync.WaitGroup
	for i := range kids {
		service := token.New(f.db, f.root, issuer, f.clock.now)
		all.Go(func() {
			raw, _, err := service.Issue(t.Context(), claims())
			if err != nil {
				t.Error(err)
				return
			}
			kids[i], _ = decode(t, raw, 0)["kid"].(string)
		})
	}
	all.Wait()
	if distinct := slices.Compact(slices.Sorted(slices.Values(kids))); len(distinct) != 1 {
		t.Errorf("keys: %v", distinct)
	}
}
