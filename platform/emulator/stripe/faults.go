package stripe

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Fault is how an API request goes wrong. The zero value is no fault.
type Fault struct {
	Status      int             // answered with Stripe's envelope
	Drop        bool            // the connection is reset without an answer
	AfterCommit bool            // the request is carried out first
	Remember    bool            // the failure is what its idempotency key answers from then on, as with Stripe a failure inside it is
	Hold        <-chan struct{} // the request is carried out, and its answer is late: it waits for the channel to be closed
}

// The kinds of FaultRule.
const (
	FaultRateLimit        = "rate_limit"         // 429
	FaultError            = "error"              // 500, and nothing is done
	FaultErrorAfterCommit = "error_after_commit" // 500, and the request is carried out all the same
	FaultSlow             = "slow"               // the answer comes late
	FaultDown             = "down"               // the connection is reset; Go's transport asks once more by itself when it reused one
)

// FaultRule makes API requests go wrong, by count or until it is cleared.
type FaultRule struct {
	ID           string `json:"id"`
	Kind         string `json:"kind"`
	Path         string `json:"path"`         // the beginning of the request's path; "" is all
	Count        int    `json:"count"`        // how many requests are left; 0 is all until it is cleared
	Milliseconds int    `json:"milliseconds"` // how late a slow answer is
}

// AddFault adds a rule and answers it with its id. Of several that match a request, the oldest acts.
func (e *Emulator) AddFault(rule FaultRule) (FaultRule, error) {
	kinds := []string{FaultRateLimit, FaultError, FaultErrorAfterCommit, FaultSlow, FaultDown}
	if !slices.Contains(kinds, rule.Kind) {
		return rule, fmt.Errorf("unknown kind of fault %q: want one of %s", rule.Kind, strings.Join(kinds, ", "))
	}
	if rule.Count < 0 || rule.Milliseconds < 0 || (rule.Kind == FaultSlow) != (rule.Milliseconds > 0) {
		return rule, errors.New("a slow fault needs milliseconds, others have none, and a count is not negative")
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	rule.ID = newID("fault")
	e.rules = append(e.rules, &rule)
	return rule, nil
}

// ClearFaults removes the rule of the id; "" removes all.
func (e *Emulator) ClearFaults(id string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.rules = slices.DeleteFunc(e.rules, func(rule *FaultRule) bool { return id == "" || rule.ID == id })
}

// Faults are the rules that still act, oldest first.
func (e *Emulator) Faults() []FaultRule {
	e.mu.Lock()
	defer e.mu.Unlock()
	rules := make([]FaultRule, len(e.rules))
	for i, rule := range e.rules {
		rules[i] = *rule
	}
	return rules
}

// SetFault has decide say of each API request whether it goes wrong; it is called by many at once. nil ends it. Rules act where it does not.
func (e *Emulator) SetFault(decide func(method, path string) Fault) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.fault = decide
}

func (e *Emulator) faultOf(r *http.Request) Fault {
	e.mu.Lock()
	decide := e.fault
	e.mu.Unlock()
	if decide != nil {
		if f := decide(r.Method, r.URL.Path); f != (Fault{}) {
			return f
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	at := slices.IndexFunc(e.rules, func(rule *FaultRule) bool { return strings.HasPrefix(r.URL.Path, rule.Path) })
	if at < 0 {
		return Fault{}
	}
	rule := e.rules[at]
	if rule.Count == 1 {
		e.rules = slices.Delete(e.rules, at, at+1)
	}
	rule.Count--
	rule.Count = max(rule.Count, 0)
	return rule.fault()
}

func (rule *FaultRule) fault() Fault {
	switch rule.Kind {
	case FaultRateLimit:
		return Fault{Status: http.StatusTooManyRequests}
	case FaultError, FaultErrorAfterCommit:
		return Fault{Status: http.StatusInternalServerError, AfterCommit: rule.Kind == FaultErrorAfterCommit}
	case FaultSlow:
		late := make(chan struct{})
		time.AfterFunc(time.Duration(rule.Milliseconds)*time.Millisecond, func() { close(late) })
		return Fault{Hold: late}
	default:
		return Fault{Drop: true}
	}
}

func (f Fault) wrong() bool { return f.Drop || f.Status != 0 }

func (f Fault) play(w http.ResponseWriter) {
	if f.Drop {
		reset(w)
	}
	if f.Status == http.StatusTooManyRequests {
		send(w, f.Status, envelope(&Error{Type: invalidRequest, Code: "rate_limit", Message: "Request rate limit exceeded."}))
		return
	}
	send(w, f.Status, unknownError)
}

var unknownError = envelope(&Error{Type: apiError, Message: "An unknown error occurred."})

// reset ends the connection as a host that is down does, and the handler with it.
func reset(w http.ResponseWriter) {
	if connection, _, err := http.NewResponseController(w).Hijack(); err == nil {
		if tcp, ok := connection.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0) // closing then sends a reset
		}
		_ = connection.Close()
	}
	panic(http.ErrAbortHandler)
}
