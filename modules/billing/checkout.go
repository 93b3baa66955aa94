package billing

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/stripe/stripe-go/v76"

	"saaskit/platform/access"
	"saaskit/platform/db"
	"saaskit/platform/fault"
	"saaskit/platform/plan"
)

type checkoutInput struct {
	Body struct {
		Plan string `json:"plan" minLength:"1" maxLength:"64" doc:"Key of a plan with a price" example:"pro"`
	}
}

// Link is an address at Stripe to which the browser goes on.
type Link struct {
	URL string `json:"url" doc:"Good for a short time, for you alone"`
}

func (s *service) checkout(ctx context.Context, in *checkoutInput) (*Link, error) {
	if s.stripe == nil {
		return nil, errOff
	}
	p, known := s.Plans.Find(in.Body.Plan)
	if !known || p.Price == nil {
		return nil, errNotSold.With(fault.Field{Location: "body.plan", Message: "is not the key of a plan with a price"})
	}
	link, err := s.openCheckout(ctx, p)
	if unknownCustomer(err) {
		link, err = s.openCheckout(ctx, p) // the customer that Stripe did not have is forgotten by now
	}
	return link, err
}

func (s *service) openCheckout(ctx context.Context, p plan.Plan) (*Link, error) {
	f, err := s.facts(ctx)
	if err != nil {
		return nil, err
	}
	price, err := s.priceOf(ctx, p)
	if err != nil {
		return nil, err
	}
	id, err := s.customerOf(ctx, f.Name, f.email)
	if err != nil {
		return nil, err
	}
	if err := s.refuseSecond(ctx, id); err != nil {
		return nil, err
	}
	o := order{Customer: id, Plan: p.Key, Price: price, Quantity: 1, ReturnURL: s.settingsURL(f.Slug)}
	if p.Price.PerSeat {
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

// priceOf finds the plan's price at Stripe. It must be what the catalogue says: nobody is charged another amount than was shown.
func (s *service) priceOf(ctx context.Context, p plan.Plan) (string, error) {
	params := &stripe.PriceListParams{LookupKeys: []*string{stripe.String(lookupKey(p))}, Active: stripe.Bool(true)}
	params.Context = ctx
	list := s.stripe.Prices.List(params)
	found := list.Next()
	if err := list.Err(); err != nil {
		return "", asFault("find the price", err)
	}
	if !found || !sells(list.Price(), p) {
		return "", errNotSynced.Wrap(fmt.Errorf("the price %s at Stripe is not the catalogue's; run app billing sync", lookupKey(p)))
	}
	return list.Price().ID, nil
}

// lookupKey names a plan's price at Stripe, such as pro_monthly_usd.
func lookupKey(p plan.Plan) string { return p.Key + "_monthly_" + p.Price.Currency }

// sells reports whether the price at Stripe is the plan's.
func sells(at *stripe.Price, p plan.Plan) bool {
	return at.Active && at.UnitAmount == p.Price.Monthly && strings.EqualFold(string(at.Currency), p.Price.Currency) &&
		at.Recurring != nil && at.Recurring.Interval == stripe.PriceRecurringIntervalMonth && at.Recurring.IntervalCount == 1 &&
		at.Product != nil && at.Product.ID == productPrefix+p.Key
}
