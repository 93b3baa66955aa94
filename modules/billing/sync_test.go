package billing_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/stripe/stripe-go/v76"

	"saaskit/modules/apptest"
	"saaskit/modules/billing"
	emulator "saaskit/platform/emulator/stripe"
	"saaskit/platform/plan"
)

const upToDate = "Stripe is up to date; nothing was changed.\n"

// account is an empty account at Stripe, with which the shop's product is configured.
func account(t *testing.T, a *apptest.App) *shop {
	t.Helper()
	fresh := must[*emulator.Emulator](t)(emulator.Start(emulator.Options{}))
	t.Cleanup(fresh.Stop)
	a.Config.StripeSecretKey, a.Config.StripeAPIURL, a.Config.StripeWebhookURL = fresh.SecretKey, fresh.URL(), "http://127.0.0.1:1/hooks/stripe"
	a.Stripe = fresh
	return newShop(t, a)
}

// sold is what is at Stripe of what Sync makes; a count of each.
type sold struct{ products, prices, meters, portals, endpoints int }

func (s *shop) sold(t *testing.T) (n sold) {
	t.Helper()
	products := s.api.Products.List(&stripe.ProductListParams{})
	for products.Next() {
		n.products++
	}
	prices := s.api.Prices.List(&stripe.PriceListParams{ListParams: stripe.ListParams{Limit: stripe.Int64(100)}})
	for prices.Next() {
		n.prices++
	}
	meters := s.api.BillingMeters.List(&stripe.BillingMeterListParams{})
	for meters.Next() {
		n.meters++
	}
	portals := s.api.BillingPortalConfigurations.List(&stripe.BillingPortalConfigurationListParams{IsDefault: stripe.Bool(false)})
	for portals.Next() {
		n.portals++
	}
	endpoints := s.api.WebhookEndpoints.List(&stripe.WebhookEndpointListParams{})
	for endpoints.Next() {
		n.endpoints++
	}
	for _, err := range []error{products.Err(), prices.Err(), meters.Err(), portals.Err(), endpoints.Err()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return n
}

// wholeCatalogue is two plans and a meter; two intervals in two currencies of each plan and of the meter on it.
var wholeCatalogue = sold{products: 3, prices: 16, meters: 1, portals: 1, endpoints: 1}

func diff(t *testing.T, d billing.Deps) string {
	t.Helper()
	var out bytes.Buffer
	if err := billing.Diff(t.Context(), d, &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestSyncingTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	s := account(t, apptest.New(t))
	dry := diff(t, deps(s.App))
	if got := s.sold(t); got != (sold{}) || len(s.Stripe.Events("")) != 0 || s.count(t, "SELECT count(*) FROM billing_settings") != 0 {
		t.Fatalf("a dry run made %+v", got)
	}
	first := runSync(t, s.App)
	for _, line := range []string{
		`+ product plan_pro "Pro"`, `+ product meter_api_calls "API calls"`, "+ meter api_calls", "+ customer portal", "+ webhook endpoint",
		"+ price pro_month_usd 12.00 USD a seat a month", "+ price pro_year_eur 110.00 EUR a seat a year", "+ price business_month_usd 99.00 USD a month",
		"+ price pro_api_calls_month_usd 0.50 USD for each 1000 beyond 10000 a month", "+ price business_api_calls_year_eur 0.36 EUR for each 1000 beyond 1200000 a year",
	} {
		if !strings.Contains(first, line) || !strings.Contains(dry, line) {
			t.Errorf("the report lacks %q:\n%s", line, first)
		}
	}
	if !strings.HasSuffix(first, "Done; 22 changed.\n") || !strings.HasSuffix(dry, "22 would be changed.\n") {
		t.Errorf("the reports end otherwise:\n%s\n%s", dry, first)
	}
	if got := s.sold(t); got != wholeCatalogue {
		t.Errorf("made: %+v", got)
	}
	before := len(s.Stripe.Events(""))
	if second := runSync(t, s.App); second != upToDate || len(s.Stripe.Events("")) != before {
		t.Errorf("the second run:\n%s", second)
	}
	for _, secret := range []string{"whsec_", s.Stripe.SecretKey} {
		if strings.Contains(first, secret) {
			t.Error("the report shows a secret")
		}
	}
}

func TestAMeteredPriceIsWhatTheCatalogueSays(t *testing.T) {
	t.Parallel()
	s := sharedShop(t)
	params := &stripe.PriceListParams{LookupKeys: stripe.StringSlice([]string{"pro_api_calls_year_usd"})}
	params.AddExpand("data.tiers")
	list := s.api.Prices.List(params)
	if !list.Next() {
		t.Fatal("there is no such price")
	}
	p := list.Price()
	if len(p.Tiers) != 2 || p.Tiers[0].UpTo != 120_000 || p.Tiers[0].UnitAmountDecimal != 0 || p.Tiers[1].UpTo != 0 || p.Tiers[1].UnitAmountDecimal != 0.05 {
		t.Errorf("the tiers: %+v", p.Tiers)
	}
	m := must[*stripe.BillingMeter](t)(s.api.BillingMeters.Get(p.Recurring.Meter, nil))
	if m.EventName != "api_calls" || m.DefaultAggregation.Formula != "sum" || m.CustomerMapping.EventPayloadKey != "stripe_customer_id" || m.ValueSettings.EventPayloadKey != "value" {
		t.Errorf("the meter: %+v", m)
	}
}

// changed is the shop's product with another catalogue.
func changed(t *testing.T, s *shop, change func(plan.Catalogue)) billing.Deps {
	t.Helper()
	d := deps(s.App)
	catalogue := slices.Clone(s.Plans.Plans())
	for i := range catalogue {
		catalogue[i].Prices, catalogue[i].Metered = slices.Clone(catalogue[i].Prices), slices.Clone(catalogue[i].Metered)
	}
	change(catalogue)
	all := plan.Entitlements{}
	for _, g := range s.Plans.Granted(catalogue[0]) {
		all[g.Key] = s.Plans.Entitlement(g.Key)
	}
	d.Plans = must[*plan.Service](t)(plan.New(catalogue, all))
	return d
}

func syncOf(t *testing.T, d billing.Deps) string {
	t.Helper()
	var out bytes.Buffer
	if err := billing.Sync(t.Context(), d, &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestANewPriceLeavesOldSubscribersAlone(t *testing.T) {
	t.Parallel()
	s := ownShop(t)
	n := s.Tenant(t)
	s.subscribe(t, n, "pro")
	dearer := changed(t, s, func(c plan.Catalogue) {
		c[1].Prices[0].Amount += 300
		c[1].Name = "Professional"
	})
	report := syncOf(t, dearer)
	if !strings.Contains(report, "+ price pro_month_usd 15.00") || !strings.Contains(report, `~ product plan_pro "Professional"`) ||
		!strings.Contains(report, "stays as it is") || strings.Contains(report, "business") || !strings.HasSuffix(report, "Done; 2 changed.\n") {
		t.Errorf("the report:\n%s", report)
	}
	if again := syncOf(t, dearer); again != upToDate {
		t.Errorf("the second run:\n%s", again)
	}
	sub := s.subscriptions(t, n)[0]
	if sub.Items.Data[0].Price.UnitAmount != 1200 {
		t.Errorf("the subscription costs %d now", sub.Items.Data[0].Price.UnitAmount)
	}
	// The lookup key has left their price, and still it is the plan's.
	must[*stripe.Subscription](t)(s.api.Subscriptions.Update(sub.ID, &stripe.SubscriptionParams{CancelAtPeriodEnd: stripe.Bool(true)}))
	s.await(t, func() bool { return look(t, n.Owner).CancelAt != nil })
	if o := look(t, n.Owner); o.Plan.Key != "pro" {
		t.Errorf("got %+v", o)
	}
	// The running product still shows the old price, so it sells at none other.
	s.Tenant(t).Owner.Post(t, "/billing/checkout", choose("pro")).Problem(t, 503, "billing_not_synced")
}

// A currency, a dearer meter and a larger allowance are new prices, and nothing else changes.
func TestSyncOfAChangedCatalogue(t *testing.T) {
	t.Parallel()
	s := account(t, apptest.New(t))
	runSync(t, s.App)
	pounds := changed(t, s, func(c plan.Catalogue) {
		c[2].Prices = append(c[2].Prices, plan.Price{Interval: plan.Month, Currency: "gbp", Amount: 7900}, plan.Price{Interval: plan.Year, Currency: "gbp", Amount: 79000})
		m := &c[2].Metered[0]
		m.Amounts = map[string]int64{"usd": 40, "eur": 36, "gbp": 32}
	})
	want := []string{"+ price business_month_gbp", "+ price business_api_calls_month_gbp", "+ price business_year_gbp", "+ price business_api_calls_year_gbp"}
	if dry := diff(t, pounds); !sameLines(dry, want, 1) {
		t.Errorf("a new currency:\n%s", dry)
	}
	syncOf(t, pounds)
	if again := syncOf(t, pounds); again != upToDate {
		t.Errorf("the second run:\n%s", again)
	}
	generous := changed(t, s, func(c plan.Catalogue) {
		c[1].Metered[0].Included *= 2
		c[2].Metered[0].Amounts = map[string]int64{"usd": 41, "eur": 36}
	})
	want = []string{
		"+ price pro_api_calls_month_usd", "+ price pro_api_calls_year_usd", "+ price pro_api_calls_month_eur", "+ price pro_api_calls_year_eur",
		"+ price business_api_calls_month_usd", "+ price business_api_calls_year_usd",
	}
	if dry := diff(t, generous); !sameLines(dry, want, 1) {
		t.Errorf("another allowance:\n%s", dry)
	}
}

// sameLines reports whether the report's lines about changes begin with those, in that order, and it has so many others at its end.
func sameLines(report string, want []string, others int) bool {
	var lines []string
	for line := range strings.Lines(report) {
		if !strings.HasPrefix(line, "  ") {
			lines = append(lines, line)
		}
	}
	if len(lines) != len(want)+others {
		return false
	}
	for i, line := range want {
		if !strings.HasPrefix(lines[i], line+" ") {
			return false
		}
	}
	return true
}

// What somebody changed at Stripe is put right, or said where it cannot be.
func TestSyncMendsWhatWasChangedAtStripe(t *testing.T) {
	t.Parallel()
	s := account(t, apptest.New(t))
	runSync(t, s.App)
	must[*stripe.Product](t)(s.api.Products.Update("plan_pro", &stripe.ProductParams{Active: stripe.Bool(false)}))
	meters := s.api.BillingMeters.List(&stripe.BillingMeterListParams{})
	if !meters.Next() {
		t.Fatal("there is no meter")
	}
	meter := meters.BillingMeter().ID
	must[*stripe.BillingMeter](t)(s.api.BillingMeters.Deactivate(meter, nil))
	portals := s.api.BillingPortalConfigurations.List(&stripe.BillingPortalConfigurationListParams{IsDefault: stripe.Bool(false)})
	if !portals.Next() {
		t.Fatal("there is no portal")
	}
	portal := portals.BillingPortalConfiguration().ID
	must[*stripe.BillingPortalConfiguration](t)(s.api.BillingPortalConfigurations.Update(portal, &stripe.BillingPortalConfigurationParams{
		Features: &stripe.BillingPortalConfigurationFeaturesParams{
			SubscriptionCancel: &stripe.BillingPortalConfigurationFeaturesSubscriptionCancelParams{Enabled: stripe.Bool(true)},
		},
	}))
	report := runSync(t, s.App)
	if !sameLines(report, []string{"~ product plan_pro", "~ meter api_calls:", "~ customer portal"}, 1) {
		t.Errorf("the report:\n%s", report)
	}
	if again := runSync(t, s.App); again != upToDate {
		t.Errorf("the second run:\n%s", again)
	}
	// Without what was kept, the portal is found again; the endpoint, whose secret is told once, is replaced.
	s.Exec(t, "DELETE FROM billing_settings")
	report = runSync(t, s.App)
	if !sameLines(report, []string{"~ customer portal", "+ webhook endpoint", "- webhook endpoint"}, 1) || s.sold(t) != wholeCatalogue {
		t.Errorf("the report:\n%s", report)
	}
	// A meter that counts in another way cannot be changed.
	must[*stripe.BillingMeter](t)(s.api.BillingMeters.Deactivate(meter, nil))
	must[*stripe.BillingMeter](t)(s.api.BillingMeters.New(&stripe.BillingMeterParams{
		EventName: stripe.String("api_calls"), DisplayName: stripe.String("Calls"),
		DefaultAggregation: &stripe.BillingMeterDefaultAggregationParams{Formula: stripe.String("count")},
	}))
	if err := billing.Sync(t.Context(), deps(s.App), &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), "counts in another way") {
		t.Errorf("got %v", err)
	}
}
