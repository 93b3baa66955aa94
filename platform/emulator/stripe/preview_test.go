package stripe_test

import (
	"math/rand/v2"
	"testing"
	"time"

	stripego "github.com/stripe/stripe-go/v76"
)

// What is shown before a change is what it then costs, whatever is changed, however often and when.
func TestEveryPreviewComesTrue(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "visa")
	random := rand.New(rand.NewPCG(1, 2))
	prices := []string{w.price.ID, w.otherPrice(3333, "month").ID, w.otherPrice(99, "month").ID}
	p := w.params(2)
	p.AutomaticTax = &stripego.SubscriptionAutomaticTaxParams{Enabled: stripego.Bool(true)}
	s := w.subscribe(p)
	now := firstOfApril
	for i := range 40 {
		now = now.Add(time.Duration(1+random.IntN(9*86400)) * time.Second)
		w.advance(now)
		behaviour := []string{"create_prorations", "always_invoice", "none"}[random.IntN(3)]
		change := w.change(s, prices[random.IntN(len(prices))], int64(1+random.IntN(20)), behaviour)
		previewed := must[*stripego.Invoice](t)(w.preview(s, change))
		latest := w.subscription(s.ID).LatestInvoice.ID
		s = w.update(s.ID, change)
		if s.LatestInvoice.ID == latest { // nothing was billed at once: the renewal shows it
			now = time.Unix(s.CurrentPeriodEnd, 0).Add(time.Hour)
			w.advance(now)
			s = w.subscription(s.ID)
		}
		made := w.invoice(s.LatestInvoice.ID)
		same(t, "the preview's lines", shown(previewed.Lines), shown(made.Lines))
		if previewed.Total != made.Total || previewed.Tax != made.Tax || previewed.AmountDue != made.AmountDue || (made.AmountDue > 0 && made.AmountPaid != made.AmountDue) {
			t.Fatalf("change %d, %s: previewed %d with tax %d and %d due, made %d, %d, %d", i, behaviour, previewed.Total, previewed.Tax, previewed.AmountDue, made.Total, made.Tax, made.AmountDue)
		}
	}
}
