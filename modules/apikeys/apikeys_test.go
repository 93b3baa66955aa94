package apikeys_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"saaskit/modules/apptest"
	"saaskit/platform/access"
)

// K3: the secret is shown once and stored as a hash; expiry and last use are shown.
func TestK3_ASecretIsShownOnce(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	owner := app.Tenant(t).Owner
	expires := time.Now().Add(time.Hour).UTC().Truncate(time.Microsecond)
	answer := owner.Post(t, "/api-keys", fields{"name": "  Import ", "scopes": []string{"notes:write", "notes:read", "notes:read"}, "expires_at": expires})
	var c created
	answer.Status(t, 201).JSON(t, &c)
	k := c.Key
	if k.Name != "Import" || strings.Join(k.Scopes, " ") != "notes:read notes:write" || k.CreatedBy.ID != owner.ID || k.CreatedBy.Name != owner.Name ||
		k.ExpiresAt == nil || !k.ExpiresAt.Equal(expires) || k.LastUsedAt != nil || k.RevokedAt != nil || k.RevokedReason != "" ||
		!strings.HasPrefix(c.Secret, k.Prefix) || len(k.Prefix) != len("saaskit_")+4 {
		t.Errorf("%s", answer.Body)
	}
	if got := answer.Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control %q", got)
	}
	bearer := app.Anonymous(t)
	bearer.Token = c.Secret
	bearer.Get(t, "/notes").Status(t, 200)
	apptest.Eventually(t, 10*time.Second, func() bool { return list(t, owner)[0].LastUsedAt != nil })
	listed := owner.Get(t, "/api-keys").Status(t, 200)
	mail := app.Mail(t, owner.Email)
	if !strings.Contains(mail.Text, k.Prefix) || !strings.Contains(mail.Text, "notes:write") {
		t.Errorf("the mail says: %s", mail.Text)
	}
	sum := sha256.Sum256([]byte(c.Secret))
	row := scan[string](t, app, "SELECT k::text FROM api_keys k WHERE id = $1", k.ID)
	if !strings.Contains(row, hex.EncodeToString(sum[:])) {
		t.Errorf("not stored as SHA-256: %s", row)
	}
	audited := scan[string](t, app, "SELECT l::text FROM audit_log l WHERE action = 'api_key.create' AND actor_label = $1", owner.Email)
	for where, text := range map[string]string{"list": string(listed.Body), "mail": mail.Text, "row": row, "audit log": audited, "log": app.Log.String()} {
		if strings.Contains(text, c.Secret) || strings.Contains(text, c.Secret[len(k.Prefix):]) {
			t.Errorf("the secret is in the %s", where)
		}
		if where != "row" && strings.Contains(text, hex.EncodeToString(sum[:])) {
			t.Errorf("the hash is in the %s", where)
		}
	}
}

// K1: nobody makes, sees, changes or revokes keys of another tenant or in another's name.
func TestK1_KeysOfOthers(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	tenant := app.Tenant(t)
	owner := tenant.Owner
	theirs := app.Tenant(t).Owner
	k := theirs.Key(t, "notes:read")
	body := fields{"name": "x", "scopes": []string{"notes:read"}}
	for _, field := range []string{"tenant_id", "user_id", "created_by", "id", "prefix", "hash", "secret", "revoked_at", "last_used_at"} {
		sent := fields{"name": "x", "scopes": []string{"notes:read"}, field: theirs.ID}
		owner.Post(t, "/api-keys", sent).Problem(t, 422, "invalid_input")
	}
	nobody, outside := app.Anonymous(t), app.User(t)
	nobody.Post(t, "/api-keys", body).Problem(t, 401, "unauthenticated")
	nobody.Get(t, "/api-keys").Problem(t, 401, "unauthenticated")
	nobody.Delete(t, at(k)).Problem(t, 401, "unauthenticated")
	outside.Post(t, "/api-keys", body).Problem(t, 403, "tenant_required")
	for _, role := range []access.Role{access.Viewer, access.Member} {
		low := tenant.Actor(t, role)
		low.Get(t, "/api-keys").Problem(t, 403, "forbidden")
		low.Post(t, "/api-keys", body).Problem(t, 403, "forbidden")
	}
	for _, a := range []*apptest.Actor{owner, tenant.Actor(t, access.Admin), owner.Key(t, "api-keys:read", "api-keys:write")} {
		a.Patch(t, at(k), fields{"name": "mine"}).Problem(t, 404, "not_found")
		a.Delete(t, at(k)).Problem(t, 404, "not_found")
		if slices.ContainsFunc(list(t, a), func(l key) bool { return l.ID == k.ID }) {
			t.Error("a key of another tenant is listed")
		}
	}
	k.Get(t, "/notes").Status(t, 200)
	if got := list(t, theirs); len(got) != 1 || got[0].Name != "Key of a test" {
		t.Errorf("%+v", got)
	}
}

