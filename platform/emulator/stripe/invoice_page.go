package stripe

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
)

// invoiceView is what the hosted invoice page and the PDF show.
type invoiceView struct {
	Title, Number, Status, Date, Period string
	Customer, PDF                       string
	Lines                               []invoiceLine
	Sums                                []invoiceLine // subtotal, discount, tax, balance, due
	Due                                 string        // what can be paid here; "" is nothing
	Path, Refusal                       string
}

type invoiceLine struct{ Name, Amount string }

// invoiceView reads the invoice of a page; false when there is none of that id and secret.
func (e *Emulator) invoiceView(r *http.Request) (invoiceView, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	o := e.state.find("invoice", r.PathValue("invoice"))
	path := "/i/" + r.PathValue("invoice") + "/" + r.PathValue("secret")
	if o == nil || !strings.HasSuffix(text(o, "hosted_invoice_url"), path) {
		return invoiceView{}, false
	}
	currency := text(o, "currency")
	view := invoiceView{
		Title: "Invoice " + text(o, "number"), Number: text(o, "number"), Status: text(o, "status"), Date: date(number(o, "created")),
		Customer: strings.TrimSpace(text(o, "customer_name") + " " + text(o, "customer_email")), PDF: path + "/pdf",
	}
	for _, l := range items(child(o, "lines"), "data") {
		l := l.(object)
		view.Lines = append(view.Lines, invoiceLine{text(l, "description"), money(number(l, "amount"), currency)})
	}
	sum := func(name string, amount int64) {
		view.Sums = append(view.Sums, invoiceLine{name, money(amount, currency)})
	}
	sum("Subtotal", number(o, "subtotal"))
	for _, d := range items(o, "total_discount_amounts") {
		sum("Discount", -number(d.(object), "amount"))
	}
	if o["tax"] != nil {
		sum(fmt.Sprintf("Tax (%d%%)", TaxPercent), number(o, "tax"))
	}
	sum("Total", number(o, "total"))
	if applied := number(o, "amount_due") - number(o, "total"); applied != 0 {
		sum("Applied balance", applied)
	}
	sum("Amount due", number(o, "amount_due"))
	view.Path = path
	if o["status"] == "open" {
		view.Due = money(number(o, "amount_remaining"), currency)
	}
	return view, true
}

func (e *Emulator) showInvoice(w http.ResponseWriter, r *http.Request) {
	view, found := e.invoiceView(r)
	if !found {
		message(w, http.StatusNotFound, messageView{Title: "This invoice does not exist", Text: "The link is wrong, or the emulator has forgotten the invoice."})
		return
	}
	pages.Show(w, http.StatusOK, "invoice.html", view)
}

// submitInvoice pays an open invoice with the card that was typed, whose holder is there to authenticate; a declined card is told. Paying what is
// paid changes nothing.
func (e *Emulator) submitInvoice(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<16)
	view, found := e.invoiceView(r)
	if !found {
		message(w, http.StatusNotFound, messageView{Title: "This invoice does not exist", Text: "The link is wrong, or the emulator has forgotten the invoice."})
		return
	}
	if err := e.payHosted(r.PathValue("invoice"), r.PostFormValue("number")); err != nil {
		view.Refusal = err.Error()
		pages.Show(w, http.StatusPaymentRequired, "invoice.html", view)
		return
	}
	e.wakeUp()
	http.Redirect(w, r, view.Path, http.StatusSeeOther)
}

// payHosted keeps the card as the customer's and charges the invoice to it.
func (e *Emulator) payHosted(id, number string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	o := e.state.find("invoice", id)
	if o["status"] != "open" {
		return nil
	}
	c := (&call{e: e}).of(o)
	k := c.testCard("")
	if k.Number = number; !luhn(digits(number)) {
		return &CardError{Code: "incorrect_number", Message: "Your card number is incorrect."}
	}
	if err := k.authorize(); err != nil {
		return err
	}
	method := c.newMethod(k, nil)
	method["customer"] = o["customer"]
	c.emit("payment_method.attached", method, nil)
	refusal := c.charge(o, method, authenticated, false)
	e.persist()
	if refusal != nil {
		return refusal
	}
	return nil
}

func (e *Emulator) sendInvoicePDF(w http.ResponseWriter, r *http.Request) {
	view, found := e.invoiceView(r)
	if !found {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/pdf")
	w.Header().Set("Content-Disposition", `attachment; filename="Invoice-`+view.Number+`.pdf"`)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(view.pdf()) //nolint:gosec // a PDF, and said to be
}

// pdf is the invoice as one page of text in PDF 1.4.
func (v invoiceView) pdf() []byte {
	lines := make([]string, 0, len(v.Lines)+len(v.Sums)+6)
	lines = append(lines, v.Title, "Date: "+v.Date, "Status: "+v.Status, "Bill to: "+v.Customer, "")
	for _, l := range v.Lines {
		lines = append(lines, l.Name+"   "+l.Amount)
	}
	lines = append(lines, "")
	for _, s := range v.Sums {
		lines = append(lines, s.Name+"   "+s.Amount)
	}
	var content bytes.Buffer
	content.WriteString("BT /F1 11 Tf 56 780 Td 16 TL\n")
	for _, l := range lines {
		fmt.Fprintf(&content, "(%s) Tj T*\n", latin(l))
	}
	content.WriteString("ET\n")
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%sendstream", content.Len(), content.String()),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
	}
	var file bytes.Buffer
	file.WriteString("%PDF-1.4\n")
	offsets := make([]int, len(objects))
	for i, o := range objects {
		offsets[i] = file.Len()
		fmt.Fprintf(&file, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	table := file.Len()
	fmt.Fprintf(&file, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, at := range offsets {
		fmt.Fprintf(&file, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&file, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, table)
	return file.Bytes()
}

// latin is text as a PDF string of WinAnsi: what that has no sign for is a question mark.
func latin(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '(' || r == ')' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '€':
			b.WriteByte(0x80)
		case r < 0x20 || (r > 0x7e && r < 0xa0) || r > 0xff:
			b.WriteByte('?')
		default:
			b.WriteByte(byte(r))
		}
	}
	return b.String()
}
