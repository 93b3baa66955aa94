package invitations_test

import (
	"testing"

	"saaskit/modules/apptest"
	"saaskit/platform/fault"
)

// B8: domains are of the plans that have them. A tenant that falls back keeps its domains, which let nobody in until it has the plan again.
func TestB8_DomainsAreOfAPlan(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	tenant := app.Tenant(t)
	name := word() + ".example"
	problem := tenant.Owner.Post(t, "/domains", fields{"domain": name, "role": "member"}).Problem(t, 402, "limit_reached")
	if problem.Detail != `The Free plan does not include "Join by e-mail domain". Choose the Pro plan to use it.` {
		t.Error(problem.Detail)
	}
	if want := (fault.Limit{Key: "domains", Label: "Join by e-mail domain", Plan: "free", WantedPlan: "pro"}); problem.Limit == nil || *problem.Limit != want {
		t.Errorf("%+v", problem.Limit)
	}

	d := prove(t, app, tenant.Owner, claim(t, tenant.Owner, name)) // on Pro
	tenant.Owner.Patch(t, d.path(), fields{"auto_join": true}).Status(t, 200)
	ada, bob := userAt(t, app, "ada@"+name), userAt(t, app, "bob@"+name)
	if open := joinable(t, ada); len(open) != 1 {
		t.Fatalf("%+v", open)
	}
	join(t, ada, tenant).Status(t, 200)

	tenant.SetPlan(t, "free")
	if open := joinable(t, bob); len(open) != 0 {
		t.Errorf("a workspace without the feature is on the list: %+v", open)
	}
	join(t, bob, tenant).Problem(t, 404, "not_found")
	tenant.Owner.Post(t, "/domains", fields{"domain": "other-" + name, "role": "member"}).Problem(t, 402, "limit_reached")
	tenant.Owner.Patch(t, d.path(), fields{"auto_join": true}).Problem(t, 402, "limit_reached")
	tenant.Owner.Patch(t, d.path(), fields{"role": "viewer"}).Status(t, 200).JSON(t, &d)
	if d.VerifiedAt == nil || !d.AutoJoin || d.Role != "viewer" {
		t.Errorf("the domain is not kept: %+v", d)
	}

	tenant.SetPlan(t, "business")
	if open := joinable(t, bob); len(open) != 1 {
		t.Errorf("%+v", open)
	}
	join(t, bob, tenant).Status(t, 200)
	tenant.SetPlan(t, "free")
	tenant.Owner.Patch(t, d.path(), fields{"auto_join": false}).Status(t, 200)
	tenant.Owner.Delete(t, d.path()).Status(t, 204)
}