// K4: a key makes no key and reaches nothing that is only a person's; what administrators do, only an owner lets a key do.
func TestK4_AKeyMintsNoKey(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	tenant := app.Tenant(t)
	owner, admin := tenant.Owner, tenant.Actor(t, access.Admin)
	all := apptest.Permissions().All().List()
	k := owner.Key(t, all...)
	body := fields{"name": "x", "scopes": []string{"notes:read"}}
	k.Post(t, "/api-keys", body).Problem(t, 403, "user_required")
	k.Get(t, "/me").Problem(t, 403, "user_required")
	k.Get(t, "/tenants").Problem(t, 403, "user_required")
	k.Get(t, "/operator/me").Problem(t, 401, "invalid_token")
	other := owner.Key(t, "notes:read")
	k.Patch(t, at(other), fields{"name": "by a key"}).Status(t, 200)
	k.Delete(t, at(other)).Status(t, 204)
	if n := app.Count(t, "SELECT count(*) FROM audit_log WHERE actor_kind = 'api_key' AND actor_id = $1 AND actor_label = 'Key of a test'", k.ID); n != 2 {
		t.Errorf("%d acts of the key on record", n)
	}

	refuse := func(a *apptest.Actor, status int, code string, scopes ...string) {
		t.Helper()
		p := a.Post(t, "/api-keys", fields{"name": "x", "scopes": scopes}).Problem(t, status, code)
		if want := fmt.Sprintf("body.scopes[%d]", len(scopes)-1); len(p.Errors) != 1 || p.Errors[0].Location != want {
			t.Errorf("%v: %+v", scopes, p.Errors)
		}
	}
	for _, scope := range all {
		switch apptest.Permissions()[scope] {
		case access.Owner:
			refuse(admin, 403, "scope_above_own", "notes:read", string(scope))
		case access.Admin:
			refuse(admin, 403, "scope_owners_only", "notes:read", string(scope))
		default:
			admin.Key(t, scope)
		}
	}
	for _, scope := range []string{"notes:", "notes:*", "*", "NOTES:READ", "notes:read ", "owner", ""} {
		refuse(owner, 422, "scope_unknown", "notes:read", scope)
	}
	owner.Post(t, "/api-keys", fields{"name": "x", "scopes": []string{}}).Problem(t, 422, "invalid_input")
	owner.Post(t, "/api-keys", fields{"name": " ", "scopes": []string{"notes:read"}}).Problem(t, 422, "name_invalid")
	owner.Post(t, "/api-keys", fields{"name": "x", "scopes": []string{"notes:read"}, "expires_at": time.Now().Add(-time.Second)}).Problem(t, 422, "expiry_invalid")

	app.Exec(t, "UPDATE sessions SET proved_at = now() - interval '11 minutes' WHERE id = $1", owner.Session)
	apptest.Eventually(t, 5*time.Second, func() bool { return owner.Post(t, "/api-keys", body).StatusCode == http.StatusForbidden })
	owner.Post(t, "/api-keys", body).Problem(t, 403, "reauthentication_required")
}

// K4: what only an owner gives to a key works only while its creator is an owner.
func TestK4_ADemotedOwnersKeyAdministersNothing(t *testing.T) {
	t.Parallel()
	tenant := apptest.Shared(t).Tenant(t)
	second := tenant.Actor(t, access.Owner)
	k := second.Key(t, "members:write", "members:read", "api-keys:read", "notes:read")
	k.Get(t, "/api-keys").Status(t, 200)
	tenant.Owner.Patch(t, "/members/"+second.ID.String(), fields{"role": "admin"}).Status(t, 200)
	apptest.Eventually(t, revocation, func() bool { return k.Get(t, "/api-keys").StatusCode == http.StatusForbidden })
	k.Get(t, "/api-keys").Problem(t, 403, "forbidden")
	k.Get(t, "/members").Status(t, 200)
	second.Get(t, "/api-keys").Status(t, 200)
}

func TestRenameAndRevoke(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	tenant := app.Tenant(t)
	owner, admin := tenant.Owner, tenant.Actor(t, access.Admin)
	k := owner.Key(t, "notes:read")
	var renamed key
	admin.Patch(t, at(k), fields{"name": " Other "}).Status(t, 200).JSON(t, &renamed)
	if renamed.Name != "Other" || strings.Join(renamed.Scopes, " ") != "notes:read" || renamed.CreatedBy.Name != owner.Name {
		t.Errorf("%+v", renamed)
	}
	admin.Patch(t, at(k), fields{"name": "\t"}).Problem(t, 422, "name_invalid")
	admin.Delete(t, at(k)).Status(t, 204)
	admin.Delete(t, at(k)).Problem(t, 404, "not_found")
	admin.Patch(t, at(k), fields{"name": "again"}).Problem(t, 404, "not_found")
	got := list(t, owner)
	if len(got) != 1 || got[0].RevokedAt == nil || got[0].RevokedReason != "revoked" || got[0].Name != "Other" {
		t.Errorf("%+v", got)
	}
	for action, want := range map[string]int{"api_key.create": 1, "api_key.rename": 1, "api_key.revoke": 1} {
		if n := app.Count(t, "SELECT count(*) FROM audit_log WHERE tenant_id = $1 AND action = $2 AND target = $3", tenant.ID, action, "api_key:"+k.ID.String()); n != want {
			t.Errorf("%s: %d times on record", action, n)
		}
	}
	owner.Get(t, "/api-keys?cursor=bm90IG91cnM").Problem(t, 422, "invalid_cursor")
}
