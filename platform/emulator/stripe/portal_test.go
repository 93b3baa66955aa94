package stripe_test

import (
	"net/http"
	"strings"
	"testing"

	stripego "github.com/stripe/stripe-go/v76"
	"github.com/stripe/stripe-go/v76/client"

	"saaskit/platform/emulator/stripe"
)

func openPortal(t *testing.T, api *client.API, customer, configuration string, flow *stripego.BillingPortalSessionFlowDataParams) *stripego.BillingPortalSession {
	t.Helper()
	params := &stripego.BillingPortalSessionParams{Customer: stripego.String(customer), ReturnURL: stripego.String("http://localhost:1/billing"), FlowData: flow}
	if configuration != "" {
		params.Configuration = stripego.String(configuration)
	}
	return must[*stripego.BillingPortalSession](t)(api.BillingPortalSessions.New(params))
}

func TestThePortalChangesPlanSeatsAndCard(t *testing.T) {
	t.Parallel()
	e, api := start(t, stripe.Options{})
	s := subscribe(t, e, api)
	team := must[*stripego.Price](t)(api.Prices.New(&stripego.PriceParams{
		Currency: stripego.String("usd"), UnitAmount: stripego.Int64(2000), Product: stripego.String("plan_pro"),
		Recurring: &stripego.PriceRecurringParams{Interval: stripego.String("month")},
	}))
	config := must[*stripego.BillingPortalConfiguration](t)(api.BillingPortalConfigurations.New(&stripego.BillingPortalConfigurationParams{
		BusinessProfile: &stripego.BillingPortalConfigurationBusinessProfileParams{Headline: stripego.String("Us")},
		Features: &stripego.BillingPortalConfigurationFeaturesParams{
			PaymentMethodUpdate: &stripego.BillingPortalConfigurationFeaturesPaymentMethodUpdateParams{Enabled: stripego.Bool(true)},
			SubscriptionUpdate: &stripego.BillingPortalConfigurationFeaturesSubscriptionUpdateParams{
				Enabled: stripego.Bool(true), DefaultAllowedUpdates: stripego.StringSlice([]string{"price", "quantity"}), ProrationBehavior: stripego.String("none"),
				Products: []*stripego.BillingPortalConfigurationFeaturesSubscriptionUpdateProductParams{
					{Product: stripego.String("plan_pro"), Prices: stripego.StringSlice([]string{s.Items.Data[0].Price.ID, team.ID})},
				},
			},
		},
	}))
	portal := openPortal(t, api, s.Customer.ID, config.ID, nil)
	shown := open(t, portal.URL)
	if strings.Contains(shown.text, "Cancel plan") || strings.Contains(shown.text, "Invoice history") || !strings.Contains(shown.text, "Update plan") {
		t.Error("the page does not hold to the configuration")
	}
	submit(t, portal.URL, "action", "cancel", "subscription", s.ID)
	submit(t, portal.URL, "action", "plan", "subscription", s.ID, "price", team.ID, "quantity", "5")
	after := must[*stripego.Subscription](t)(api.Subscriptions.Get(s.ID, nil))
	if item := after.Items.Data[0]; after.CancelAtPeriodEnd || item.Price.ID != team.ID || item.Quantity != 5 {
		t.Errorf("got %v, %s × %d", after.CancelAtPeriodEnd, item.Price.ID, item.Quantity)
	}
	if shown := submit(t, portal.URL, "action", "plan", "subscription", s.ID, "price", "price_other"); shown.status != http.StatusUnprocessableEntity {
		t.Error("a price that is not offered can be chosen")
	}
	if shown := submit(t, portal.URL, append([]string{"action", "card"}, card("4000 0000 0000 0002")...)...); !strings.Contains(shown.text, "Your card was declined.") {
		t.Error("a declined card is kept")
	}
	submit(t, portal.URL, append([]string{"action", "card"}, card("5555 5555 5555 4444")...)...)
	if shown := open(t, portal.URL); !strings.Contains(shown.text, "Mastercard ending in 4444") {
		t.Error("the new card is not shown")
	}
}

