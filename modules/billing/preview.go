package billing

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/stripe/stripe-go/v76"

	"saaskit/platform/db"
	"saaskit/platform/fault"
	"saaskit/platform/plan"
)

type previewInput struct {
	Body struct {
		Plan     string `json:"plan" minLength:"1" maxLength:"64" doc:"Key of a plan with a price" example:"business"`
		Interval string `json:"interval" enum:"month,year"`
	}
}

// Preview is what a change of plan costs, before anybody agrees to it.
type Preview struct {
	Currency      string        `json:"currency" example:"usd"`
	Lines         []PreviewLine `json:"lines" doc:"What is credited and charged with the change"`
	Tax           int64         `json:"tax" doc:"In minor units (cents)"`
	DueNow        int64         `json:"due_now" doc:"Charged when the change is made, in minor units; what is credited beyond it lowers later invoices"`
	Credit        int64         `json:"credit" doc:"What is left as credit for later invoices, in minor units"`
	Renewal       int64         `json:"renewal" doc:"What each later period costs before usage, discounts and tax, in minor units"`
	RenewsAt      time.Time     `json:"renews_at"`
	ProrationDate int64         `json:"proration_date" doc:"The moment that the lines were reckoned for, in seconds; send it with the change, and the amounts are these"`
}

// PreviewLine is a line of the invoice that a change makes.
type PreviewLine struct {
	Description string `json:"description" example:"Unused time on 3 × Pro after 22 Nov 2026"`
	Amount      int64  `json:"amount" doc:"In minor units (cents); negative is a credit"`
}

const alwaysInvoice = "always_invoice" // Stripe's word for charging the difference at once

var errSamePlan = fault.New(fault.Conflict, "same_plan", "The workspace is on this plan already.")

// preview has Stripe reckon the invoice that the change would make now. Nothing is changed.
func (s *service) preview(ctx context.Context, in *previewInput) (*Preview, error) {
	if s.stripe == nil {
		return nil, errOff
	}
	p, err := s.sold(in.Body.Plan)
	if err != nil {
		return nil, err
	}
	r, err := s.revise(ctx, p, plan.Interval(in.Body.Interval))
	if err != nil {
		return nil, err
	}
	shown := &Preview{Currency: r.Currency, Lines: []PreviewLine{}, Renewal: r.price.Amount * r.quantity}
	shown.ProrationDate = max(s.Now().Unix(), r.PeriodStart)
	if r.changedAt != nil {
		shown.ProrationDate = max(shown.ProrationDate, r.changedAt.Unix()+1) // it is told from what was shown before the last change
	}
	if r.PeriodEnd != nil {
		shown.RenewsAt = *r.PeriodEnd // of a trial: its end, from which on the new plan is paid
	}
	if r.Status == string(stripe.SubscriptionStatusTrialing) {
		return shown, nil
	}
	params := &stripe.InvoiceUpcomingParams{
		Subscription: stripe.String(r.StripeID), SubscriptionItems: r.items,
		SubscriptionProrationBehavior: stripe.String(alwaysInvoice), SubscriptionProrationDate: stripe.Int64(shown.ProrationDate),
	}
	params.Context = ctx
	invoice, err := s.stripe.Invoices.Upcoming(params)
	if e, answered := errors.AsType[*stripe.Error](err); answered && e.Param == "proration_date" {
		return nil, notChangeable("The subscription is being renewed. Try again in a minute.")
	}
	if err != nil {
		return nil, asFault("reckon the change", err)
	}
	shown.take(invoice, r)
	return shown, nil
}

// take fills in what the invoice says.
func (p *Preview) take(invoice *stripe.Invoice, r revision) {
	p.Tax, p.DueNow, p.Credit = invoice.Tax, invoice.AmountDue, max(0, -(invoice.Total+invoice.StartingBalance))
	rest := invoice.Subtotal
	for _, line := range invoice.Lines.Data {
		rest -= line.Amount
		if line.Amount != 0 || line.Proration {
			p.Lines = append(p.Lines, PreviewLine{Description: line.Description, Amount: line.Amount})
		}
		if !line.Proration && line.Price != nil && line.Price.ID == r.licensed && line.Period != nil {
			p.RenewsAt = time.Unix(line.Period.End, 0).UTC() // the change begins a period
		}
	}
	if rest != 0 { // Stripe sends the first lines only
		p.Lines = append(p.Lines, PreviewLine{Description: "Other lines", Amount: rest})
	}
}

