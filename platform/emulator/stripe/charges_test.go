package stripe_test

import (
	"path/filepath"
	"strconv"
	"testing"
	"time"

	stripego "github.com/stripe/stripe-go/v76"

	"saaskit/platform/emulator/stripe"
)

func TestACouponIsTakenOffOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "visa")
	coupon := must[*stripego.Coupon](t)(w.api.Coupons.New(&stripego.CouponParams{PercentOff: stripego.Float64(25), Duration: stripego.String("once")}))
	p := w.params(2)
	p.Coupon = stripego.String(coupon.ID)
	p.AutomaticTax = &stripego.SubscriptionAutomaticTaxParams{Enabled: stripego.Bool(true)}
	s := w.subscribe(p)
	first := w.invoice(s.LatestInvoice.ID)
	if first.Subtotal != 2400 || first.TotalDiscountAmounts[0].Amount != 600 || first.Tax != 360 || first.AmountPaid != 2160 {
		t.Fatalf("got %+v", first)
	}
	w.advance(time.Unix(s.CurrentPeriodEnd, 0).Add(time.Hour))
	s = w.subscription(s.ID)
	if next := w.invoice(s.LatestInvoice.ID); s.Discount != nil || next.AmountPaid != 2880 {
		t.Errorf("the second invoice took %d", next.AmountPaid)
	}
}

// Metered prices are billed after the period, for what the meter counted in it.
func TestUsageIsBilledAfterThePeriod(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "visa")
	meter := must[*stripego.BillingMeter](t)(w.api.BillingMeters.New(&stripego.BillingMeterParams{
		DisplayName: stripego.String("Calls"), EventName: stripego.String("call"),
		DefaultAggregation: &stripego.BillingMeterDefaultAggregationParams{Formula: stripego.String("sum")},
	}))
	price := must[*stripego.Price](t)(w.api.Prices.New(&stripego.PriceParams{
		Currency: stripego.String("usd"), UnitAmount: stripego.Int64(7), Product: stripego.String(w.price.Product.ID),
		Recurring: &stripego.PriceRecurringParams{Interval: stripego.String("month"), UsageType: stripego.String("metered"), Meter: stripego.String(meter.ID)},
	}))
	s := w.subscribe(&stripego.SubscriptionParams{Customer: stripego.String(w.customer), Items: []*stripego.SubscriptionItemsParams{
		{Price: stripego.String(w.price.ID), Quantity: stripego.Int64(1)}, {Price: stripego.String(price.ID)},
	}})
	if first := w.invoice(s.LatestInvoice.ID); first.Total != 1200 {
		t.Fatalf("the first invoice is of %d", first.Total)
	}
	w.advance(firstOfApril.Add(3 * day))
	for i, calls := range []string{"40", "2"} {
		_, err := w.api.BillingMeterEvents.New(&stripego.BillingMeterEventParams{
			EventName: stripego.String("call"), Timestamp: stripego.Int64(firstOfApril.Add(time.Hour).Unix()), Identifier: stripego.String(strconv.Itoa(i)),
			Payload: map[string]string{"stripe_customer_id": w.customer, "value": calls},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if next := must[*stripego.Invoice](t)(w.preview(s, &stripego.SubscriptionParams{})); next.Total != 1200+42*7 {
		t.Errorf("the preview is of %d", next.Total)
	}
	w.advance(time.Unix(s.CurrentPeriodEnd, 0).Add(time.Hour))
	if made := w.invoice(w.subscription(s.ID).LatestInvoice.ID); made.AmountPaid != 1200+42*7 || made.Lines.Data[1].Quantity != 42 {
		t.Errorf("the renewal took %d", made.AmountPaid)
	}
}

// A clock, and what waits for its time, survive a restart.
func TestAClockSurvivesARestart(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "stripe.json")
	e, api := start(t, stripe.Options{StatePath: path})
	w := &world{t: t, e: e, api: api, price: catalogue(t, api)}
	w.clock = must[*stripego.TestHelpersTestClock](t)(api.TestHelpersTestClocks.New(&stripego.TestHelpersTestClockParams{FrozenTime: stripego.Int64(firstOfApril.Unix())})).ID
	w.customer = must[*stripego.Customer](t)(api.Customers.New(&stripego.CustomerParams{TestClock: stripego.String(w.clock)})).ID
	w.setCard("visa")
	s := w.subscribe(w.params(3))
	w.advance(firstOfApril.Add(15 * day))
	s = w.update(s.ID, w.change(s, "", 5, "create_prorations"))
	w.advance(time.Unix(s.CurrentPeriodEnd, 0)) // a draft waits
	e.Stop()
	w.e, w.api = start(t, stripe.Options{StatePath: path})
	w.advance(time.Unix(s.CurrentPeriodEnd, 0).Add(time.Hour))
	s = w.subscription(s.ID)
	if paid := w.invoice(s.LatestInvoice.ID); paid.AmountPaid != 6000-1800+3000 || len(paid.Lines.Data) != 3 {
		t.Fatalf("after the restart %d was paid", paid.AmountPaid)
	}
	w.setCard("chargeCustomerFail")
	w.advance(time.Unix(s.CurrentPeriodEnd, 0).AddDate(0, 0, 20))
	if s = w.subscription(s.ID); s.Status != "canceled" {
		t.Errorf("after all retries it is %s", s.Status)
	}
}

func TestAPriceCanContainItsTax(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "visa")
	w.price = must[*stripego.Price](t)(w.api.Prices.New(&stripego.PriceParams{
		Currency: stripego.String("usd"), UnitAmount: stripego.Int64(1200), Product: stripego.String(w.price.Product.ID), TaxBehavior: stripego.String("inclusive"),
		Recurring: &stripego.PriceRecurringParams{Interval: stripego.String("month")},
	}))
	p := w.params(1)
	p.AutomaticTax = &stripego.SubscriptionAutomaticTaxParams{Enabled: stripego.Bool(true)}
	first := w.invoice(w.subscribe(p).LatestInvoice.ID)
	if first.Total != 1200 || first.Tax != 200 || first.TotalExcludingTax != 1000 || first.SubtotalExcludingTax != 1000 || !first.TotalTaxAmounts[0].Inclusive {
		t.Errorf("got %+v", first)
	}
}
