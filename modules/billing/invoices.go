package billing

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"regexp"
	"time"

	"github.com/stripe/stripe-go/v76"

	"saaskit/platform/db"
	"saaskit/platform/fault"
)

// Invoice is a bill of the tenant's subscription. The links are Stripe's, and expire.
type Invoice struct {
	ID        string    `json:"id" example:"in_1abc"`
	Number    string    `json:"number" doc:"Empty for a draft" example:"A1B2-0001"`
	CreatedAt time.Time `json:"created_at"`
	Currency  string    `json:"currency" example:"usd"`
	Total     int64     `json:"total" doc:"With tax, in minor units (cents)"`
	Status    string    `json:"status" doc:"In Stripe's words" example:"paid"`
	PageURL   string    `json:"page_url" doc:"Where it can be seen and paid; empty for a draft"`
	PDFURL    string    `json:"pdf_url" doc:"Empty for a draft"`
}

type invoicesInput struct {
	db.PageQuery
}

// invoices lists what Stripe has of the tenant's own customer, newest first. Before the first checkout there is no customer, and no invoice.
func (s *service) invoices(ctx context.Context, in *invoicesInput) (*db.Page[Invoice], error) {
	if s.stripe == nil {
		return nil, errOff
	}
	params := &stripe.InvoiceListParams{}
	params.Context, params.Limit, params.Single = ctx, stripe.Int64(int64(in.Limit)), true
	if in.Cursor != "" {
		after, err := openCursor(in.Cursor)
		if err != nil {
			return nil, err
		}
		params.StartingAfter = stripe.String(after)
	}
	page := &db.Page[Invoice]{Items: []Invoice{}}
	account, err := s.account(ctx)
	if err != nil || account.customer == "" {
		return page, err
	}
	params.Customer = stripe.String(account.customer)
	list := s.stripe.Invoices.List(params)
	for list.Next() {
		page.Items = append(page.Items, invoiceOf(list.Invoice()))
	}
	switch err := list.Err(); {
	case unknownCustomer(err):
		return page, nil
	case gone(err):
		return nil, errCursor.Wrap(err)
	case err != nil:
		return nil, asFault("list the invoices", err)
	}
	if meta := list.Meta(); meta != nil && meta.HasMore && len(page.Items) > 0 {
		page.NextCursor, err = sealCursor(page.Items[len(page.Items)-1].ID)
	}
	return page, err
}

func invoiceOf(o *stripe.Invoice) Invoice {
	return Invoice{
		ID: o.ID, Number: o.Number, CreatedAt: time.Unix(o.Created, 0).UTC(), Currency: string(o.Currency), Total: o.Total, Status: string(o.Status),
		PageURL: o.HostedInvoiceURL, PDFURL: o.InvoicePDF,
	}
}

const cursorOfInvoices = "invoices"

var (
	invoiceID = regexp.MustCompile(`^in_[A-Za-z0-9_]{1,100}$`)
	errCursor = fault.New(fault.Invalid, "invalid_cursor", "The cursor is not one of ours.").
			With(fault.Field{Location: "query.cursor", Message: "must be the next_cursor of a page of this list"})
)

// sealCursor wraps the id of an invoice, after which Stripe's list goes on. Whatever id a forged one has, Stripe lists the tenant's own customer's.
func sealCursor(invoice string) (string, error) {
	raw, err := json.Marshal([]string{cursorOfInvoices, invoice})
	return base64.RawURLEncoding.EncodeToString(raw), err
}

func openCursor(cursor string) (invoice string, err error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil {
		return "", errCursor.Wrap(err)
	}
	var parts []string
	if err := json.Unmarshal(raw, &parts); err != nil {
		return "", errCursor.Wrap(err)
	}
	if len(parts) != 2 || parts[0] != cursorOfInvoices || !invoiceID.MatchString(parts[1]) {
		return "", errCursor
	}
	return parts[1], nil
}