// revision is a change of plan that can be made: the account, and what its subscription then consists of.
type revision struct {
	account
	plan     plan.Plan
	price    plan.Price
	quantity int64
	licensed string // the id of the plan's price at Stripe
	items    []*stripe.SubscriptionItemsParams
}

// is reports whether the subscription is what the change makes of it.
func (r revision) is(sub subscription) bool {
	return sub.Plan == r.plan.Key && sub.Interval == string(r.price.Interval)
}

// sold is the plan of the key, if it has a price.
func (s *service) sold(key string) (plan.Plan, error) {
	p, known := s.Plans.Find(key)
	if !known || p.Free() {
		return p, errNotSold.With(fault.Field{Location: "body.plan", Message: "is not the key of a plan with a price"})
	}
	return p, nil
}

// revise works out the change of the request's tenant to that plan and interval, in the currency in which it pays, for as many seats as it
// has members. The account is there also with errSamePlan.
func (s *service) revise(ctx context.Context, p plan.Plan, i plan.Interval) (r revision, err error) {
	if r.account, err = s.ask(ctx); err != nil {
		return r, err
	}
	r.plan, r.price.Interval, r.quantity = p, i, 1
	if r.is(r.subscription) {
		return r, errSamePlan
	}
	if err := changeable(r.subscription); err != nil {
		return r, err
	}
	var sold bool
	if r.price, sold = p.Price(i, r.Currency); !sold {
		return r, errNotSold.With(fault.Field{Location: "body.plan", Message: "is not sold in the currency of the subscription"})
	}
	if p.PerSeat {
		err := s.DB.Tenant(ctx, func(tx *db.Tx) (err error) {
			r.quantity, err = s.Seats(ctx, tx)
			return err
		})
		if err != nil {
			return r, err
		}
		r.quantity = max(1, r.quantity)
	}
	var meters []string
	if r.licensed, meters, err = s.itemsOf(ctx, p, i, r.Currency); err != nil {
		return r, err
	}
	r.items = r.exchange(meters)
	return r, nil
}

// exchange are the items to send: the plan's with its new price, the meters of the old plan taken away, and those of the new one added.
func (r revision) exchange(meters []string) []*stripe.SubscriptionItemsParams {
	items := []*stripe.SubscriptionItemsParams{
		{ID: stripe.String(r.Item), Price: stripe.String(r.licensed), Quantity: stripe.Int64(r.quantity)},
	}
	for _, old := range r.Meters {
		if at := slices.Index(meters, old.price); at >= 0 {
			meters = slices.Delete(meters, at, at+1)
			continue
		}
		items = append(items, &stripe.SubscriptionItemsParams{ID: stripe.String(old.id), Deleted: stripe.Bool(true)})
	}
	for _, price := range meters {
		items = append(items, &stripe.SubscriptionItemsParams{Price: stripe.String(price)})
	}
	return items
}

// changeable says why the plan of the subscription cannot be changed, if so.
func changeable(sub subscription) error {
	switch {
	case sub.CancelAt != nil:
		return notChangeable("The subscription is canceled and will end. Take the cancellation back before you change the plan.")
	case sub.Status == string(stripe.SubscriptionStatusPaused):
		return notChangeable("The subscription is paused. Resume it before you change the plan.")
	case sub.Status != string(stripe.SubscriptionStatusActive) && sub.Status != string(stripe.SubscriptionStatusTrialing):
		return notChangeable("A payment is open. Pay it before you change the plan.")
	case sub.Item == "":
		return notChangeable("The subscription is for a plan that is not sold any more. Write to us to change it.")
	}
	return nil
}

func notChangeable(why string) error { return fault.New(fault.Conflict, "not_changeable", why) }
