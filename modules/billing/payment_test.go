package billing_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v76"

	"saaskit/modules/apptest"
	"saaskit/platform/access"
	emulator "saaskit/platform/emulator/stripe"
)

// Z2, B7: whoever may not manage billing changes nothing, and sees what their role shows.
func TestB7_OnlyOwnersManageTheSubscription(t *testing.T) {
	t.Parallel()
	s := sharedShop(t)
	n := s.Tenant(t)
	s.subscribe(t, n, "business")
	writes := map[string]any{
		"/billing/preview": target("pro", "month"), "/billing/change": agree(preview{ProrationDate: s.Now().Unix()}, "pro", "month"),
		"/billing/cancel": leaving, "/billing/pause": map[string]any{"months": 1}, "/billing/resume": nil, "/billing/portal": map[string]any{"flow": "payment_method"},
	}
	for _, role := range []access.Role{access.Viewer, access.Member, access.Admin} {
		a := n.Actor(t, role)
		for path, body := range writes {
			a.Post(t, path, body).Problem(t, 403, "forbidden")
		}
		for _, path := range []string{"/billing/invoices", "/billing/payment-method", "/billing"} {
			if role == access.Admin {
				a.Get(t, path).Status(t, 200)
			} else {
				a.Get(t, path).Problem(t, 403, "forbidden")
			}
		}
	}
	nobody := s.Anonymous(t)
	for path, body := range writes {
		nobody.Post(t, path, body).Status(t, 401)
	}
	if o := look(t, n.Owner); o.Plan.Key != "business" || o.Status != "active" || o.CancelAt != nil {
		t.Errorf("it changed: %+v", o)
	}
}

// invoicePage is a page of the tenant's invoices.
type invoicePage struct {
	Items []struct {
		ID      string `json:"id"`
		Number  string `json:"number"`
		Total   int64  `json:"total"`
		Status  string `json:"status"`
		PageURL string `json:"page_url"`
		PDFURL  string `json:"pdf_url"`
	} `json:"items"`
	NextCursor string `json:"next_cursor"`
}

func TestB7_InvoicesAreTheTenantsOwn(t *testing.T) {
	t.Parallel()
	s := sharedShop(t)
	n, other := s.Tenant(t), s.Tenant(t)
	read := func(a *apptest.Actor, query string) (p invoicePage) {
		t.Helper()
		a.Get(t, "/billing/invoices"+query).Status(t, 200).JSON(t, &p)
		return p
	}
	if p := read(n.Owner, ""); p.Items == nil || len(p.Items) != 0 {
		t.Errorf("before the first checkout: %+v", p)
	}
	s.subscribe(t, n, "business")
	s.subscribe(t, other, "business")
	for range 2 {
		if err := s.Stripe.Renew(s.subscriptions(t, n)[0].ID); err != nil {
			t.Fatal(err)
		}
	}
	var ids []string
	for cursor := ""; ; {
		p := read(n.Owner, "?limit=1"+cursor)
		for _, i := range p.Items {
			ids = append(ids, i.ID)
			if i.Total != 9900 || i.Status != "paid" || i.Number == "" || !strings.HasPrefix(i.PageURL, "http") || !strings.HasPrefix(i.PDFURL, "http") {
				t.Errorf("got %+v", i)
			}
		}
		if p.NextCursor == "" {
			break
		}
		cursor = "&cursor=" + p.NextCursor
	}
	want := []string{}
	for _, i := range s.invoices(t, n) {
		want = append(want, i.ID)
	}
	if fmt.Sprint(ids) != fmt.Sprint(want) || len(ids) != 3 {
		t.Errorf("got %v, Stripe has %v", ids, want)
	}
	seal := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	theirs := s.invoices(t, other)[0].ID
	for _, cursor := range []string{
		"x", seal("x"), seal(`["invoices"]`), seal(`["notes","` + ids[0] + `"]`), seal(`["invoices","sub_1"]`), seal(`["invoices","in_1?customer=x"]`),
		seal(`["invoices","in_unknown"]`), seal(`["invoices","` + theirs + `"]`),
	} {
		n.Owner.Get(t, "/billing/invoices?cursor="+cursor).Problem(t, 422, "invalid_cursor")
	}
}

func TestTheCardThatPays(t *testing.T) {
	t.Parallel()
	s := sharedShop(t)
	n := s.Tenant(t)
	type card struct {
		Brand    string `json:"brand"`
		Last4    string `json:"last4"`
		ExpMonth int64  `json:"exp_month"`
		ExpYear  int64  `json:"exp_year"`
	}
	shown := func() (c *card) {
		t.Helper()
		answer := struct{ Card **card }{&c}
		n.Owner.Get(t, "/billing/payment-method").Status(t, 200).JSON(t, &answer)
		return c
	}
	if c := shown(); c != nil {
		t.Errorf("before the first checkout: %+v", c)
	}
	s.subscribe(t, n, "business")
	if c := shown(); c == nil || *c != (card{"visa", "4242", 12, int64(time.Now().Year()) + 2}) {
		t.Errorf("got %+v", c)
	}
	// Without one of the subscription's own it is the customer's.
	other := s.attach(t, s.customer(t, n), emulator.CardFailsLater)
	must[*stripe.Customer](t)(s.api.Customers.Update(s.customer(t, n), &stripe.CustomerParams{
		InvoiceSettings: &stripe.CustomerInvoiceSettingsParams{DefaultPaymentMethod: &other},
	}))
	must[*stripe.Subscription](t)(s.api.Subscriptions.Update(s.subscriptions(t, n)[0].ID, &stripe.SubscriptionParams{DefaultPaymentMethod: stripe.String("")}))
	if c := shown(); c == nil || c.Last4 != "0341" {
		t.Errorf("got %+v", c)
	}
	must[*stripe.Subscription](t)(s.api.Subscriptions.Cancel(s.subscriptions(t, n)[0].ID, nil))
	s.awaitPlan(t, n, "free")
	if c := shown(); c == nil || c.Last4 != "0341" {
		t.Errorf("after the end: %+v", c)
	}
}

func TestThePortalOpensAtTheCard(t *testing.T) {
	t.Parallel()
	s := sharedShop(t)
	n := s.Tenant(t)
	s.subscribe(t, n, "business")
	var link struct{ URL string }
	n.Owner.Post(t, "/billing/portal", map[string]any{"flow": "payment_method"}).Status(t, 200).JSON(t, &link)
	page, err := http.Get(link.URL)
	if err != nil {
		t.Fatal(err)
	}
	page.Body.Close()
	if page.StatusCode != http.StatusOK {
		t.Errorf("the page answers %d", page.StatusCode)
	}
	n.Owner.Post(t, "/billing/portal", map[string]any{"flow": "subscription_cancel"}).Problem(t, 422, "invalid_input")
}
