package apikeys_test

import (
	"maps"
	"testing"
	"time"

	"saaskit/modules/apptest"
	"saaskit/platform/access"
)

const lastUsed = "SELECT coalesce(last_used_at, 'epoch') FROM api_keys WHERE id = $1"

// K3: the last use is noted at most once a minute, and never in the way of the request.
func TestK3_UseIsNotedBesideTheRequest(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	k := app.Tenant(t).Owner.Key(t, "notes:read")

	// Somebody holds the row: the request does not wait for them.
	holder, err := app.Admin.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = holder.Rollback() }()
	if _, err := holder.ExecContext(t.Context(), "SELECT FROM api_keys WHERE id = $1 FOR UPDATE", k.ID); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	k.Get(t, "/notes").Status(t, 200)
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("the request took %s", took)
	}
	if err := holder.Rollback(); err != nil {
		t.Fatal(err)
	}
	noted := func() time.Time { return scan[time.Time](t, app, lastUsed, k.ID) }
	apptest.Eventually(t, 10*time.Second, func() bool { return noted().Year() > 2000 })
	first := noted()

	old := first.Add(-59 * time.Second)
	app.Exec(t, "UPDATE api_keys SET last_used_at = $1 WHERE id = $2", old, k.ID)
	apptest.Eventually(t, 10*time.Second, func() bool { // until the minute is over
		k.Get(t, "/notes").Status(t, 200)
		now := noted()
		if now.After(old) && now.Sub(old) < time.Minute {
			t.Fatalf("noted again after %s", now.Sub(old))
		}
		return now.After(old)
	})
}

// R4: no more keys work at a time than are allowed, however many are made at once.
func TestRace_R4_NeverMoreKeysThanAllowed(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	rounds := apptest.Rounds(t)
	for range rounds {
		tenant := app.Tenant(t)
		owner := tenant.Owner
		app.Exec(t, `INSERT INTO api_keys (tenant_id, id, name, prefix, hash, scopes, created_by)
			SELECT $1, gen_random_uuid(), 'filler', 'saaskit_0000', sha256(gen_random_uuid()::text::bytea), '{notes:read}', $2 FROM generate_series(1, 98)`,
			tenant.ID, owner.ID)
		outcomes := apptest.AtOnce(64, func(int) string {
			return owner.Post(t, "/api-keys", fields{"name": "x", "scopes": []string{"notes:read"}}).Outcome(t)
		})
		if !maps.Equal(outcomes, map[string]int{"201": 2, "409 too_many_keys": 62}) {
			t.Fatalf("%v", outcomes)
		}
		owner.Post(t, "/api-keys", fields{"name": "x", "scopes": []string{"notes:read"}}).Problem(t, 409, "too_many_keys")
		app.Exec(t, "UPDATE api_keys SET revoked_at = now(), revoked_reason = 'revoked' WHERE tenant_id = $1 AND name = 'filler'", tenant.ID)
		owner.Key(t, "notes:read")
	}
	t.Logf("race: %d rounds, 64 at once: never more keys than allowed", rounds)
}

// Keys that stopped to work long ago are purged, and no others.
func TestOldKeysArePurged(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	owner := app.Tenant(t).Owner
	old := map[string]string{
		"expired long ago": "created_at = now() - interval '92 days', expires_at = now() - interval '91 days'",
		"revoked long ago": "revoked_at = now() - interval '91 days', revoked_reason = 'revoked'",
		"expired":          "created_at = now() - interval '92 days', expires_at = now() - interval '89 days'",
		"revoked":          "revoked_at = now() - interval '89 days', revoked_reason = 'revoked'",
		"unused":           "created_at = now() - interval '900 days'",
	}
	for name, set := range old {
		k := owner.Key(t, "notes:read")
		app.Exec(t, "UPDATE api_keys SET name = '"+name+"', "+set+" WHERE id = $1", k.ID)
	}
	app.RunJob(t, "apikeys.purge")
	left := map[string]bool{}
	for _, k := range list(t, owner) {
		left[k.Name] = true
	}
	if len(left) != 3 || !left["expired"] || !left["revoked"] || !left["unused"] {
		t.Errorf("%v", left)
	}
}

// K3: of many who use a key at once and all at different replicas, each is served.
func TestAKeyServesManyAtOnce(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	tenant := app.Tenant(t)
	k := tenant.Actor(t, access.Admin).Key(t, "notes:read")
	outcomes := apptest.AtOnce(64, func(int) string { return k.Get(t, "/notes").Outcome(t) })
	if outcomes["200"] != 64 {
		t.Errorf("%v", outcomes)
	}
}
