package billing

import (
	"context"
	"errors"
	"strings"

	"github.com/stripe/stripe-go/v76"

	"saaskit/platform/access"
	"saaskit/platform/db"
	"saaskit/platform/fault"
	"saaskit/platform/plan"
)

type checkoutInput struct {
	Body struct {
		Plan     string `json:"plan" minLength:"1" maxLength:"64" doc:"Key of a plan with a price" example:"pro"`
		Interval string `json:"interval" enum:"month,year" doc:"How often the subscription renews"`
		Currency string `json:"currency" pattern:"^[a-z]{3}$" doc:"One of the plan's" example:"usd"`
	}
}

// Link is an address at Stripe to which the browser goes on.
type Link struct {
	URL string `json:"url" doc:"Good for a short time, for you alone"`
}

// choice is what a customer asks for, all of it from the catalogue.
type choice struct {
	plan     plan.Plan
	interval plan.Interval
	currency string
}

func (s *service) checkout(ctx context.Context, in *checkoutInput) (*Link, error) {
	if s.stripe == nil {
		return nil, errOff
	}
	p, known := s.Plans.Find(in.Body.Plan)
	if !known || p.Free() {
		return nil, errNotSold.With(fault.Field{Location: "body.plan", Message: "is not the key of a plan with a price"})
	}
	c := choice{plan: p, interval: plan.Interval(in.Body.Interval), currency: in.Body.Currency}
	if _, sold := p.Price(c.interval, c.currency); !sold {
		return nil, errNotSold.With(fault.Field{Location: "body.currency", Message: "is not one in which the plan is sold for that interval"})
	}
	link, err := s.openCheckout(ctx, c)
	if unknownCustomer(err) {
		link, err = s.openCheckout(ctx, c) // the customer that Stripe did not have is forgotten by now
	}
	return link, err
}

func (s *service) openCheckout(ctx context.Context, c choice) (*Link, error) {
	f, err := s.facts(ctx)
	if err != nil {
		return nil, err
	}
	price, metered, err := s.itemsOf(ctx, c.plan, c.interval, c.currency)
	if err != nil {
		return nil, err
	}
	if f.customer != "" {
		if err := s.refuseCurrency(ctx, f.customer, c.currency); err != nil {
			return nil, err
		}
	}
	id, err := s.customerOf(ctx, f.Name, f.email)
	if err != nil {
		return nil, err
	}
	if err := s.refuseSecond(ctx, id); err != nil {
		return nil, err
	}
	o := order{
		Customer: id, Plan: c.plan.Key, Price: price, Metered: strings.Join(metered, " "), Quantity: 1, Interval: string(c.interval), Currency: c.currency,
		TrialDays: c.plan.TrialDays, Tax: s.Stripe.Tax, ReturnURL: s.settingsURL(f.Slug),
	}
	if c.plan.PerSeat {
		o.Quantity = max(1, f.seats)
	}
	url, err := s.placeOrder(ctx, o)
	if err != nil {
		if unknownCustomer(err) {
			err = errors.Join(err, s.forgetCustomer(ctx, id))
		}
		return nil, err
	}
	return &Link{URL: url}, nil
}

// refuseCurrency refuses another currency than the one in which the customer was charged before: Stripe bills a customer in one.
func (s *service) refuseCurrency(ctx context.Context, customer, currency string) error {
	params := &stripe.CustomerParams{}
	params.Context = ctx
	at, err := s.stripe.Customers.Get(customer, params)
	if err != nil && !gone(err) {
		return asFault("find the customer", err)
	}
	if err == nil && at.Currency != "" && string(at.Currency) != currency {
		return errCurrency.With(fault.Field{Location: "body.currency", Message: "must be " + string(at.Currency) + ", in which this workspace paid before"})
	}
	return nil
}

// refuseSecond asks Stripe itself: an event about a subscription that was just paid may still be on its way.
func (s *service) refuseSecond(ctx context.Context, customer string) error {
	sub, err := s.refresh(ctx, access.From(ctx).Tenant, customer, nil)
	if err == nil && sub.live() {
		return errSubscribed
	}
	return err
}

// facts is what our own tables know of the tenant that wants to pay.
type facts struct {
	Slug, Name string
	email      string
	seats      int64
	customer   string // at Stripe; "" when there is none
}

func (s *service) facts(ctx context.Context) (f facts, err error) {
	err = s.DB.Tenant(ctx, func(tx *db.Tx) error {
		if err := tx.Raw("SELECT slug, name FROM tenants").Scan(&f).Error; err != nil {
			return err
		}
		var c []customer
		if err := tx.Raw("SELECT stripe_id FROM billing_customers").Scan(&c).Error; err != nil {
			return err
		}
		if len(c) == 1 {
			f.customer = value(c[0].StripeID)
		}
		if f.seats, err = s.Seats(ctx, tx); err != nil {
			return err
		}
		f.email, err = s.OwnerEmail(ctx, tx)
		return err
	})
	return f, err
}

func (s *service) settingsURL(slug string) string {
	return s.BaseURL + "/t/" + slug + "/settings/billing"
}
