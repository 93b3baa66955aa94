package stripe_test

import (
	"errors"
	"net/http"
	"testing"

	stripego "github.com/stripe/stripe-go/v76"

	"saaskit/platform/emulator/stripe"
)

// Stripe repeats under an idempotency key how the first request failed inside, whether or not that did anything.
func TestAFailureThatIsRemembered(t *testing.T) {
	t.Parallel()
	for _, after := range []bool{false, true} {
		e, api := start(t, stripe.Options{})
		e.SetFault(func(string, string) stripe.Fault {
			return stripe.Fault{Status: http.StatusInternalServerError, AfterCommit: after, Remember: true}
		})
		params := &stripego.CustomerParams{Params: stripego.Params{IdempotencyKey: stripego.String("k")}}
		_, err := api.Customers.New(params)
		wantError(t, err, http.StatusInternalServerError, "", "")
		e.SetFault(nil)
		_, err = api.Customers.New(params)
		wantError(t, err, http.StatusInternalServerError, "", "")
		var failed *stripego.Error
		if !errors.As(err, &failed) || failed.LastResponse.Header.Get("Idempotent-Replayed") != "true" {
			t.Errorf("the second answer is not a repetition: %v", err)
		}
		if made := len(e.Events("")); (made == 1) != after {
			t.Errorf("%d customers", made)
		}
		must[*stripego.Customer](t)(api.Customers.New(&stripego.CustomerParams{}))
	}
}

// Tiers are shown to who asks for them, of prices that have them.
func TestExpandingTiers(t *testing.T) {
	t.Parallel()
	_, api := start(t, stripe.Options{})
	product := must[*stripego.Product](t)(api.Products.New(&stripego.ProductParams{Name: stripego.String("Pro")}))
	for _, params := range []*stripego.PriceParams{
		{UnitAmount: stripego.Int64(5)},
		{BillingScheme: stripego.String("tiered"), TiersMode: stripego.String("graduated"), Tiers: []*stripego.PriceTierParams{{UpToInf: stripego.Bool(true), UnitAmountDecimal: stripego.Float64(0.05)}}},
	} {
		params.Product, params.Currency = &product.ID, stripego.String("usd")
		params.Recurring = &stripego.PriceRecurringParams{Interval: stripego.String("month")}
		must[*stripego.Price](t)(api.Prices.New(params))
	}
	params := &stripego.PriceListParams{}
	params.AddExpand("data.tiers")
	tiers := 0
	list := api.Prices.List(params)
	for list.Next() {
		tiers += len(list.Price().Tiers)
	}
	if list.Err() != nil || tiers != 1 {
		t.Errorf("%d tiers: %v", tiers, list.Err())
	}
}
