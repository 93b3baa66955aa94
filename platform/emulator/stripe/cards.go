package stripe

import (
	"strconv"
	"strings"
)

// card is a payment card as typed.
type card struct {
	Number      string
	Month, Year int
	CVC         string
}

// CardError is a refusal by the card's issuer, in Stripe's words.
type CardError struct{ Code, Message string }

// Error is Stripe's text for the customer.
func (e *CardError) Error() string { return e.Message }

// Test cards of Stripe's documentation that the emulator knows.
const (
	CardPays     = "4242424242424242"
	CardDeclines = "4000000000000002"
	// CardFailsLater attaches and then fails to be charged. Here it pays at checkout all the same: nothing else brings a card to a subscription,
	// so it is the one whose renewals fail.
	CardFailsLater = "4000000000000341"
)

var payingCards = map[string]string{CardPays: "visa", CardFailsLater: "visa", "4000056655665556": "visa", "5555555555554444": "mastercard", "378282246310005": "amex"}

var decliningCards = map[string]*CardError{
	CardDeclines:       {"card_declined", "Your card was declined."},
	"4000000000009995": {"insufficient_funds", "Your card has insufficient funds."},
	"4000000000000069": {"expired_card", "Your card has expired."},
	"4000000000000127": {"incorrect_cvc", "Your card's security code is incorrect."},
	"4000000000000119": {"processing_error", "An error occurred while processing your card. Try again in a little bit."},
}

// digits is the text without spaces and dashes.
func digits(s string) string { return strings.NewReplacer(" ", "", "-", "").Replace(s) }

// authorize asks the issuer, that is the table of test cards.
func (k card) authorize() error {
	n := digits(k.Number)
	if refusal := decliningCards[n]; refusal != nil {
		return refusal
	}
	if payingCards[n] == "" {
		return &CardError{"card_declined", "Your card was declined. Your request was in test mode, but used a non test card. " +
			"For a list of valid test cards, visit: https://stripe.com/docs/testing."}
	}
	return nil
}

// renews reports whether the payment method can be charged again.
func renews(method object) bool {
	return text(child(method, "card"), "last4") != CardFailsLater[len(CardFailsLater)-4:]
}

func (k card) object() object {
	n := digits(k.Number)
	o := clone(child(fixtures["payment_method"], "card")).(object)
	o["brand"], o["display_brand"], o["last4"] = payingCards[n], payingCards[n], n[len(n)-4:]
	o["exp_month"], o["exp_year"] = k.Month, k.Year
	return o
}

// luhn reports whether the number's check digit is right.
func luhn(n string) bool {
	if len(n) < 12 || len(n) > 19 {
		return false
	}
	sum := 0
	for i := range len(n) {
		d, err := strconv.Atoi(n[len(n)-1-i : len(n)-i])
		if err != nil {
			return false
		}
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}
