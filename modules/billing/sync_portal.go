package billing

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/stripe/stripe-go/v76"

	"saaskit/platform/secret"
)

// portalSite is the metadata under which a configuration names the site that it is of. Several sites may share an account in test mode.
const portalSite = "site"

// portalUpdates are what customers may change about themselves in the portal: all that stands on their invoices, and where those go.
var portalUpdates = []string{"address", "email", "name", "tax_id"}

// diffPortal wants a configuration of the customer portal that offers what is safe there and good: cards never touch us, and invoices,
// address and tax ids are as Stripe shows them. Changes of plan, pausing and cancellation are off. They are made in the product, where a
// preview shows the proration, seats follow the members, reasons are asked for, and who did it is recorded.
func (y *syncing) diffPortal(ctx context.Context) error {
	kept, err := y.keptPortal(ctx)
	if err != nil && !errors.Is(err, secret.ErrSealed) { // one sealed under another SECRET_KEY is found again
		return err
	}
	have, err := y.portalAt(ctx, kept)
	if err != nil {
		return err
	}
	if have == nil {
		y.add(func(ctx context.Context) error {
			made, err := y.stripe.BillingPortalConfigurations.New(y.portalParams(ctx, nil))
			if err != nil {
				return err
			}
			return y.keepSetting(ctx, portalSetting, made.ID)
		}, "+ customer portal: invoices, payment method, billing details")
		return nil
	}
	if !y.isPortal(have) {
		y.add(func(ctx context.Context) error {
			_, err := y.stripe.BillingPortalConfigurations.Update(have.ID, y.portalParams(ctx, have))
			return err
		}, "~ customer portal %s: invoices, payment method, billing details", have.ID)
	}
	if have.ID != kept {
		y.add(func(ctx context.Context) error { return y.keepSetting(ctx, portalSetting, have.ID) }, "~ customer portal %s: used from now on", have.ID)
	}
	return nil
}

// portalAt finds our configuration: the kept one, else one that names our site. nil when there is none.
func (y *syncing) portalAt(ctx context.Context, kept string) (found *stripe.BillingPortalConfiguration, err error) {
	params := &stripe.BillingPortalConfigurationListParams{Active: stripe.Bool(true)}
	params.Context, params.Limit = ctx, stripe.Int64(100)
	list := y.stripe.BillingPortalConfigurations.List(params)
	for list.Next() {
		c := list.BillingPortalConfiguration()
		if c.ID == kept || (c.Metadata[portalSite] == y.BaseURL && found == nil) {
			found = c
		}
		if c.ID == kept {
			break
		}
	}
	return found, list.Err()
}

func (y *syncing) isPortal(have *stripe.BillingPortalConfiguration) bool {
	f, profile := have.Features, have.BusinessProfile
	privacy, terms := y.policies()
	updates := make([]string, len(f.CustomerUpdate.AllowedUpdates))
	for i, update := range f.CustomerUpdate.AllowedUpdates {
		updates[i] = string(update)
	}
	return f.InvoiceHistory.Enabled && f.PaymentMethodUpdate.Enabled && f.CustomerUpdate.Enabled && slices.Equal(slices.Sorted(slices.Values(updates)), portalUpdates) &&
		!f.SubscriptionCancel.Enabled && !f.SubscriptionUpdate.Enabled && !f.SubscriptionPause.Enabled &&
		profile.PrivacyPolicyURL == privacy && profile.TermsOfServiceURL == terms && have.Metadata[portalSite] == y.BaseURL
}

// policies are the addresses of the site's pages; "" on this machine, where Stripe's pages could not link to them.
func (y *syncing) policies() (privacy, terms string) {
	if !strings.HasPrefix(y.BaseURL, "https://") {
		return "", ""
	}
	return y.BaseURL + "/privacy", y.BaseURL + "/terms"
}

// portalParams ask for the configuration; what another than this program switched on in have is switched off.
func (y *syncing) portalParams(ctx context.Context, have *stripe.BillingPortalConfiguration) *stripe.BillingPortalConfigurationParams {
	on := stripe.Bool(true)
	params := &stripe.BillingPortalConfigurationParams{
		BusinessProfile: &stripe.BillingPortalConfigurationBusinessProfileParams{},
		Features: &stripe.BillingPortalConfigurationFeaturesParams{
			InvoiceHistory:      &stripe.BillingPortalConfigurationFeaturesInvoiceHistoryParams{Enabled: on},
			PaymentMethodUpdate: &stripe.BillingPortalConfigurationFeaturesPaymentMethodUpdateParams{Enabled: on},
			CustomerUpdate: &stripe.BillingPortalConfigurationFeaturesCustomerUpdateParams{
				Enabled: on, AllowedUpdates: stripe.StringSlice(portalUpdates),
			},
		},
	}
	params.Context = ctx
	params.AddMetadata(portalSite, y.BaseURL)
	if privacy, terms := y.policies(); privacy != "" || have != nil {
		params.BusinessProfile.PrivacyPolicyURL, params.BusinessProfile.TermsOfServiceURL = stripe.String(privacy), stripe.String(terms)
	} else {
		params.BusinessProfile.Headline = stripe.String("") // Stripe wants a profile, if an empty one
	}
	if have == nil {
		return params
	}
	off := stripe.Bool(false)
	if have.Features.SubscriptionCancel.Enabled {
		params.Features.SubscriptionCancel = &stripe.BillingPortalConfigurationFeaturesSubscriptionCancelParams{Enabled: off}
	}
	if have.Features.SubscriptionUpdate.Enabled {
		params.Features.SubscriptionUpdate = &stripe.BillingPortalConfigurationFeaturesSubscriptionUpdateParams{Enabled: off}
	}
	if have.Features.SubscriptionPause.Enabled {
		params.Features.SubscriptionPause = &stripe.BillingPortalConfigurationFeaturesSubscriptionPauseParams{Enabled: off}
	}
	return params
}
