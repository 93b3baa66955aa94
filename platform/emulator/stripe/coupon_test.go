package stripe_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	stripego "github.com/stripe/stripe-go/v76"
	"github.com/stripe/stripe-go/v76/client"

	"saaskit/platform/emulator/stripe"
)

func newCustomer(t *testing.T, api *client.API) *stripego.Customer {
	t.Helper()
	return must[*stripego.Customer](t)(api.Customers.New(&stripego.CustomerParams{Email: stripego.String("ann@example.com")}))
}

// checkoutOf opens a checkout of one seat of the price, changed by change.
func checkoutOf(t *testing.T, api *client.API, customer, price string, change func(*stripego.CheckoutSessionParams)) *stripego.CheckoutSession {
	t.Helper()
	params := &stripego.CheckoutSessionParams{
		Mode: stripego.String("subscription"), Customer: stripego.String(customer), SuccessURL: stripego.String("http://localhost:1/done"),
		LineItems: []*stripego.CheckoutSessionLineItemParams{{Price: stripego.String(price), Quantity: stripego.Int64(1)}},
	}
	change(params)
	return must[*stripego.CheckoutSession](t)(api.CheckoutSessions.New(params))
}

func TestACodeTypedAtCheckoutTakesItsPartOff(t *testing.T) {
	t.Parallel()
	now := time.Date(2030, 1, 31, 12, 0, 0, 0, time.UTC)
	e, api := start(t, stripe.Options{Now: func() time.Time { return now }})
	coupon := must[*stripego.Coupon](t)(api.Coupons.New(&stripego.CouponParams{
		PercentOff: stripego.Float64(12.5), Duration: stripego.String("repeating"), DurationInMonths: stripego.Int64(2), Name: stripego.String("Winter"),
	}))
	code := must[*stripego.PromotionCode](t)(api.PromotionCodes.New(&stripego.PromotionCodeParams{
		Coupon: stripego.String(coupon.ID), Code: stripego.String("WINTER"), MaxRedemptions: stripego.Int64(1),
		Restrictions: &stripego.PromotionCodeRestrictionsParams{FirstTimeTransaction: stripego.Bool(true)},
	}))
	price, customer := catalogue(t, api), newCustomer(t, api)
	session := checkoutOf(t, api, customer.ID, price.ID, func(p *stripego.CheckoutSessionParams) { p.AllowPromotionCodes = stripego.Bool(true) })
	if shown := submit(t, session.URL, "action", "promotion", "code", "SUMMER"); !strings.Contains(shown.text, "This code is invalid.") {
		t.Error("an unknown code passes")
	}
	if shown := submit(t, session.URL, "action", "promotion", "code", "winter"); !strings.Contains(shown.text, "-$1.50") || !strings.Contains(shown.text, "$10.50") {
		t.Error("the page does not show the discount")
	}
	submit(t, session.URL, card("4242 4242 4242 4242")...)
	paid := must[*stripego.CheckoutSession](t)(api.CheckoutSessions.Get(session.ID, nil))
	s := must[*stripego.Subscription](t)(api.Subscriptions.Get(paid.Subscription.ID, nil))
	if paid.AmountTotal != 1050 || paid.TotalDetails.AmountDiscount != 150 || s.Discount.Coupon.ID != coupon.ID || s.Discount.PromotionCode.ID != code.ID {
		t.Errorf("got %+v and %+v", paid.TotalDetails, s.Discount)
	}
	if again := must[*stripego.PromotionCode](t)(api.PromotionCodes.Get(code.ID, nil)); again.Active || again.TimesRedeemed != 1 {
		t.Errorf("a code for one is active after it: %+v", again)
	}
	totals := []int64{}
	for now = now.AddDate(0, 0, 1); len(totals) < 3; now = now.AddDate(0, 1, 0) {
		e.Tick()
		totals = append(totals, must[*stripego.Invoice](t)(api.Invoices.Get(must[*stripego.Subscription](t)(api.Subscriptions.Get(s.ID, nil)).LatestInvoice.ID, nil)).Total)
	}
	if totals[0] != 1050 || totals[1] != 1050 || totals[2] != 1200 {
		t.Errorf("two months of a discount, and then none: %v", totals)
	}
}

