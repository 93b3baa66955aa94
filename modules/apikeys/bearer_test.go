package apikeys_test

import (
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"
	"time"

	"saaskit/modules/apptest"
	"saaskit/platform/access"
)

// K3: keys die with their creator's membership, say so in the list, and do not come back with the creator.
func TestK3_KeysDieWithTheMembership(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	there := app.Replica(t)
	tenant := app.Tenant(t)
	owner, admin := tenant.Owner, tenant.Actor(t, access.Admin)
	k, stays := admin.Key(t, "notes:read"), owner.Key(t, "notes:read")
	k.Get(t, "/notes").Status(t, 200)
	k.On(there).Get(t, "/notes").Status(t, 200)
	owner.Delete(t, "/members/"+admin.ID.String()).Status(t, 204)
	refused(t, "at the other replica", k.On(there), 401, "api_key_invalid")
	refused(t, "here", k, 401, "api_key_invalid")
	for _, l := range list(t, owner) {
		switch {
		case l.ID == k.ID && (l.RevokedAt == nil || l.RevokedReason != "creator_left" || l.CreatedBy.Name != "" || l.CreatedBy.ID != admin.ID):
			t.Errorf("the dead key: %+v", l)
		case l.ID == stays.ID && (l.RevokedAt != nil || l.CreatedBy.Name != owner.Name):
			t.Errorf("the other key: %+v", l)
		}
	}
	stays.Get(t, "/notes").Status(t, 200)
	tenant.Join(t, admin, access.Admin)
	k.Get(t, "/notes").Problem(t, 401, "api_key_invalid")
	// Not even if nobody had revoked it: it was made in another membership.
	app.Exec(t, "UPDATE api_keys SET revoked_at = NULL, revoked_reason = '' WHERE id = $1", k.ID)
	k.Get(t, "/notes").Problem(t, 401, "api_key_invalid")
}

// K3, S3: a key does what its creator may do at that moment, and no more than its scopes; a revoked key is refused on every replica within a second.
func TestS3_AKeysRightsEndEverywhereWithinASecond(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	there := app.Replica(t)
	tenant := app.Tenant(t)
	owner := tenant.Owner
	admin := tenant.Actor(t, access.Admin)
	write := func(k *apptest.Actor) int { return k.Post(t, "/notes", fields{"title": "x"}).StatusCode }
	everywhere := func(what string, k *apptest.Actor, status int, code string) {
		t.Helper()
		refused(t, what+" at the other replica", k.On(there), status, code)
		refused(t, what, k, status, code)
	}
	k := admin.Key(t, "notes:read", "notes:write")
	for _, at := range []*apptest.Actor{k, k.On(there)} {
		if write(at) != http.StatusCreated {
			t.Fatal("the key does not write")
		}
	}
	owner.Patch(t, "/members/"+admin.ID.String(), fields{"role": "viewer"}).Status(t, 200)
	for _, at := range []*apptest.Actor{k.On(there), k} {
		apptest.Eventually(t, revocation, func() bool { return write(at) == http.StatusForbidden })
		at.Get(t, "/notes").Status(t, 200)
	}
	app.Exec(t, "UPDATE users SET disabled_at = now() WHERE id = $1", admin.ID)
	everywhere("a disabled creator", k, 401, "api_key_invalid")
	app.Exec(t, "UPDATE users SET disabled_at = NULL WHERE id = $1", admin.ID)
	k.Get(t, "/notes").Status(t, 200)

	owner.Delete(t, at(k)).Status(t, 204)
	everywhere("a revoked key", k, 401, "api_key_invalid")
}

// T10: a suspended tenant is closed to its keys, for reading too.
func TestT10_ASuspendedTenantsKeysStop(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	tenant := app.Tenant(t)
	k := tenant.Owner.Key(t, "notes:read")
	k.Get(t, "/notes").Status(t, 200)
	tenant.Suspend(t)
	refused(t, "a suspended tenant", k, 403, "tenant_suspended")
	app.Operator(t).Post(t, "/operator/tenants/"+tenant.ID.String()+"/restore", fields{"reason": "a test"}).Status(t, 200)
	apptest.Eventually(t, 5*time.Second, func() bool { return k.Get(t, "/notes").StatusCode == http.StatusOK })
}

