package billing

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/stripe/stripe-go/v76"

	"saaskit/platform/access"
	"saaskit/platform/audit"
	"saaskit/platform/db"
	"saaskit/platform/fault"
	"saaskit/platform/plan"
)

type changeInput struct {
	Body struct {
		Plan          string `json:"plan" minLength:"1" maxLength:"64" doc:"Key of a plan with a price" example:"business"`
		Interval      string `json:"interval" enum:"month,year"`
		ProrationDate int64  `json:"proration_date" minimum:"0" doc:"Of the preview; at most an hour ago"`
	}
}

const aboutChange = "What is unused of the old plan is credited and the new one is charged at once, as the preview shows. When the charge fails, " +
	"nothing is changed. During a trial nothing is charged, and the trial goes on. A smaller plan takes nothing away that is there: " +
	"what is beyond its limits stays, and nothing is added until there is room. Seats that were added since the preview are charged as well. " +
	"A preview is good for one change and for one try: after `payment_failed` and `preview_expired` ask for another."

const (
	previewLife = time.Hour   // for how long what a preview shows can be agreed to
	clockSkew   = time.Minute // that two replicas may differ by
)

var (
	errExpired  = fault.New(fault.Conflict, "preview_expired", "What this change costs is not the same any more. Look at the preview again.")
	errChanging = fault.New(fault.Conflict, "change_busy", "The plan is being changed at this moment. Look again in a minute.")
	errDeclined = fault.New(fault.Conflict, "payment_failed", "Your card could not be charged. Nothing was changed.")
)

// change makes the change that a preview showed. Whoever clicks again, or at the same time, agrees to the same one, and gets the same answer;
// of two different ones the second is refused.
func (s *service) change(ctx context.Context, in *changeInput) (*Billing, error) {
	if s.stripe == nil {
		return nil, errOff
	}
	p, err := s.sold(in.Body.Plan)
	if err != nil {
		return nil, err
	}
	if age := s.Now().Sub(time.Unix(in.Body.ProrationDate, 0)); age > previewLife || age < -clockSkew {
		return nil, errExpired
	}
	tenant := access.From(ctx).Tenant
	key := fmt.Sprintf("%s-%s-%d", p.Key, in.Body.Interval, in.Body.ProrationDate)
	turn, held, err := s.beginChange(ctx, tenant, key, in.Body.ProrationDate)
	if err != nil {
		return nil, err
	}
	if turn == changeMade {
		return s.get(ctx, nil)
	}
	r, err := s.revise(ctx, p, plan.Interval(in.Body.Interval))
	switch {
	case turn == changeJoined && errors.Is(err, errSamePlan):
		return s.endChange(ctx, r.account, key, in.Body.ProrationDate)
	case err != nil && turn == changeBegun:
		dropped, dropErr := s.dropChange(ctx, tenant, key, held)
		if !dropped && dropErr == nil && errors.Is(err, errSamePlan) { // who joined was faster
			return s.endChange(ctx, r.account, key, in.Body.ProrationDate)
		}
		return nil, errors.Join(err, dropErr)
	case err != nil: // who began it may still be at it
		return nil, err
	}
	if err := s.sendChange(ctx, tenant, r, in.Body.ProrationDate); err != nil {
		made, over, err := s.failedChange(ctx, r, err)
		switch {
		case made:
			return s.endChange(ctx, r.account, key, in.Body.ProrationDate)
		case over:
			_, dropErr := s.dropChange(ctx, tenant, key, time.Time{})
			return nil, errors.Join(err, dropErr)
		case turn == changeBegun && !errors.Is(err, errUnsure):
			_, dropErr := s.dropChange(ctx, tenant, key, held)
			return nil, errors.Join(err, dropErr)
		}
		return nil, err
	}
	return s.endChange(ctx, r.account, key, in.Body.ProrationDate)
}

// sendChange asks Stripe for the change. It is one, however often it is sent.
func (s *service) sendChange(ctx context.Context, tenant uuid.UUID, r revision, date int64) error {
	params := &stripe.SubscriptionParams{
		Items: r.items, ProrationBehavior: stripe.String(alwaysInvoice), ProrationDate: stripe.Int64(date),
		PaymentBehavior: stripe.String("error_if_incomplete"),
	}
	params.Context = ctx
	params.AddMetadata(planMetadata, r.plan.Key)
	params.SetIdempotencyKey(fmt.Sprintf("change-%s-%s-%s-%s-%d", tenant, r.StripeID, r.plan.Key, r.price.Interval, date))
	_, err := s.stripe.Subscriptions.Update(r.StripeID, params)
	return err
}

