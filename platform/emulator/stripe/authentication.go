package stripe

import (
	"net/http"
	"sort"
)

// notAuthenticated is what Stripe's page says when the bank's step failed.
const notAuthenticated = "We are unable to authenticate your payment method. Please choose a different payment method and try again."

// authenticationView is the step in which the card's bank asks its holder. It carries what was typed on, and nothing is kept in between.
type authenticationView struct {
	Title, Path, Ending string
	Fields              []formField
}

type formField struct{ Name, Value string }

// authentication is the step for a form that was sent to the checkout page.
func authentication(v checkoutView, r *http.Request) authenticationView {
	view := authenticationView{Title: "Authenticate", Path: v.Path, Ending: last4(digits(r.PostFormValue("number")))}
	for name := range r.PostForm {
		if name != "authentication" {
			view.Fields = append(view.Fields, formField{name, r.PostFormValue(name)})
		}
	}
	sort.Slice(view.Fields, func(i, j int) bool { return view.Fields[i].Name < view.Fields[j].Name })
	return view
}
