package billing_test

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stripe/stripe-go/v76"

	"saaskit/modules/apptest"
	"saaskit/modules/billing"
	"saaskit/platform/access"
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
			Key    string `json:"key"`
			Prices []struct {
				Interval string `json:"interval"`
				Currency string `json:"currency"`
				Amount   int64  `json:"amount"`
			} `json:"prices"`
			PerSeat   bool  `json:"per_seat"`
			TrialDays int64 `json:"trial_days"`
			Metered   []struct {
				Unit    string                      `json:"unit"`
				Amounts []struct{ Currency string } `json:"amounts"`
			} `json:"metered"`
			Limits []struct{ Label string } `json:"limits"`
		} `json:"items"`
	}
	a.Anonymous(t).Get(t, "/billing/plans").Status(t, 200).JSON(t, &list)
	if len(list.Items) != len(a.Plans.Plans()) || len(list.Items[0].Limits) == 0 || list.Items[0].Prices == nil || len(list.Items[0].Prices) != 0 {
		t.Fatalf("got %+v", list)
	}
	pro := list.Items[1]
	if len(pro.Prices) != 4 || pro.Prices[0].Amount != 1200 || !pro.PerSeat || pro.TrialDays != 14 || len(pro.Metered) != 1 || len(pro.Metered[0].Amounts) != 2 {
		t.Errorf("got %+v", pro)
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

// The portal is for cards, invoices and billing details. What has a price, a reason or a preview is done in the product.
func TestThePortalOffersWhatIsSafe(t *testing.T) {
	t.Parallel()
	s := sharedShop(t)
	n := s.Tenant(t)
	s.subscribe(t, n, "pro")
	var link struct{ URL string }
	n.Owner.Post(t, "/billing/portal", nil).Status(t, 200).JSON(t, &link)
	list := s.api.BillingPortalConfigurations.List(&stripe.BillingPortalConfigurationListParams{IsDefault: stripe.Bool(false)})
	if !list.Next() {
		t.Fatal("the portal has no configuration")
	}
	have := list.BillingPortalConfiguration().Features
	if !have.InvoiceHistory.Enabled || !have.PaymentMethodUpdate.Enabled || !have.CustomerUpdate.Enabled || have.SubscriptionCancel.Enabled || have.SubscriptionUpdate.Enabled {
		t.Errorf("the portal: %+v", have)
	}
	form := url.Values{"action": {"cancel"}, "subscription": {s.subscriptions(t, n)[0].ID}}
	resp, err := http.PostForm(link.URL, form)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if sub := s.subscriptions(t, n)[0]; sub.CancelAtPeriodEnd || sub.CancelAt != 0 {
		t.Errorf("the portal canceled: %+v", sub)
	}
}

func TestL1_TheEndpointsSecretIsSealed(t *testing.T) {
	t.Parallel()
	s := sharedShop(t)
	n := s.Tenant(t)
	s.subscribe(t, n, "pro")
	_, secret := s.event(t, s.eventOf(t, n, "customer.subscription.created"))
	var stored []byte
	if err := s.Admin.QueryRowContext(t.Context(), "SELECT value FROM billing_settings WHERE key = 'webhook_endpoint'").Scan(&stored); err != nil {
		t.Fatal(err)
	}
	if len(stored) == 0 || bytes.Contains(stored, []byte(secret)) || strings.Contains(s.Log.String(), secret) || strings.Contains(s.Log.String(), s.Stripe.SecretKey) {
		t.Error("a secret of Stripe's is readable in the database or in the log")
	}
}
