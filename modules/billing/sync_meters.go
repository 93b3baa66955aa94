package billing

import (
	"context"
	"fmt"

	"github.com/stripe/stripe-go/v76"

	"saaskit/platform/plan"
)

// The keys of a meter event's payload: who used it, and how much.
const (
	meterCustomerKey = "stripe_customer_id"
	meterValueKey    = "value"
)

// diffMeters wants an active meter for each entitlement that a plan charges for, which sums the value by the customer's id.
func (y *syncing) diffMeters(ctx context.Context) error {
	keys := y.meterKeys()
	if len(keys) == 0 {
		return nil
	}
	have, err := y.metersAt(ctx)
	if err != nil {
		return err
	}
	keyOf := map[string]plan.Key{}
	for _, key := range keys {
		name := meterName(key)
		if other, taken := keyOf[name]; taken {
			return fmt.Errorf("%s and %s would be one meter, %s: rename one", other, key, name)
		}
		keyOf[name] = key
		if err := y.diffMeter(name, y.Plans.Entitlement(key).Label, have[name]); err != nil {
			return err
		}
	}
	return nil
}

// metersAt finds the meters at Stripe by name. Where several have had the name, it is the active one.
func (y *syncing) metersAt(ctx context.Context) (map[string]*stripe.BillingMeter, error) {
	found := map[string]*stripe.BillingMeter{}
	params := &stripe.BillingMeterListParams{}
	params.Context, params.Limit = ctx, stripe.Int64(100)
	list := y.stripe.BillingMeters.List(params)
	for list.Next() {
		m := list.BillingMeter()
		if found[m.EventName] == nil || m.Status == stripe.BillingMeterStatusActive {
			found[m.EventName] = m
		}
	}
	return found, list.Err()
}

func (y *syncing) diffMeter(name, label string, have *stripe.BillingMeter) error {
	usable := have != nil && have.DefaultAggregation.Formula == stripe.BillingMeterDefaultAggregationFormulaSum &&
		have.CustomerMapping.EventPayloadKey == meterCustomerKey && have.ValueSettings.EventPayloadKey == meterValueKey
	if have == nil || (!usable && have.Status != stripe.BillingMeterStatusActive) {
		y.add(func(ctx context.Context) error { return y.makeMeter(ctx, name, label) }, "+ meter %s %q", name, label)
		return nil
	}
	if !usable {
		return fmt.Errorf("the meter %s at Stripe (%s) counts in another way, which cannot be changed: deactivate it there, or rename the entitlement", name, have.ID)
	}
	y.meters[name] = have.ID
	if have.Status != stripe.BillingMeterStatusActive {
		y.add(func(ctx context.Context) error {
			params := &stripe.BillingMeterReactivateParams{}
			params.Context = ctx
			_, err := y.stripe.BillingMeters.Reactivate(have.ID, params)
			return err
		}, "~ meter %s: active again", name)
	}
	if have.DisplayName != label {
		y.add(func(ctx context.Context) error {
			params := &stripe.BillingMeterParams{DisplayName: stripe.String(label)}
			params.Context = ctx
			_, err := y.stripe.BillingMeters.Update(have.ID, params)
			return err
		}, "~ meter %s %q", name, label)
	}
	return nil
}

func (y *syncing) makeMeter(ctx context.Context, name, label string) error {
	params := &stripe.BillingMeterParams{
		EventName: stripe.String(name), DisplayName: stripe.String(label),
		DefaultAggregation: &stripe.BillingMeterDefaultAggregationParams{Formula: stripe.String(string(stripe.BillingMeterDefaultAggregationFormulaSum))},
		CustomerMapping: &stripe.BillingMeterCustomerMappingParams{
			EventPayloadKey: stripe.String(meterCustomerKey), Type: stripe.String(string(stripe.BillingMeterCustomerMappingTypeByID)),
		},
		ValueSettings: &stripe.BillingMeterValueSettingsParams{EventPayloadKey: stripe.String(meterValueKey)},
	}
	params.Context = ctx
	made, err := y.stripe.BillingMeters.New(params)
	if err == nil {
		y.meters[name] = made.ID
	}
	return err
}
