package stripe

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// controlRoutes are the control page and its JSON twin, which is no part of Stripe's API: who can reach the emulator can use them, but not a
// page of another site through the browser of somebody who can.
func (e *Emulator) controlRoutes(mux *http.ServeMux) {
	controls := http.NewServeMux()
	controls.HandleFunc("GET /{$}", e.showControls)
	controls.HandleFunc("POST /{$}", e.submitControls)
	controls.HandleFunc("GET /_emulator", e.getControls)
	controls.HandleFunc("POST /_emulator/faults", e.addFault)
	controls.HandleFunc("DELETE /_emulator/faults", e.clearFaults)
	controls.HandleFunc("PUT /_emulator/delivery", e.putDelivery)
	controls.HandleFunc("POST /_emulator/events/{id}/resend", e.resendEvent)
	controls.HandleFunc("POST /_emulator/events/{id}/forge", e.forgeEvent)
	controls.HandleFunc("POST /_emulator/clocks/{id}/advance", e.postAdvance)
	controls.HandleFunc("POST /_emulator/renewals", e.postRenewal)
	guarded := http.NewCrossOriginProtection().Handler(controls)
	mux.Handle("/{$}", guarded)
	mux.Handle("/_emulator", guarded)
	mux.Handle("/_emulator/", guarded)
}

// controlState is what GET /_emulator answers.
type controlState struct {
	Faults   []FaultRule  `json:"faults"`
	Delivery DeliveryMode `json:"delivery"`
	Pending  int          `json:"pending"` // deliveries that are queued or on their way
}

func (e *Emulator) getControls(w http.ResponseWriter, _ *http.Request) {
	tell(w, http.StatusOK, controlState{Faults: e.Faults(), Delivery: e.Delivery(), Pending: e.Pending()})
}

func (e *Emulator) addFault(w http.ResponseWriter, r *http.Request) {
	var rule FaultRule
	if !readControl(w, r, &rule) {
		return
	}
	rule, err := e.AddFault(rule)
	if err != nil {
		refuseControl(w, err)
		return
	}
	tell(w, http.StatusCreated, rule)
}

// clearFaults ends the fault of the query's id, or all.
func (e *Emulator) clearFaults(w http.ResponseWriter, r *http.Request) {
	e.ClearFaults(r.URL.Query().Get("id"))
	w.WriteHeader(http.StatusNoContent)
}

func (e *Emulator) putDelivery(w http.ResponseWriter, r *http.Request) {
	var mode DeliveryMode
	if !readControl(w, r, &mode) {
		return
	}
	if err := e.SetDelivery(mode); err != nil {
		refuseControl(w, err)
		return
	}
	tell(w, http.StatusOK, mode)
}

// resendEvent answers with the statuses that the endpoints answered.
func (e *Emulator) resendEvent(w http.ResponseWriter, r *http.Request) {
	tell(w, http.StatusOK, map[string][]int{"statuses": e.Deliver(r.Context(), r.PathValue("id"), 1)})
}

func (e *Emulator) forgeEvent(w http.ResponseWriter, r *http.Request) {
	statuses, err := e.Forge(r.Context(), r.PathValue("id"))
	if err != nil {
		refuseControl(w, err)
		return
	}
	tell(w, http.StatusOK, map[string][]int{"statuses": statuses})
}

func (e *Emulator) postAdvance(w http.ResponseWriter, r *http.Request) {
	var step struct {
		By string `json:"by"` // day or month
	}
	if !readControl(w, r, &step) {
		return
	}
	at, err := e.AdvanceClock(r.PathValue("id"), step.By)
	if err != nil {
		refuseControl(w, err)
		return
	}
	tell(w, http.StatusOK, map[string]int64{"frozen_time": at.Unix()})
}

// postRenewal ends the present period of the subscription of the customer with that email, as if that had been so many days ago, and charges
// the next one: a card that fails makes it past due since then.
func (e *Emulator) postRenewal(w http.ResponseWriter, r *http.Request) {
	var renewal struct {
		Email   string `json:"email"`
		DaysAgo int    `json:"days_ago"`
	}
	if !readControl(w, r, &renewal) {
		return
	}
	id := e.subscriptionOf(renewal.Email)
	if err := e.RenewAgo(id, time.Duration(renewal.DaysAgo)*24*time.Hour); err != nil {
		refuseControl(w, err)
		return
	}
	tell(w, http.StatusOK, map[string]string{"subscription": id})
}

// subscriptionOf is the id of the newest subscription of a customer with the email; "" is none.
func (e *Emulator) subscriptionOf(email string) (id string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.state.each("subscription", func(o object) {
		if text(e.state.find("customer", text(o, "customer")), "email") == email && o["status"] != "canceled" {
			id = text(o, "id")
		}
	})
	return id
}

// AdvanceClock moves a test clock by a day, a week, a month or a year, as a request to the API would, and says where it then is.
func (e *Emulator) AdvanceClock(id, by string) (time.Time, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	clock := e.state.find(clockKind, id)
	if clock == nil {
		return time.Time{}, fmt.Errorf("no test clock %q", id)
	}
	at := time.Unix(number(clock, "frozen_time"), 0).UTC()
	switch by {
	case "day":
		at = at.AddDate(0, 0, 1)
	case "week":
		at = at.AddDate(0, 0, 7)
	case "month":
		at = addMonths(at, 1)
	case "year":
		at = addMonths(at, 12)
	default:
		return at, fmt.Errorf("a clock advances by a day, week, month or year, not by %q", by)
	}
	if _, err := advanceClock(&call{e: e, id: id, params: object{"frozen_time": at.Unix()}}); err != nil {
		return at, err
	}
	e.persist()
	e.wakeUp()
	return at, nil
}

func readControl(w http.ResponseWriter, r *http.Request, into any) bool {
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<16))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		refuseControl(w, errors.New("the body is not the JSON that is wanted: "+err.Error()))
		return false
	}
	return true
}

func refuseControl(w http.ResponseWriter, err error) {
	tell(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
}

func tell(w http.ResponseWriter, status int, value any) {
	raw, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	send(w, status, raw)
}
