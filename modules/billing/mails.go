package billing

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/stripe/stripe-go/v76"

	"saaskit/platform/mail"
)

// Texts of the mails to a tenant's owners. They name it by its address in the product, not by the name that somebody chose.

const (
	ownersFootnote = "You get this because you are an owner of the workspace."
	nothingLost    = "Nothing is deleted."
)

// noticeMail writes the mail without its recipient, from what our tables and Stripe say now. told is false when there is nothing to tell any more.
func (s *service) noticeMail(ctx context.Context, n notice, c noticeCase) (m mail.Message, told bool, err error) {
	m.Button, m.Footnote = &mail.Button{Label: "Open Billing", URL: s.settingsURL(c.Slug)}, ownersFootnote
	pastDue, trialing := c.Sub.Status == string(stripe.SubscriptionStatusPastDue), c.Sub.Status == string(stripe.SubscriptionStatusTrialing)
	switch n.About {
	case paymentFailed, authentication:
		return s.debtMail(ctx, n, c, m)
	case readOnly:
		told = pastDue && n.Cause == c.Sub.StripeID+at(c.Sub.PastDueSince)
		readOnlyMail(&m, c)
	case trialEnds:
		if told = trialing && n.Cause == c.Sub.StripeID && c.Sub.CancelAt == nil; told {
			err = s.trialMail(ctx, &m, c)
		}
	case nowUnpaid:
		told = c.Sub.Status == string(stripe.SubscriptionStatusUnpaid)
		unpaidMail(&m, c)
	case ended:
		told = n.Cause == c.Sub.StripeID && !c.Sub.live()
		endedMail(&m, c)
	}
	return m, told, err
}

// debtMail is about an invoice that still waits to be paid. When the grace is over, the mail about that says all.
func (s *service) debtMail(ctx context.Context, n notice, c noticeCase, m mail.Message) (mail.Message, bool, error) {
	if s.stripe == nil {
		return m, false, nil
	}
	params := &stripe.InvoiceParams{}
	params.Context = ctx
	invoice, err := s.stripe.Invoices.Get(n.Cause, params)
	if gone(err) {
		return m, false, nil
	}
	if err != nil {
		return m, false, asFault("look at the unpaid invoice", err)
	}
	end := c.Sub.readOnlyAt()
	if invoice.Status != stripe.InvoiceStatusOpen || (end != nil && !end.After(c.Now)) {
		return m, false, nil
	}
	if n.About == paymentFailed {
		m.Subject = "A payment for " + c.Slug + " failed"
		m.Paragraphs = append(m.Paragraphs, "The payment for the workspace "+c.Slug+" failed. We try it again in the next days. "+
			"Look at how it is paid under Billing, and pay or choose another card there.")
	} else {
		m.Subject = "Confirm a payment for " + c.Slug
		m.Paragraphs = append(m.Paragraphs, "Your bank wants the holder of the card to confirm the payment for the workspace "+c.Slug+
			". Open the invoice and follow the steps of your bank.")
		if invoice.HostedInvoiceURL != "" {
			m.Button = &mail.Button{Label: "Confirm the payment", URL: invoice.HostedInvoiceURL}
		}
	}
	if end != nil {
		m.Paragraphs = append(m.Paragraphs, "Until "+day(*end)+" everything works as before. From then on the workspace is read only until the payment arrives. "+nothingLost)
	}
	m.Title = m.Subject
	return m, true, nil
}

func readOnlyMail(m *mail.Message, c noticeCase) {
	m.Subject = c.Slug + " is read only now"
	m.Title = m.Subject
	m.Paragraphs = []string{
		"The payment for the workspace " + c.Slug + " failed and has not arrived since. So its members can read everything there, but change nothing.",
		"As soon as it is paid, everything works again, at once. " + nothingLost,
	}
	m.Button.Label = "Pay under Billing"
}

// trialMail says what happens at the end, which depends on whether there is a way to pay.
func (s *service) trialMail(ctx context.Context, m *mail.Message, c noticeCase) error {
	if s.stripe == nil {
		return errors.New("write about a trial: billing is off")
	}
	params := &stripe.SubscriptionParams{}
	params.Context = ctx
	params.AddExpand("customer")
	sub, err := s.stripe.Subscriptions.Get(c.Sub.StripeID, params)
	if err != nil {
		return asFault("look at the trial", err)
	}
	plan, _ := s.Plans.Find(c.Sub.Plan)
	m.Subject = "The trial of " + c.Slug + " ends on " + day(*c.Sub.TrialEnd)
	m.Title = m.Subject
	if payable(sub) {
		m.Paragraphs = []string{
			"On " + day(*c.Sub.TrialEnd) + " the trial of the plan " + plan.Name + " ends and the first period begins, which is charged to the way to pay that you gave.",
			"If you want to go on, you need not do anything. Until then you can cancel under Billing, and nothing is charged.",
		}
		return nil
	}
	then := "the payment fails, and after " + days(grace) + " the workspace is read only until it is paid."
	if t := sub.TrialSettings; t != nil && t.EndBehavior != nil {
		switch t.EndBehavior.MissingPaymentMethod { //nolint:exhaustive // the other is said above
		case stripe.SubscriptionTrialSettingsEndBehaviorMissingPaymentMethodCancel:
			then = "the workspace goes over to the " + s.Plans.Plans()[0].Name + " plan."
		case stripe.SubscriptionTrialSettingsEndBehaviorMissingPaymentMethodPause:
			then = "the workspace goes over to the " + s.Plans.Plans()[0].Name + " plan until you add one."
		}
	}
	m.Paragraphs = []string{
		"On " + day(*c.Sub.TrialEnd) + " the trial of the plan " + plan.Name + " ends. There is no card or other way to pay yet.",
		"To go on with the plan, add one under Billing. Otherwise " + then + " " + nothingLost,
	}
	m.Button.Label = "Add a way to pay"
	return nil
}

// payable reports whether Stripe has something to charge for the subscription.
func payable(sub *stripe.Subscription) bool {
	if sub.DefaultPaymentMethod != nil || sub.DefaultSource != nil {
		return true
	}
	c := sub.Customer
	return c != nil && (c.DefaultSource != nil || (c.InvoiceSettings != nil && c.InvoiceSettings.DefaultPaymentMethod != nil))
}

func unpaidMail(m *mail.Message, c noticeCase) {
	m.Subject = "The subscription of " + c.Slug + " is not paid"
	m.Title = m.Subject
	m.Paragraphs = []string{
		"We tried to charge the subscription of the workspace " + c.Slug + " several times, and it was not paid. The workspace is on the free plan until it is.",
		nothingLost + " Where there is more than the free plan includes, it stays, and nothing can be added.",
	}
}

func endedMail(m *mail.Message, c noticeCase) {
	m.Subject = "The subscription of " + c.Slug + " has ended"
	m.Title = m.Subject
	m.Paragraphs = []string{
		"The subscription of the workspace " + c.Slug + " has ended, and the workspace is on the free plan.",
		nothingLost + " Where there is more than the free plan includes, it stays, and nothing can be added. You can subscribe again at any time.",
	}
	m.Button.Label = "See the plans"
}

func days(d time.Duration) string { return strconv.Itoa(int(d/(24*time.Hour))) + " days" }

// day is a date for people everywhere.
func day(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04 UTC") }
