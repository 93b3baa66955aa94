package billing_test

import (
	"testing"
	"time"

	"saaskit/modules/apptest"
)

// B8: what a tenant is entitled to follows from the status that Stripe has, from the moment it is known.
func TestB8_TheStatusDecidesThePlan(t *testing.T) {
	t.Parallel()
	s := ownShop(t)
	n := s.Tenant(t)
	sub := s.renewalFails(t, n)
	becomes := func(status, plan string) {
		t.Helper()
		apptest.Eventually(t, 20*time.Second, func() bool { return look(t, n.Owner).Status == status })
		if o := look(t, n.Owner); o.Plan.Key != plan {
			t.Errorf("%s: on plan %s, expected %s", status, o.Plan.Key, plan)
		}
	}
	becomes("past_due", "pro") // the card is charged again for some days: nobody is locked out by one failure
	for _, step := range []struct{ status, plan string }{
		{"unpaid", "free"},
		{"active", "pro"},
		{"paused", "free"},
		{"trialing", "pro"},
		{"incomplete", "free"},
		{"past_due", "pro"},
		{"incomplete_expired", "free"},
		{"active", "pro"},
		{"canceled", "free"},
	} {
		if err := s.Stripe.SetStatus(sub, step.status); err != nil {
			t.Fatal(err)
		}
		becomes(step.status, step.plan)
	}
}