// M3: where the tenant requires a second factor, keys of a creator who has none stop.
func TestM3_KeysMeetTheTenantsSecondFactor(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	tenant := app.Tenant(t)
	k := tenant.Owner.Key(t, "notes:read")
	k.Get(t, "/notes").Status(t, 200)
	app.Exec(t, "UPDATE tenants SET require_second_factor = true WHERE id = $1", tenant.ID)
	refused(t, "a creator without a second factor", k, 403, "second_factor_required_here")
	app.Exec(t, "INSERT INTO totp_factors (user_id, seed, created_at) VALUES ($1, 'sealed', now())", tenant.Owner.ID)
	refused(t, "a creator with an app that is not set up", k, 403, "second_factor_required_here")
	works := func() {
		t.Helper()
		apptest.Eventually(t, 5*time.Second, func() bool { return k.Get(t, "/notes").StatusCode == http.StatusOK })
	}
	app.Exec(t, "UPDATE totp_factors SET confirmed_at = now() WHERE user_id = $1", tenant.Owner.ID)
	works()
	app.Exec(t, "DELETE FROM totp_factors WHERE user_id = $1", tenant.Owner.ID)
	refused(t, "a creator who removed their second factor", k, 403, "second_factor_required_here")
	app.Exec(t, `INSERT INTO passkeys (id, user_id, name, credential_id, public_key, sign_count, flags, transports, aaguid, created_at)
		VALUES (gen_random_uuid(), $1, 'Laptop', 'credential of a test', '', 0, 0, '', '', now())`, tenant.Owner.ID)
	works()
}

// K3: a key expires at its exact moment by the database's clock, also when it was used just before.
func TestK3_AKeyExpiresAtItsMoment(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	owner := app.Tenant(t).Owner
	c := mint(t, owner, fields{"name": "brief", "scopes": []string{"notes:read"}, "expires_at": time.Now().Add(1500 * time.Millisecond)})
	k := app.Anonymous(t)
	k.Token = c.Secret
	now := func() time.Time { return scan[time.Time](t, app, "SELECT clock_timestamp()") }
	worked, refused := 0, 0
	for refused < 3 {
		before := now()
		r := k.Get(t, "/notes")
		after := now()
		switch {
		case r.StatusCode == http.StatusOK && !before.Before(*c.Key.ExpiresAt):
			t.Fatalf("works %s after it expired", before.Sub(*c.Key.ExpiresAt))
		case r.StatusCode != http.StatusOK && after.Before(*c.Key.ExpiresAt):
			t.Fatalf("is refused %s before it expires: %s", c.Key.ExpiresAt.Sub(after), r.Body)
		case r.StatusCode == http.StatusOK:
			worked++
		default:
			r.Problem(t, 401, "api_key_invalid")
			refused++
		}
	}
	if worked < 3 {
		t.Errorf("it worked %d times", worked)
	}
	if got := list(t, owner); len(got) != 1 || got[0].RevokedAt != nil || got[0].ExpiresAt == nil {
		t.Errorf("%+v", got)
	}
}

