package billing_test

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v76"

	"saaskit/modules/apptest"
	"saaskit/modules/billing"
	"saaskit/platform/access"
	emulator "saaskit/platform/emulator/stripe"
	"saaskit/platform/plan"
)

func TestZ2_RolesInBilling(t *testing.T) {
	t.Parallel()
	s := sharedShop(t)
	n := s.Tenant(t)
	for _, role := range access.Roles {
		a := n.Actor(t, role)
		if role.AtLeast(access.Admin) {
			if o := look(t, a); o.CanManage != (role == access.Owner) {
				t.Errorf("%s: can_manage is %v", role, o.CanManage)
			}
		} else {
			a.Get(t, "/billing").Problem(t, 403, "forbidden")
		}
		if role != access.Owner {
			a.Post(t, "/billing/checkout", choose("pro")).Problem(t, 403, "forbidden")
			a.Post(t, "/billing/portal", nil).Problem(t, 403, "forbidden")
		}
	}
	nobody := s.Anonymous(t)
	nobody.Get(t, "/billing").Status(t, 401)
	nobody.Post(t, "/billing/checkout", choose("pro")).Status(t, 401)
	nobody.Post(t, "/billing/portal", nil).Status(t, 401)
}

func TestThePriceListIsPublic(t *testing.T) {
	t.Parallel()
	a := apptest.Shared(t)
	var list struct {
		Items []struct {
			Key   string `json:"key"`
			Price *struct {
				Currency string `json:"currency"`
				Monthly  int64  `json:"monthly"`
				PerSeat  bool   `json:"per_seat"`
			} `json:"price"`
			Limits []struct{ Label string } `json:"limits"`
		} `json:"items"`
	}
	a.Anonymous(t).Get(t, "/billing/plans").Status(t, 200).JSON(t, &list)
	if len(list.Items) != len(a.Plans.Plans()) || list.Items[0].Price != nil || list.Items[1].Price == nil || len(list.Items[0].Limits) == 0 {
		t.Fatalf("got %+v", list)
	}
}

func TestBillingThatIsOffSaysSo(t *testing.T) {
	t.Parallel()
	a := apptest.New(t)
	owner := a.Tenant(t).Owner
	if o := look(t, owner); o.Enabled || o.CanManage || o.Plan.Key != "free" {
		t.Errorf("got %+v", o)
	}
	owner.Post(t, "/billing/checkout", choose("pro")).Problem(t, 503, "billing_off")
	owner.Post(t, "/billing/portal", nil).Problem(t, 503, "billing_off")
	a.Anonymous(t).Do(t, http.MethodPost, hook, []byte("{}")).Problem(t, 503, "billing_off")
	if !strings.Contains(a.Log.String(), "STRIPE_SECRET_KEY is not set") {
		t.Error("the start-up report does not say why")
	}
	if err := billing.Sync(t.Context(), deps(a), &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), "STRIPE_SECRET_KEY") {
		t.Errorf("sync without a key: %v", err)
	}
}

