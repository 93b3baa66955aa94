package stripe

import (
	"net/http"
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
type CardError struct{ Code, Message, DeclineCode string }

// Error is Stripe's text for the customer.
func (e *CardError) Error() string { return e.Message }

// answer is the refusal as the API answers it.
func (e *CardError) answer() *Error {
	return &Error{Status: http.StatusPaymentRequired, Type: "card_error", Code: e.Code, DeclineCode: e.DeclineCode, Message: e.Message}
}

// Test cards of Stripe's documentation that the emulator knows.
const (
	CardPays     = "4242424242424242"
	CardDeclines = "4000000000000002"
	// CardAuthenticates asks its holder to authenticate whenever it is charged. With Stripe it stops asking once it is set up for later
	// payments, and 4000002760003184 never stops; here both never stop, so that renewals fail with authentication_required.
	CardAuthenticates = "4000002500003155"
	// CardFailsLater attaches and then fails to be charged. Here it pays on hosted pages all the same, so that a subscription can begin with the
	// card whose renewals fail.
	CardFailsLater = "4000000000000341"
	// CardDisputes pays, and the payment is disputed as fraudulent at once.
	CardDisputes = "4000000000000259"
)

var payingCards = map[string]string{
	CardPays: "visa", CardFailsLater: "visa", CardAuthenticates: "visa", CardDisputes: "visa", "4000002760003184": "visa",
	"4000056655665556": "visa", "5555555555554444": "mastercard", "378282246310005": "amex",
}

const declined = "Your card was declined."

var decliningCards = map[string]*CardError{
	CardDeclines:       {"card_declined", declined, "generic_decline"},
	"4000000000009995": {"card_declined", "Your card has insufficient funds.", "insufficient_funds"},
	"4000000000000069": {"expired_card", "Your card has expired.", "expired_card"},
	"4000000000000127": {"incorrect_cvc", "Your card's security code is incorrect.", "incorrect_cvc"},
	"4000000000000119": {"processing_error", "An error occurred while processing your card. Try again in a little bit.", "processing_error"},
}

var (
	errLater        = &CardError{"card_declined", declined, "generic_decline"}
	errAuthenticate = &CardError{"authentication_required", "Your card was declined. This transaction requires authentication.", "authentication_required"}
	errNoMethod     = &CardError{"missing_payment_method", "This customer has no attached payment source or default payment method.", ""}
)

// presence is where the customer is when a card is charged.
type presence int

const (
	absent        presence = iota // off session
	present                       // on session: asked to authenticate, and not yet done so
	authenticated                 // has done what the card asks for
)

func presenceOf(offSession bool) presence {
	if offSession {
		return absent
	}
	return present
}

// digits is the text without spaces and dashes.
func digits(s string) string { return strings.NewReplacer(" ", "", "-", "").Replace(s) }

// authorize asks the issuer, that is the table of test cards, whether the card may be kept.
func (k card) authorize() error {
	n := digits(k.Number)
	if refusal := decliningCards[n]; refusal != nil {
		return refusal
	}
	if payingCards[n] == "" {
		return &CardError{Code: "card_declined", DeclineCode: "test_mode_live_card", Message: "Your card was declined. Your request was in test mode, but used a non test card. " +
			"For a list of valid test cards, visit: https://stripe.com/docs/testing."}
	}
	return nil
}

// authenticates reports whether the card asks its holder to authenticate.
func (k card) authenticates() bool { return asksFor(last4(digits(k.Number))) }

func asksFor(ending string) bool { return ending == last4(CardAuthenticates) || ending == "3184" }

func last4(n string) string { return n[max(0, len(n)-4):] }

// outcome is what the issuer says of a charge; nil is yes. Cards are told by their last four digits, which the test cards do not share.
func (c *call) outcome(method object, who presence) *CardError {
	if method == nil {
		return errNoMethod
	}
	switch ending := text(child(method, "card"), "last4"); {
	case ending == last4(CardFailsLater) && who != authenticated:
		return errLater
	case asksFor(ending) && who != authenticated:
		return errAuthenticate
	default:
		for n, refusal := range decliningCards {
			if ending == last4(n) {
				return refusal
			}
		}
	}
	return nil
}

func (k card) object() object {
	n := digits(k.Number)
	o := clone(child(fixtures["payment_method"], "card")).(object)
	o["brand"], o["display_brand"], o["last4"] = payingCards[n], payingCards[n], last4(n)
	o["exp_month"], o["exp_year"] = k.Month, k.Year
	o["fingerprint"] = "emulated" + n[len(n)-8:]
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