// K3: a key is taken in the Authorization header as a bearer, and nowhere else.
func TestK3_AKeyIsTakenAsABearerOnly(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	k := app.Tenant(t).Owner.Key(t, "notes:read")
	secret := k.Token
	k.Token = ""
	for _, name := range []string{"key", "api_key", "apikey", "token", "access_token", "authorization"} {
		if r := k.Get(t, "/notes?"+name+"="+secret); r.StatusCode != http.StatusUnauthorized && r.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("in the address as %s: %d", name, r.StatusCode)
		}
	}
	basic := func(user, password string) string {
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
	}
	for what, headers := range map[string][]string{
		"cookie":                 {"Cookie", "session=" + secret + "; token=" + secret + "; api_key=" + secret},
		"another header":         {"X-Api-Key", secret},
		"Basic, user":            {"Authorization", basic(secret, "")},
		"Basic, password":        {"Authorization", basic("x", secret)},
		"Basic, as it is":        {"Authorization", "Basic " + secret},
		"Token":                  {"Authorization", "Token " + secret},
		"no scheme":              {"Authorization", secret},
		"Proxy-Authorization":    {"Proxy-Authorization", "Bearer " + secret},
		"two keys":               {"Authorization", "Bearer " + secret + "," + secret},
		"a key and more":         {"Authorization", "Bearer " + secret + " x"},
		"X-HTTP-Method-Override": {"X-Authorization", "Bearer " + secret},
	} {
		if r := k.Do(t, "GET", "/api/v1/notes", nil, headers...); r.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s: %d", what, r.StatusCode)
		}
	}
	k.Do(t, "GET", "/api/v1/notes", nil, "Authorization", "Bearer "+secret).Status(t, 200)
}

// K3, J5: what is no key by its form or checksum is refused without a look into the database.
func TestK3_NoKeyNoLook(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	k := app.Tenant(t).Owner.Key(t, "notes:read")
	looks := func() int { return strings.Count(app.Log.String(), "find who bears an API key") }
	secret := k.Token
	k.Get(t, "/notes").Status(t, 200)
	before := looks()
	for _, raw := range []string{
		"x", secret[:len(secret)-1], secret + "0", secret[:20] + "!" + secret[21:], strings.ToLower(secret), strings.Repeat("a", 4000), "saaskit_" + strings.Repeat("0", 38),
	} {
		k.Token = raw
		k.Get(t, "/notes").Problem(t, 401, "api_key_invalid")
	}
	if got := looks(); got != before || before == 0 {
		t.Errorf("%d looks, then %d", before, got)
	}
	app.Exec(t, "DELETE FROM api_keys")
	k.Token = secret
	refused(t, "a key that was deleted", k, 401, "api_key_invalid")
	if got := looks(); got == before {
		t.Error("a well-formed key was not looked up")
	}
}

// J4: a key does not pass for a token, nor a token for a key.
func TestJ4_KeysAndTokensAreApart(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	owner := app.Tenant(t).Owner
	k := owner.Key(t, "notes:read")
	secret := k.Token
	as := func(raw string) *apptest.Actor {
		a := app.Anonymous(t)
		a.Token = raw
		return a
	}
	k.Get(t, "/operator/me").Problem(t, 401, "invalid_token")
	nobody := app.Anonymous(t)
	nobody.Do(t, "POST", "/api/v1/session/refresh", fields{"tenant": ""}, "Cookie", "session="+secret).Problem(t, 401, "session_expired")
	nobody.Post(t, "/password/reset", fields{"token": secret, "password": "vexing otter lamp oboe"}).Problem(t, 422, "link_invalid")
	nobody.Post(t, "/sign-up/complete", fields{"token": secret, "name": "Eve", "password": "vexing otter lamp oboe"}).Problem(t, 422, "link_invalid")
	as(owner.Refresh).Get(t, "/notes").Problem(t, 401, "api_key_invalid")
	as(strings.ReplaceAll(owner.Token, ".", "")).Get(t, "/notes").Problem(t, 401, "api_key_invalid")
	as("saaskit_"+owner.Token).Get(t, "/notes").Problem(t, 401, "invalid_token")
	as(secret+".").Get(t, "/notes").Problem(t, 401, "invalid_token")
	as(secret+"."+secret+"."+secret).Get(t, "/notes").Problem(t, 401, "invalid_token")
	hash := scan[[]byte](t, app, "SELECT hash FROM api_keys WHERE id = $1", k.ID)
	as(hex.EncodeToString(hash)).Get(t, "/notes").Problem(t, 401, "api_key_invalid")
	as(k.ID.String()).Get(t, "/notes").Problem(t, 401, "api_key_invalid")
}
