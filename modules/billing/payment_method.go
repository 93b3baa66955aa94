package billing

import (
	"context"

	"github.com/stripe/stripe-go/v76"
)

// PaymentMethod is the card that a subscription is charged to.
type PaymentMethod struct {
	Card *Card `json:"card" doc:"null: there is none"`
}

// Card is what is shown of a card.
type Card struct {
	_ struct{} `nullable:"true"`

	Brand    string `json:"brand" example:"visa"`
	Last4    string `json:"last4" example:"4242"`
	ExpMonth int64  `json:"exp_month" example:"12"`
	ExpYear  int64  `json:"exp_year" example:"2030"`
}

// paymentMethod asks Stripe what the subscription is charged to: its own payment method, else the customer's.
func (s *service) paymentMethod(ctx context.Context, _ *struct{}) (*PaymentMethod, error) {
	if s.stripe == nil {
		return nil, errOff
	}
	account, err := s.account(ctx)
	if err != nil || account.customer == "" {
		return &PaymentMethod{}, err
	}
	if account.live() {
		params := &stripe.SubscriptionParams{}
		params.Context = ctx
		params.AddExpand("default_payment_method")
		params.AddExpand("customer.invoice_settings.default_payment_method")
		sub, err := s.stripe.Subscriptions.Get(account.StripeID, params)
		if err == nil {
			return &PaymentMethod{Card: cardOf(sub.DefaultPaymentMethod, sub.Customer)}, nil
		}
		if !gone(err) {
			return nil, asFault("find the payment method", err)
		}
	}
	params := &stripe.CustomerParams{}
	params.Context = ctx
	params.AddExpand("invoice_settings.default_payment_method")
	customer, err := s.stripe.Customers.Get(account.customer, params)
	if err != nil && !gone(err) {
		return nil, asFault("find the payment method", err)
	}
	return &PaymentMethod{Card: cardOf(nil, customer)}, nil
}

// cardOf is nil where nothing is charged, or something else than a card.
func cardOf(method *stripe.PaymentMethod, customer *stripe.Customer) *Card {
	if method == nil && customer != nil && customer.InvoiceSettings != nil {
		method = customer.InvoiceSettings.DefaultPaymentMethod
	}
	if method == nil || method.Card == nil {
		return nil
	}
	return &Card{Brand: string(method.Card.Brand), Last4: method.Card.Last4, ExpMonth: method.Card.ExpMonth, ExpYear: method.Card.ExpYear}
}