func TestPortalFlows(t *testing.T) {
	t.Parallel()
	e, api := start(t, stripe.Options{})
	s := subscribe(t, e, api)
	flow := &stripego.BillingPortalSessionFlowDataParams{
		Type:               stripego.String("subscription_cancel"),
		SubscriptionCancel: &stripego.BillingPortalSessionFlowDataSubscriptionCancelParams{Subscription: stripego.String(s.ID)},
		AfterCompletion: &stripego.BillingPortalSessionFlowDataAfterCompletionParams{
			Type: stripego.String("redirect"), Redirect: &stripego.BillingPortalSessionFlowDataAfterCompletionRedirectParams{ReturnURL: stripego.String("http://localhost:1/after")},
		},
	}
	portal := openPortal(t, api, s.Customer.ID, "", flow)
	if shown := open(t, portal.URL); !strings.Contains(shown.text, "Cancel your plan") || !strings.Contains(shown.text, "It&#39;s too expensive") {
		t.Error("the flow does not open at the cancellation")
	}
	shown := submit(t, portal.URL, "action", "cancel", "subscription", s.ID, "reason", "too_expensive", "comment", "Sorry")
	after := must[*stripego.Subscription](t)(api.Subscriptions.Get(s.ID, nil))
	if shown.header.Get("Location") != "http://localhost:1/after" || !after.CancelAtPeriodEnd || after.CancellationDetails.Feedback != "too_expensive" || after.CancellationDetails.Comment != "Sorry" {
		t.Errorf("got %q, %+v", shown.header.Get("Location"), after.CancellationDetails)
	}
	flow = &stripego.BillingPortalSessionFlowDataParams{
		Type: stripego.String("subscription_update"), SubscriptionUpdate: &stripego.BillingPortalSessionFlowDataSubscriptionUpdateParams{Subscription: stripego.String(s.ID)},
	}
	_, err := api.BillingPortalSessions.New(&stripego.BillingPortalSessionParams{Customer: stripego.String(s.Customer.ID), FlowData: flow})
	wantError(t, err, http.StatusBadRequest, "", "flow_data[type]")
}

func TestAPortalFlowConfirmsAChange(t *testing.T) {
	t.Parallel()
	e, api := start(t, stripe.Options{})
	s := subscribe(t, e, api)
	item := s.Items.Data[0]
	config := must[*stripego.BillingPortalConfiguration](t)(api.BillingPortalConfigurations.New(&stripego.BillingPortalConfigurationParams{
		BusinessProfile: &stripego.BillingPortalConfigurationBusinessProfileParams{Headline: stripego.String("Us")},
		Features: &stripego.BillingPortalConfigurationFeaturesParams{
			SubscriptionUpdate: &stripego.BillingPortalConfigurationFeaturesSubscriptionUpdateParams{
				Enabled: stripego.Bool(true), DefaultAllowedUpdates: stripego.StringSlice([]string{"quantity"}),
				Products: []*stripego.BillingPortalConfigurationFeaturesSubscriptionUpdateProductParams{
					{Product: stripego.String("plan_pro"), Prices: stripego.StringSlice([]string{item.Price.ID})},
				},
			},
		},
	}))
	portal := openPortal(t, api, s.Customer.ID, config.ID, &stripego.BillingPortalSessionFlowDataParams{
		Type: stripego.String("subscription_update_confirm"),
		SubscriptionUpdateConfirm: &stripego.BillingPortalSessionFlowDataSubscriptionUpdateConfirmParams{
			Subscription: stripego.String(s.ID),
			Items:        []*stripego.BillingPortalSessionFlowDataSubscriptionUpdateConfirmItemParams{{ID: stripego.String(item.ID), Quantity: stripego.Int64(9)}},
		},
	})
	if shown := open(t, portal.URL); !strings.Contains(shown.text, "9 seats") {
		t.Error("the page does not say what changes")
	}
	submit(t, portal.URL, "action", "confirm", "subscription", s.ID, "quantity", "9")
	if after := must[*stripego.Subscription](t)(api.Subscriptions.Get(s.ID, nil)); after.Items.Data[0].Quantity != 9 {
		t.Errorf("%d seats after the confirmation", after.Items.Data[0].Quantity)
	}
}