// failedChange finds out what became of a change that Stripe did not confirm: it was made all the same, or it is over for everybody who wants
// it, or neither is known. The error is what to answer when it was not made.
func (s *service) failedChange(ctx context.Context, r revision, cause error) (made, over bool, err error) {
	e, answered := errors.AsType[*stripe.Error](cause)
	if answered {
		switch {
		case e.Type == stripe.ErrorTypeCard, e.HTTPStatusCode == http.StatusPaymentRequired:
			return false, true, declined(e)
		case e.Param == "proration_date": // another period has begun
			return false, true, errExpired.Wrap(cause)
		case e.HTTPStatusCode == http.StatusConflict: // it is on its way, from elsewhere
			return false, false, errChanging.Wrap(cause)
		}
	}
	now, err := s.refresh(ctx, access.From(ctx).Tenant, r.customer, nil)
	switch {
	case err == nil && now.StripeID == r.StripeID && r.is(now):
		return true, true, nil
	case err == nil && settled(cause): // it was not made, and never will be
		return false, true, errExpired.Wrap(cause)
	}
	return false, false, asUnsure("change the plan", cause)
}

// declined is why a card was not charged, in Stripe's words for its holder.
func declined(e *stripe.Error) error {
	refusal := errDeclined.Wrap(e)
	if e.Type == stripe.ErrorTypeCard && e.Msg != "" {
		refusal.Message = e.Msg + " Nothing was changed."
	}
	return refusal
}

// changeTurn is what somebody who wants a change finds.
type changeTurn int

const (
	changeBegun  changeTurn = iota + 1
	changeJoined            // the same change was begun before
	changeMade              // it was made before
)

// changeWait is for how long a change that nobody saw the end of keeps others back: longer than Stripe is asked.
const changeWait = time.Minute

// beginChange takes the tenant's turn to change its plan, which keeps others back until held. Who joins holds it anew. A preview of before the
// last change does not count.
func (s *service) beginChange(ctx context.Context, tenant uuid.UUID, key string, date int64) (turn changeTurn, held time.Time, err error) {
	err = s.DB.System(ctx, "begin a change of plan", func(tx *db.SystemTx) error {
		var found []struct {
			ChangeKey string
			Waiting   bool
			Running   bool
			ChangedAt *time.Time
		}
		err := tx.Raw(`
SELECT change_key, change_until IS NOT NULL AS waiting, coalesce(change_until > now(), false) AS running, changed_at
FROM billing_subscriptions WHERE tenant_id = ? FOR UPDATE`, tenant).Scan(&found).Error
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return errNoSubscription
		}
		last := found[0]
		switch {
		case last.ChangeKey == key && !last.Waiting:
			turn = changeMade
			return nil
		case last.ChangeKey == key:
			turn = changeJoined
		case last.Running:
			return errChanging
		case last.ChangedAt != nil && date <= last.ChangedAt.Unix():
			return errExpired
		default:
			turn = changeBegun
		}
		return tx.Raw("UPDATE billing_subscriptions SET change_key = ?, change_until = clock_timestamp() + make_interval(secs => ?) WHERE tenant_id = ? RETURNING change_until",
			key, changeWait.Seconds(), tenant).Scan(&held).Error
	})
	return turn, held, err
}

// dropChange gives the turn back after a change that was not made, unless somebody made it or joined meanwhile. With the zero time it is also
// taken from who joined: the change will never be made.
func (s *service) dropChange(ctx context.Context, tenant uuid.UUID, key string, held time.Time) (dropped bool, err error) {
	err = s.DB.System(ctx, "give up a change of plan", func(tx *db.SystemTx) error {
		res := tx.Exec(`
UPDATE billing_subscriptions SET change_key = '', change_until = NULL
WHERE tenant_id = ? AND change_key = ? AND change_until IS NOT NULL AND (? OR change_until = ?)`, tenant, key, held.IsZero(), held)
		dropped = res.RowsAffected == 1
		return res.Error
	})
	return dropped, err
}

// endChange keeps what the change made of the subscription, and gives the turn back. The first to do so records who changed it, and when: the
// next preview is reckoned for a later second, so that no two changes ever have one key.
func (s *service) endChange(ctx context.Context, a account, key string, date int64) (*Billing, error) {
	tenant := access.From(ctx).Tenant
	_, err := s.refresh(ctx, tenant, a.customer, func(tx *db.SystemTx) error {
		res := tx.Exec("UPDATE billing_subscriptions SET change_until = NULL, changed_at = ? WHERE tenant_id = ? AND change_key = ? AND change_until IS NOT NULL",
			latest(s.Now(), time.Unix(date, 0)), tenant, key)
		if res.Error != nil || res.RowsAffected == 0 {
			return res.Error
		}
		return audit.RecordFor(ctx, tx, tenant, "billing.change", a.StripeID, map[string]any{"change": key})
	})
	if err != nil {
		return nil, err
	}
	return s.get(ctx, nil)
}
