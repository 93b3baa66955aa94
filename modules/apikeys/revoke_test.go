package apikeys_test

import (
	"testing"

	"saaskit/modules/apptest"
	"saaskit/platform/access"
)

// K3, L4: each working key that ends with a membership is on record, with whoever ended the membership. One that had expired ended before.
func TestK3_KeysThatEndWithAMembershipAreOnRecord(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	tenant := app.Tenant(t)
	removed, leaves := tenant.Actor(t, access.Admin), tenant.Actor(t, access.Admin)
	tenant.Owner.Key(t, "notes:read")
	keys := map[*apptest.Actor][]*apptest.Actor{removed: {removed.Key(t, "notes:read"), removed.Key(t, "notes:write")}, leaves: {leaves.Key(t, "notes:read")}}
	gone, expired := removed.Key(t, "notes:read"), removed.Key(t, "notes:read")
	tenant.Owner.Delete(t, at(gone)).Status(t, 204)
	app.Exec(t, "UPDATE api_keys SET created_at = now() - interval '2 days', expires_at = now() - interval '1 day' WHERE id = $1", expired.ID)

	tenant.Owner.Delete(t, "/members/"+removed.ID.String()).Status(t, 204)
	leaves.Post(t, "/tenant/leave", nil).Status(t, 204)
	for creator, by := range map[*apptest.Actor]*apptest.Actor{removed: tenant.Owner, leaves: leaves} {
		for _, k := range keys[creator] {
			n := app.Count(t, `SELECT count(*) FROM audit_log WHERE tenant_id = $1 AND action = 'api_key.revoke' AND target = $2
				AND actor_id = $3 AND actor_label = $4 AND detail ->> 'reason' = 'creator_left'`, tenant.ID, "api_key:"+k.ID.String(), by.ID, by.Email)
			if n != 1 {
				t.Errorf("%d entries of a key", n)
			}
		}
	}
	if n := app.Count(t, "SELECT count(*) FROM audit_log WHERE tenant_id = $1 AND action = 'api_key.revoke'", tenant.ID); n != 4 {
		t.Errorf("%d keys revoked on record", n)
	}
	if n := app.Count(t, "SELECT count(*) FROM api_keys WHERE tenant_id = $1 AND revoked_at IS NULL", tenant.ID); n != 1 {
		t.Errorf("%d keys are left", n)
	}
}
