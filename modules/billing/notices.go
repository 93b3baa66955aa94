package billing

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/stripe/stripe-go/v76"

	"saaskit/platform/access"
	"saaskit/platform/db"
	"saaskit/platform/fault"
	"saaskit/platform/jobs"
	"saaskit/platform/mail"
)

// noticeKind is what the owners of a tenant are told about.
type noticeKind string

const (
	paymentFailed  noticeKind = "payment_failed" // its cause is the invoice
	authentication noticeKind = "authentication" // the invoice
	readOnly       noticeKind = "read_only"      // the subscription, and since when it is past due
	trialEnds      noticeKind = "trial_ends"     // the subscription
	nowUnpaid      noticeKind = "unpaid"         // the subscription, and its period's end
	ended          noticeKind = "ended"          // the subscription
)

// trialNotice is how long before a trial's end the owners are told.
const trialNotice = 3 * 24 * time.Hour

// notice is the job that mails the owners of its tenant, once for each cause.
type notice struct {
	About noticeKind `json:"about"`
	Cause string     `json:"cause"`
}

// Kind names the job.
func (notice) Kind() string { return "billing.notice" }

// noticesOf is what the owners are told when Stripe's word goes from one to the other. What they know already is not told again: see noticeTx.
func noticesOf(before, now subscription) []notice {
	var all []notice
	switch status := stripe.SubscriptionStatus(now.Status); {
	case now.Unpaid != "" && now.Action:
		all = append(all, notice{authentication, now.Unpaid})
	case now.Unpaid != "" && status == stripe.SubscriptionStatusPastDue:
		all = append(all, notice{paymentFailed, now.Unpaid})
	case now.StripeID != before.StripeID || now.Status == before.Status:
	case status == stripe.SubscriptionStatusUnpaid:
		all = append(all, notice{nowUnpaid, now.StripeID + at(now.PeriodEnd)})
	case !now.live() && before.live() && before.Status != string(stripe.SubscriptionStatusIncomplete):
		all = append(all, notice{ended, now.StripeID})
	}
	return all
}

// at is a moment as a part of a cause.
func at(t *time.Time) string {
	if t == nil {
		return ""
	}
	return "@" + strconv.FormatInt(t.Unix(), 10)
}

// noticeTx has the owners of the tenant told, unless that was done or is on its way.
func (s *service) noticeTx(ctx context.Context, tx *db.SystemTx, tenant uuid.UUID, n notice) error {
	made := tx.Exec("INSERT INTO billing_notices (tenant_id, kind, cause) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", tenant, n.About, n.Cause)
	if made.Error != nil || made.RowsAffected == 0 {
		return made.Error
	}
	return s.Queue.Enqueue(ctx, tx, n, jobs.ForTenant(tenant))
}

// sendNotice puts the mails in and notes it in one transaction: however often the job runs, each owner gets one. What is no longer so when
// it runs is not told.
func (s *service) sendNotice(ctx context.Context, n notice) error {
	tenant := access.From(ctx).Tenant
	c, err := s.noticeCase(ctx, tenant)
	if err != nil {
		return err
	}
	message, told, err := s.noticeMail(ctx, n, c)
	if err != nil {
		return err
	}
	return s.DB.System(ctx, "tell the owners of a tenant about its subscription", func(tx *db.SystemTx) error {
		done := tx.Exec("UPDATE billing_notices SET done_at = now() WHERE tenant_id = ? AND kind = ? AND cause = ? AND done_at IS NULL", tenant, n.About, n.Cause)
		if done.Error != nil || done.RowsAffected == 0 || !told {
			return done.Error
		}
		return s.mailOwnersTx(ctx, tx, tenant, message)
	})
}

// mailOwnersTx puts in the mail to each owner of the tenant. Where mail is off, trying again does not help.
func (s *service) mailOwnersTx(ctx context.Context, tx *db.SystemTx, tenant uuid.UUID, message mail.Message) error {
	owners, err := s.OwnerEmails(ctx, tx, tenant)
	if err != nil {
		return err
	}
	for _, owner := range owners {
		message.To = owner
		err := s.Mail.Send(ctx, tx, message)
		if err != nil && fault.From(err).Code == "mail_off" {
			return jobs.GiveUp(err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// noticeCase is what our tables say when the mail is written.
type noticeCase struct {
	Slug string
	Now  time.Time    // by the database's clock
	Sub  subscription `gorm:"embedded"`
}

func (s *service) noticeCase(ctx context.Context, tenant uuid.UUID) (c noticeCase, err error) {
	err = s.DB.System(ctx, "read what the owners of a tenant are told", func(tx *db.SystemTx) error {
		return tx.Raw("SELECT t.slug, now() AS now, b.* FROM (SELECT tenant_id, "+columns+" FROM billing_subscriptions WHERE tenant_id = ?) b "+
			"JOIN tenants t ON t.id = b.tenant_id", tenant).Scan(&c).Error
	})
	return c, err
}

// sweepNotices is the job that finds what begins by the passing of time: that a tenant is read only, and that a trial ends soon. It looks at
// what is stored, so that no event has to come for it.
type sweepNotices struct{}

// Kind names the job.
func (sweepNotices) Kind() string { return "billing.sweep_notices" }

const (
	noticesEvery  = 10 * time.Minute
	noticesAtOnce = 500
)

// The tenants of which a notice is due and was not made. Both name the cause in the same way as the program.
const (
	dueReadOnly = `
SELECT b.tenant_id, b.stripe_id || '@' || cast(extract(epoch FROM b.past_due_since) AS bigint) AS cause FROM billing_subscriptions b
JOIN tenant_plans p ON p.tenant_id = b.tenant_id
WHERE b.status = 'past_due' AND p.read_only_at <= now() AND NOT EXISTS (SELECT FROM billing_notices n WHERE n.tenant_id = b.tenant_id
	AND n.kind = 'read_only' AND n.cause = b.stripe_id || '@' || cast(extract(epoch FROM b.past_due_since) AS bigint))
LIMIT ?`
	dueTrialEnds = `
SELECT b.tenant_id, b.stripe_id AS cause FROM billing_subscriptions b
WHERE b.status = 'trialing' AND b.cancel_at IS NULL AND b.trial_end > now() AND b.trial_end <= now() + cast(? AS interval)
	AND NOT EXISTS (SELECT FROM billing_notices n WHERE n.tenant_id = b.tenant_id AND n.kind = 'trial_ends' AND n.cause = b.stripe_id)
LIMIT ?`
)

func (s *service) sweepNotices(ctx context.Context, _ sweepNotices) error {
	if err := s.sweep(ctx, readOnly, dueReadOnly, noticesAtOnce); err != nil {
		return err
	}
	return s.sweep(ctx, trialEnds, dueTrialEnds, fmt.Sprintf("%d seconds", int64(trialNotice.Seconds())), noticesAtOnce)
}

// sweep makes the notices that the query finds, some hundreds in a transaction.
func (s *service) sweep(ctx context.Context, about noticeKind, query string, args ...any) error {
	for found := noticesAtOnce; found == noticesAtOnce; {
		err := s.DB.System(ctx, "find whom to tell about their subscription", func(tx *db.SystemTx) error {
			var due []struct {
				TenantID uuid.UUID
				Cause    string
			}
			if err := tx.Raw(query, args...).Scan(&due).Error; err != nil {
				return err
			}
			found = len(due)
			for _, d := range due {
				if err := s.noticeTx(ctx, tx, d.TenantID, notice{about, d.Cause}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
