package stripe

import (
	"net/http"
	"slices"
	"strconv"
	"time"
)

// controlView is what the control page shows, newest first.
type controlView struct {
	Title         string
	Problem       string
	Customers     []controlRow
	Subscriptions []controlRow
	Clocks        []controlRow
	Events        []controlEvent
	Faults        []FaultRule
	Kinds         []string
	Delivery      DeliveryMode
	Pending       int
}

type controlRow struct{ ID, Name, Detail, Status string }

type controlEvent struct {
	ID, Type, At string
	Deliveries   []string
}

const shownRows = 50

func (e *Emulator) showControls(w http.ResponseWriter, _ *http.Request) {
	pages.Show(w, http.StatusOK, "control.html", e.controlView(""))
}

func (e *Emulator) controlView(problem string) controlView {
	view := controlView{
		Title: "Control", Problem: problem, Faults: e.Faults(), Delivery: e.Delivery(), Pending: e.Pending(),
		Kinds: []string{FaultRateLimit, FaultError, FaultErrorAfterCommit, FaultSlow, FaultDown},
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	view.Customers = e.controlRows("customer", func(o object) controlRow {
		return controlRow{ID: text(o, "id"), Name: text(o, "email"), Detail: text(o, "name")}
	})
	view.Subscriptions = e.controlRows("subscription", func(o object) controlRow {
		price := child(firstItem(o), "price")
		return controlRow{
			ID: text(o, "id"), Name: e.productName(price) + " × " + decimalText(number(firstItem(o), "quantity")), Status: text(o, "status"),
			Detail: text(o, "customer") + ", until " + date(number(o, "current_period_end")),
		}
	})
	view.Clocks = e.controlRows(clockKind, func(o object) controlRow {
		return controlRow{ID: text(o, "id"), Name: text(o, "name"), Detail: time.Unix(number(o, "frozen_time"), 0).UTC().Format(time.DateTime), Status: text(o, "status")}
	})
	view.Events = e.controlEvents()
	return view
}

func (e *Emulator) controlRows(kind string, show func(object) controlRow) []controlRow {
	var shown []controlRow
	for _, o := range slices.Backward(e.state.Tables[kind]) {
		if len(shown) == shownRows {
			break
		}
		if !flag(o, "deleted") {
			shown = append(shown, show(o))
		}
	}
	return shown
}

func (e *Emulator) controlEvents() []controlEvent {
	tried := map[string][]string{}
	for _, a := range e.tries {
		status := strconv.Itoa(a.Status)
		if a.Status == 0 {
			status = "no answer"
		}
		if a.Forged {
			status += ", forged"
		}
		tried[a.Event] = append(tried[a.Event], a.At.UTC().Format(time.TimeOnly)+" "+a.URL+": "+status)
	}
	var shown []controlEvent
	for _, o := range slices.Backward(e.state.Tables["event"]) {
		if len(shown) == shownRows {
			break
		}
		at := time.Unix(number(o, "created"), 0).UTC().Format(time.DateTime)
		shown = append(shown, controlEvent{ID: text(o, "id"), Type: text(o, "type"), At: at, Deliveries: tried[text(o, "id")]})
	}
	return shown
}

// submitControls does what one of the page's forms asks for.
func (e *Emulator) submitControls(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<16)
	if err := e.control(r); err != nil {
		pages.Show(w, http.StatusUnprocessableEntity, "control.html", e.controlView(err.Error()))
		return
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (e *Emulator) control(r *http.Request) (err error) {
	id := r.PostFormValue("id")
	whole := func(name string) int { n, _ := strconv.Atoi(r.PostFormValue(name)); return n }
	switch r.PostFormValue("action") {
	case "fault":
		_, err = e.AddFault(FaultRule{
			Kind: r.PostFormValue("kind"), Path: r.PostFormValue("path"), Count: whole("count"), Milliseconds: whole("milliseconds"),
		})
	case "clear":
		e.ClearFaults(id)
	case "delivery":
		err = e.SetDelivery(DeliveryMode{
			Duplicates: whole("duplicates"), Milliseconds: whole("milliseconds"), LosePercent: whole("lose_percent"),
			OutOfOrder: r.PostFormValue("out_of_order") != "", Forge: r.PostFormValue("forge") != "",
		})
	case "resend":
		e.Deliver(r.Context(), id, 1)
	case "forge":
		_, err = e.Forge(r.Context(), id)
	case "advance":
		_, err = e.AdvanceClock(id, r.PostFormValue("by"))
	}
	return err
}
