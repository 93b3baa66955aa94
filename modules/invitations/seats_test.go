package invitations_test

import (
	"testing"

	"saaskit/modules/apptest"
	"saaskit/platform/access"
)

// B6: owners, the invited and those of a domain take seats; a refusal spends nothing; who leaves gives theirs back.
func TestB6_MembersTakeSeats(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	tenant := app.Tenant(t)
	guest, newcomer := app.User(t), word()+"@example.com"
	links := []string{invited(t, app, tenant.Owner, "member", guest.Email), invited(t, app, tenant.Owner, "member", newcomer)}
	var last *apptest.Actor
	for range 4 {
		last = tenant.Actor(t, access.Viewer)
	}
	if seats(t, app, tenant) != 5 {
		t.Fatalf("%d seats", seats(t, app, tenant))
	}
	accept(t, guest, links[0]).Problem(t, 402, "limit_reached")
	acceptNew(t, app.Anonymous(t), links[1]).Problem(t, 402, "limit_reached")
	if n := app.Count(t, "SELECT count(*) FROM users WHERE email = $1", newcomer); n != 0 || members(t, app, tenant) != 5 {
		t.Fatalf("%d accounts, %d members", n, members(t, app, tenant))
	}
	tenant.Owner.Delete(t, "/members/"+last.ID.String()).Status(t, 204)
	accept(t, guest, links[0]).Status(t, 200)
	guest.Tenant = tenant
	tenant.SetPlan(t, "pro")
	acceptNew(t, app.Anonymous(t), links[1]).Status(t, 200)
	if members(t, app, tenant) != 6 || seats(t, app, tenant) != 6 {
		t.Fatalf("%d members, %d seats", members(t, app, tenant), seats(t, app, tenant))
	}
	// After a downgrade the members stay, and nobody joins.
	tenant.SetPlan(t, "free")
	late := app.User(t)
	accept(t, late, invited(t, app, tenant.Owner, "viewer", late.Email)).Problem(t, 402, "limit_reached")
}

// B6: the daily recount agrees with what was counted, and repairs what was not.
func TestB6_SeatsAreRecounted(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	tenant := app.Tenant(t)
	tenant.Actor(t, access.Viewer)
	app.Exec(t, "UPDATE plan_usage SET used = 0 WHERE tenant_id = $1", tenant.ID)
	app.RunJob(t, "platform.recount_usage")
	if seats(t, app, tenant) != 2 {
		t.Fatalf("%d seats", seats(t, app, tenant))
	}
}
