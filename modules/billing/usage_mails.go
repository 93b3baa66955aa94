package billing

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/db"
	"saaskit/platform/mail"
	"saaskit/platform/plan"
)

// usageNotice is the job that mails the owners of its tenant that the use of a month has come to a threshold.
type usageNotice struct {
	plan.Crossing
	At time.Time
}

// Kind names the job.
func (usageNotice) Kind() string { return "billing.usage_notice" }

// usageCrossed has the owners told, in the transaction that recorded the use.
func (s *service) usageCrossed(ctx context.Context, tx *db.Tx, c plan.Crossing) error {
	return s.Queue.Enqueue(ctx, tx, usageNotice{Crossing: c, At: s.Now().UTC()})
}

// cause names what is told, once.
func (n usageNotice) cause() string {
	return fmt.Sprintf("%s@%s@%d of %d", n.Key, n.At.Format("2006-01"), n.Percent, n.Of)
}

// sendUsageNotice puts the mails in and notes it in one transaction: however often the job runs, each owner gets one.
func (s *service) sendUsageNotice(ctx context.Context, n usageNotice) error {
	tenant := access.From(ctx).Tenant
	return s.DB.System(ctx, "tell the owners of a tenant about its usage", func(tx *db.SystemTx) error {
		made := tx.Exec("INSERT INTO billing_notices (tenant_id, kind, cause, done_at) VALUES (?, 'usage', ?, now()) ON CONFLICT DO NOTHING", tenant, n.cause())
		if made.Error != nil || made.RowsAffected == 0 {
			return made.Error
		}
		message, err := s.usageMailTx(tx, tenant, n)
		if err != nil {
			return err
		}
		return s.mailOwnersTx(ctx, tx, tenant, message)
	})
}

func (s *service) usageMailTx(tx *db.SystemTx, tenant uuid.UUID, n usageNotice) (mail.Message, error) {
	var c struct{ Slug, Currency string }
	err := tx.Raw("SELECT slug, coalesce((SELECT currency FROM billing_subscriptions WHERE tenant_id = t.id), '') AS currency FROM tenants t WHERE id = ?", tenant).Scan(&c).Error
	if err != nil {
		return mail.Message{}, err
	}
	on, _ := s.Plans.Find(n.Plan)
	charged, charges := on.Charges(n.Key)
	label := s.Plans.Entitlement(n.Key).Label
	resets := time.Date(n.At.Year(), n.At.Month()+1, 1, 0, 0, 0, 0, time.UTC)

	title := fmt.Sprintf("%s has used %d %% of its %s", c.Slug, n.Percent, label)
	verb := "allows"
	if charges {
		verb = "includes"
	}
	used := fmt.Sprintf("The workspace %s has used %s of the %s that the %s plan %s in a month (%s).", c.Slug, units(n.Used), units(n.Of), on.Name, verb, label)
	var then string
	switch {
	case charges && n.Percent < 100:
		then = "Beyond them nothing stops: what is used is charged with the next invoice" + rate(charged, c.Currency) + "."
	case charges:
		then = "Nothing stops. Until " + day(resets) + " what is used beyond them is charged with the next invoice" + rate(charged, c.Currency) + "."
	case n.Percent < 100:
		then = "When they are used up, more is refused until " + day(resets) + ". A larger plan allows more at once."
	default:
		then = "More is refused until " + day(resets) + ". A larger plan allows more at once."
	}
	return mail.Message{
		Subject: title, Title: title, Paragraphs: []string{used, then},
		Button: &mail.Button{Label: "See the usage", URL: s.settingsURL(c.Slug)}, Footnote: ownersFootnote,
	}, nil
}

// rate says what use costs, if the currency is known.
func rate(m plan.Metered, currency string) string {
	amount, known := m.Amounts[currency]
	if !known {
		return ""
	}
	return fmt.Sprintf(", %s %s for each %s", inMajor(amount, currency), strings.ToUpper(currency), units(m.Per))
}

// units writes a number with its thousands apart.
func units(n int64) string {
	text := strconv.FormatInt(n, 10)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}