func TestCouponsHoldToTheirRules(t *testing.T) {
	t.Parallel()
	e, api := start(t, stripe.Options{})
	_, err := api.Coupons.New(&stripego.CouponParams{PercentOff: stripego.Float64(10), AmountOff: stripego.Int64(5)})
	wantError(t, err, http.StatusBadRequest, stripego.ErrorCodeParameterMissing, "")
	_, err = api.Coupons.New(&stripego.CouponParams{AmountOff: stripego.Int64(5)})
	wantError(t, err, http.StatusBadRequest, stripego.ErrorCodeParameterMissing, "currency")
	_, err = api.Coupons.New(&stripego.CouponParams{PercentOff: stripego.Float64(101)})
	wantError(t, err, http.StatusBadRequest, "", "percent_off")
	euros := must[*stripego.Coupon](t)(api.Coupons.New(&stripego.CouponParams{
		AmountOff: stripego.Int64(500), Currency: stripego.String("eur"), Duration: stripego.String("once"),
	}))
	s := subscribe(t, e, api)
	params := &stripego.CheckoutSessionParams{
		Mode: stripego.String("subscription"), Customer: stripego.String(s.Customer.ID), SuccessURL: stripego.String("http://localhost:1/done"),
		LineItems: []*stripego.CheckoutSessionLineItemParams{{Price: stripego.String(s.Items.Data[0].Price.ID), Quantity: stripego.Int64(1)}},
		Discounts: []*stripego.CheckoutSessionDiscountParams{{Coupon: stripego.String(euros.ID)}},
	}
	_, err = api.CheckoutSessions.New(params)
	wantError(t, err, http.StatusBadRequest, "", "discounts[0]")
	free := must[*stripego.Coupon](t)(api.Coupons.New(&stripego.CouponParams{PercentOff: stripego.Float64(100), Duration: stripego.String("once")}))
	first := must[*stripego.PromotionCode](t)(api.PromotionCodes.New(&stripego.PromotionCodeParams{
		Coupon: stripego.String(free.ID), Restrictions: &stripego.PromotionCodeRestrictionsParams{FirstTimeTransaction: stripego.Bool(true)},
	}))
	params.Discounts = []*stripego.CheckoutSessionDiscountParams{{PromotionCode: stripego.String(first.ID)}}
	_, err = api.CheckoutSessions.New(params)
	wantError(t, err, http.StatusBadRequest, "", "discounts[0]")
}

func TestTieredPricesAddUp(t *testing.T) {
	t.Parallel()
	_, api := start(t, stripe.Options{})
	product := must[*stripego.Product](t)(api.Products.New(&stripego.ProductParams{Name: stripego.String("Seats")}))
	customer := newCustomer(t, api)
	for mode, want := range map[string]int64{"graduated": 5*1000 + 2*500 + 100, "volume": 7*500 + 100} {
		price := must[*stripego.Price](t)(api.Prices.New(&stripego.PriceParams{
			Currency: stripego.String("usd"), Product: stripego.String(product.ID), BillingScheme: stripego.String("tiered"), TiersMode: stripego.String(mode),
			Recurring: &stripego.PriceRecurringParams{Interval: stripego.String("month")},
			Tiers: []*stripego.PriceTierParams{
				{UpTo: stripego.Int64(5), UnitAmount: stripego.Int64(1000)},
				{UpToInf: stripego.Bool(true), UnitAmount: stripego.Int64(500), FlatAmount: stripego.Int64(100)},
			},
		}))
		session := checkoutOf(t, api, customer.ID, price.ID, func(p *stripego.CheckoutSessionParams) { p.LineItems[0].Quantity = stripego.Int64(7) })
		if session.AmountTotal != want {
			t.Errorf("%s: %d, want %d", mode, session.AmountTotal, want)
		}
	}
}