func TestThePortalCancelsAndResumes(t *testing.T) {
	t.Parallel()
	s := sharedShop(t)
	n := s.Tenant(t)
	s.subscribe(t, n, "pro")
	var link struct{ URL string }
	n.Owner.Post(t, "/billing/portal", nil).Status(t, 200).JSON(t, &link)
	press := func(action string) {
		t.Helper()
		form := url.Values{"action": {action}, "subscription": {s.subscriptions(t, n)[0].ID}}
		resp, err := http.PostForm(link.URL, form)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
	press("cancel")
	apptest.Eventually(t, 20*time.Second, func() bool { return look(t, n.Owner).CancelAt != nil })
	if o := look(t, n.Owner); o.Plan.Key != "pro" {
		t.Errorf("the plan ended before its time: %+v", o)
	}
	press("resume")
	apptest.Eventually(t, 20*time.Second, func() bool { return look(t, n.Owner).CancelAt == nil })
}

func TestSyncingTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	a := apptest.New(t)
	fresh := must[*emulator.Emulator](t)(emulator.Start(emulator.Options{}))
	t.Cleanup(fresh.Stop)
	a.Config.StripeSecretKey, a.Config.StripeAPIURL, a.Config.StripeWebhookURL = fresh.SecretKey, fresh.URL(), "http://127.0.0.1:1/hooks/stripe"
	first := runSync(t, a)
	for _, line := range []string{"+ product plan_pro", "+ price pro_monthly_usd 12.00 USD a seat a month", "+ price business_monthly_usd 99.00 USD a month", "+ webhook endpoint"} {
		if !strings.Contains(first, line) {
			t.Errorf("the report lacks %q:\n%s", line, first)
		}
	}
	before := len(fresh.Events(""))
	if second := runSync(t, a); second != "Stripe is up to date; nothing was changed.\n" || len(fresh.Events("")) != before {
		t.Errorf("the second run:\n%s", second)
	}
	for _, secret := range []string{"whsec_", fresh.SecretKey} {
		if strings.Contains(first, secret) {
			t.Error("the report shows a secret")
		}
	}
}

func TestANewPriceLeavesOldSubscribersAlone(t *testing.T) {
	t.Parallel()
	s := ownShop(t)
	n := s.Tenant(t)
	s.subscribe(t, n, "pro")
	dearer := deps(s.App)
	catalogue := append(plan.Catalogue{}, s.Plans.Plans()...)
	price := *catalogue[1].Price
	price.Monthly += 300
	catalogue[1].Price, catalogue[1].Name, catalogue[1].Grants = &price, "Professional", nil
	catalogue[0].Grants, catalogue[2].Grants = nil, nil
	dearer.Plans = must[*plan.Service](t)(plan.New(catalogue, plan.Entitlements{}))
	var out bytes.Buffer
	if err := billing.Sync(t.Context(), dearer, &out); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "+ price pro_monthly_usd 15.00") || !strings.Contains(out.String(), `~ product plan_pro "Professional"`) || strings.Contains(out.String(), "business") {
		t.Errorf("the report:\n%s", out.String())
	}
	sub := s.subscriptions(t, n)[0]
	if sub.Items.Data[0].Price.UnitAmount != 1200 {
		t.Errorf("the subscription costs %d now", sub.Items.Data[0].Price.UnitAmount)
	}
	// The lookup key has left their price, and still it is the plan's.
	must[*stripe.Subscription](t)(s.api.Subscriptions.Update(sub.ID, &stripe.SubscriptionParams{CancelAtPeriodEnd: stripe.Bool(true)}))
	apptest.Eventually(t, 20*time.Second, func() bool { return look(t, n.Owner).CancelAt != nil })
	if o := look(t, n.Owner); o.Plan.Key != "pro" {
		t.Errorf("got %+v", o)
	}
	// The running product still shows the old price, so it sells at none other.
	s.Tenant(t).Owner.Post(t, "/billing/checkout", choose("pro")).Problem(t, 503, "billing_not_synced")
}

func TestL1_TheEndpointsSecretIsSealed(t *testing.T) {
	t.Parallel()
	s := sharedShop(t)
	n := s.Tenant(t)
	s.subscribe(t, n, "pro")
	_, secret := s.event(t, s.eventOf(t, n, "customer.subscription.created"))
	var stored []byte
	if err := s.Admin.QueryRowContext(t.Context(), "SELECT value FROM billing_settings").Scan(&stored); err != nil {
		t.Fatal(err)
	}
	if len(stored) == 0 || bytes.Contains(stored, []byte(secret)) || strings.Contains(s.Log.String(), secret) || strings.Contains(s.Log.String(), s.Stripe.SecretKey) {
		t.Error("a secret of Stripe's is readable in the database or in the log")
	}
}