func TestCheckoutWithTrialTaxAndTaxID(t *testing.T) {
	t.Parallel()
	_, api := start(t, stripe.Options{})
	price, customer := catalogue(t, api), newCustomer(t, api)
	_, err := api.CheckoutSessions.New(&stripego.CheckoutSessionParams{
		Mode: stripego.String("subscription"), Customer: stripego.String(customer.ID), SuccessURL: stripego.String("http://localhost:1/done"),
		LineItems:    []*stripego.CheckoutSessionLineItemParams{{Price: stripego.String(price.ID), Quantity: stripego.Int64(1)}},
		AutomaticTax: &stripego.CheckoutSessionAutomaticTaxParams{Enabled: stripego.Bool(true)},
	})
	wantError(t, err, http.StatusBadRequest, stripego.ErrorCodeCustomerTaxLocationInvalid, "")
	session := checkoutOf(t, api, customer.ID, price.ID, func(p *stripego.CheckoutSessionParams) {
		p.AutomaticTax = &stripego.CheckoutSessionAutomaticTaxParams{Enabled: stripego.Bool(true)}
		p.TaxIDCollection = &stripego.CheckoutSessionTaxIDCollectionParams{Enabled: stripego.Bool(true)}
		p.CustomerUpdate = &stripego.CheckoutSessionCustomerUpdateParams{Address: stripego.String("auto"), Name: stripego.String("auto")}
	})
	fields := append(card("4242 4242 4242 4242"), "country", "de", "line1", "Weg 1", "tax_type", "eu_vat", "tax_value", "DE1")
	if shown := submit(t, session.URL, fields...); !strings.Contains(shown.text, "Invalid value for eu_vat.") {
		t.Error("a wrong tax id passes")
	}
	submit(t, session.URL, append(fields, "tax_value", "DE123456789")...)
	paid := must[*stripego.CheckoutSession](t)(api.CheckoutSessions.Get(session.ID, nil))
	if paid.AmountTotal != 1440 || paid.TotalDetails.AmountTax != 240 || len(paid.CustomerDetails.TaxIDs) != 1 {
		t.Errorf("got %d, %+v", paid.AmountTotal, paid.TotalDetails)
	}
	if c := must[*stripego.Customer](t)(api.Customers.Get(customer.ID, nil)); c.Address.Country != "DE" || c.Name != "Ann" {
		t.Errorf("the customer is not updated: %+v", c.Address)
	}
	if list := api.TaxIDs.List(&stripego.TaxIDListParams{Customer: stripego.String(customer.ID)}); !list.Next() || list.TaxID().Value != "DE123456789" {
		t.Error("the tax id is not kept")
	}

	trial := checkoutOf(t, api, newCustomer(t, api).ID, price.ID, func(p *stripego.CheckoutSessionParams) {
		p.SubscriptionData = &stripego.CheckoutSessionSubscriptionDataParams{TrialPeriodDays: stripego.Int64(14)}
		p.PaymentMethodCollection = stripego.String("if_required")
	})
	submit(t, trial.URL, "name", "Bob")
	trial = must[*stripego.CheckoutSession](t)(api.CheckoutSessions.Get(trial.ID, nil))
	if trial.Status != "complete" || trial.PaymentStatus != "no_payment_required" {
		t.Fatalf("a trial without a card: %s, %s", trial.Status, trial.PaymentStatus)
	}
	s := must[*stripego.Subscription](t)(api.Subscriptions.Get(trial.Subscription.ID, nil))
	if s.Status != "trialing" || s.TrialEnd-s.TrialStart != 14*86400 || s.DefaultPaymentMethod != nil {
		t.Errorf("got %s, %d", s.Status, s.TrialEnd-s.TrialStart)
	}
}

func TestSetupKeepsACardAndSessionsExpire(t *testing.T) {
	t.Parallel()
	now := time.Now()
	e, api := start(t, stripe.Options{Now: func() time.Time { return now }})
	customer := newCustomer(t, api)
	setup := must[*stripego.CheckoutSession](t)(api.CheckoutSessions.New(&stripego.CheckoutSessionParams{
		Mode: stripego.String("setup"), Customer: stripego.String(customer.ID), SuccessURL: stripego.String("http://localhost:1/done"),
	}))
	submit(t, setup.URL, card("4242 4242 4242 4242")...)
	intent := must[*stripego.SetupIntent](t)(api.SetupIntents.Get(setup.SetupIntent.ID, nil))
	if intent.Status != "succeeded" || intent.PaymentMethod == nil || intent.Customer.ID != customer.ID {
		t.Errorf("got %+v", intent)
	}
	price := catalogue(t, api)
	short := checkoutOf(t, api, customer.ID, price.ID, func(p *stripego.CheckoutSessionParams) { p.ExpiresAt = stripego.Int64(now.Unix() + 1800) })
	now = now.Add(31 * time.Minute)
	e.Tick()
	if err := e.Pay(short.ID, stripe.CardPays); err == nil {
		t.Error("an expired session was paid")
	}
	events := e.Events(customer.ID)
	if last := events[len(events)-1]; last.Type != "checkout.session.expired" {
		t.Errorf("the last event is %s", last.Type)
	}
}

func TestMetersCountOnceAndAreBilled(t *testing.T) {
	t.Parallel()
	now := time.Date(2030, 1, 10, 0, 0, 0, 0, time.UTC)
	e, api := start(t, stripe.Options{Now: func() time.Time { return now }})
	meter := must[*stripego.BillingMeter](t)(api.BillingMeters.New(&stripego.BillingMeterParams{
		DisplayName: stripego.String("Calls"), EventName: stripego.String("calls"),
		DefaultAggregation: &stripego.BillingMeterDefaultAggregationParams{Formula: stripego.String("sum")},
	}))
	product := must[*stripego.Product](t)(api.Products.New(&stripego.ProductParams{Name: stripego.String("Calls")}))
	price := must[*stripego.Price](t)(api.Prices.New(&stripego.PriceParams{
		Currency: stripego.String("usd"), Product: stripego.String(product.ID), UnitAmount: stripego.Int64(3),
		Recurring: &stripego.PriceRecurringParams{Interval: stripego.String("month"), UsageType: stripego.String("metered"), Meter: stripego.String(meter.ID)},
	}))
	customer := newCustomer(t, api)
	session := checkoutOf(t, api, customer.ID, price.ID, func(p *stripego.CheckoutSessionParams) { p.LineItems[0].Quantity = nil })
	if err := e.Pay(session.ID, stripe.CardPays); err != nil {
		t.Fatal(err)
	}
	count := func(identifier, value string) error {
		_, err := api.BillingMeterEvents.New(&stripego.BillingMeterEventParams{
			EventName: stripego.String("calls"), Identifier: stripego.String(identifier), Payload: map[string]string{"stripe_customer_id": customer.ID, "value": value},
		})
		return err
	}
	now = now.Add(time.Hour)
	if err := count("a", "40"); err != nil {
		t.Fatal(err)
	}
	wantError(t, count("a", "40"), http.StatusBadRequest, "duplicate_meter_event", "identifier")
	wantError(t, count("b", "many"), http.StatusBadRequest, "meter_event_invalid_value", "payload[value]")
	now = now.Add(25 * time.Hour)
	if err := count("a", "2"); err != nil {
		t.Errorf("an identifier counts again after a day: %v", err)
	}
	summaries := api.BillingMeterEventSummaries.List(&stripego.BillingMeterEventSummaryListParams{
		ID: stripego.String(meter.ID), Customer: stripego.String(customer.ID),
		StartTime: stripego.Int64(now.Truncate(24 * time.Hour).Unix()), EndTime: stripego.Int64(now.Truncate(24*time.Hour).Unix() + 86400),
	})
	if !summaries.Next() || summaries.BillingMeterEventSummary().AggregatedValue != 2 {
		t.Errorf("the day's summary is wrong: %v", summaries.Err())
	}
	now = time.Date(2030, 2, 10, 2, 0, 0, 0, time.UTC)
	e.Tick()
	invoices := api.Invoices.List(&stripego.InvoiceListParams{Customer: stripego.String(customer.ID)})
	if !invoices.Next() || invoices.Invoice().Total != 42*3 {
		t.Errorf("42 calls cost %d", invoices.Invoice().Total)
	}
}
