package stripe

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/stripe/stripe-mock/param"
)

// call is one request to the API while it is answered; the emulator's lock is held.
type call struct {
	e      *Emulator
	r      *http.Request
	id     string // the path's last variable
	params object
	origin object    // what events say about the request that caused them
	moment time.Time // when it happens, by a test clock or because it was due earlier; zero is the emulator's own time
}

// time is when the call happens, in UTC.
func (c *call) time() time.Time {
	if !c.moment.IsZero() {
		return c.moment
	}
	return c.e.now().UTC()
}

func (c *call) now() int64 { return c.time().Unix() }

// serveAPI answers one request: authenticate, validate, replay or run, remember, send.
func (e *Emulator) serveAPI(w http.ResponseWriter, r *http.Request, rt route) {
	requestID := "req_" + randomText(14)
	w.Header().Set("Request-Id", requestID)
	w.Header().Set("Stripe-Version", APIVersion)
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	if err != nil {
		send(w, http.StatusRequestEntityTooLarge, envelope(&Error{Type: invalidRequest, Message: "The request is too large."}))
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))

	fault := e.faultOf(r)
	if fault.wrong() && !fault.AfterCommit {
		if fault.Remember {
			e.mu.Lock()
			e.remember(r, body, fault.Status, unknownError, requestID)
			e.mu.Unlock()
		}
		fault.play(w)
		return
	}
	e.mu.Lock()
	status, raw := e.answer(w, r, rt, requestID, body)
	if fault.Remember {
		e.remember(r, body, fault.Status, unknownError, requestID)
	}
	e.mu.Unlock()
	e.wakeUp()
	if fault.Hold != nil {
		select {
		case <-fault.Hold:
		case <-r.Context().Done():
		}
	}
	if fault.wrong() {
		fault.play(w)
		return
	}
	send(w, status, raw)
}

// answer holds the lock.
func (e *Emulator) answer(w http.ResponseWriter, r *http.Request, rt route, requestID string, body []byte) (int, []byte) {
	key := r.Header.Get("Idempotency-Key")
	c := &call{e: e, r: r, origin: object{"id": requestID, "idempotency_key": nil}}
	if names := pathVariable.FindAllStringSubmatch(rt.path, -1); len(names) > 0 {
		c.id = r.PathValue(names[len(names)-1][1])
	}
	if err := c.admit(rt); err != nil {
		return failure(err)
	}
	if r.Method != http.MethodPost || key == "" {
		return c.run(rt)
	}
	w.Header().Set("Idempotency-Key", key)
	c.origin["idempotency_key"] = key
	if old := e.state.Replies[key]; old != nil && e.now().Sub(old.At) < replyLife {
		if old.Digest != digestOf(r, body) {
			return failure(&Error{Status: http.StatusBadRequest, Type: idempotencyError, Message: "Keys for idempotent requests can only be used with the same parameters they were first used with. " +
				"Try using a key other than '" + key + "' if you meant to execute a different request."})
		}
		w.Header().Set("Idempotent-Replayed", "true")
		w.Header().Set("Original-Request", old.ID)
		return old.Status, old.Body
	}
	status, raw := c.run(rt)
	e.remember(r, body, status, raw, requestID)
	return status, raw
}

// remember keeps what the request's idempotency key, if any, is answered with from now on; the lock is held.
func (e *Emulator) remember(r *http.Request, body []byte, status int, answer []byte, requestID string) {
	key := r.Header.Get("Idempotency-Key")
	if r.Method != http.MethodPost || key == "" {
		return
	}
	e.state.Replies[key] = &reply{Digest: digestOf(r, body), Status: status, Body: answer, ID: requestID, At: e.now()}
	e.persist()
}

// digestOf tells requests with other parameters apart.
func digestOf(r *http.Request, body []byte) string {
	sum := sha256.Sum256([]byte(r.Method + " " + r.URL.Path + "\n" + string(body)))
	return hex.EncodeToString(sum[:])
}

// admit authenticates, and reads and validates the parameters. What it refuses is not remembered under an idempotency key.
func (c *call) admit(rt route) error {
	if err := c.authenticate(); err != nil {
		return err
	}
	if v := c.r.Header.Get("Stripe-Version"); v != "" && v != APIVersion {
		return invalid("", "", "Invalid Stripe API version: %s. This emulator speaks %s only.", v, APIVersion)
	}
	if rt.path == "" {
		return nil
	}
	params, err := param.ParseParams(c.r)
	if err != nil {
		return invalid("", "", "Invalid request: %v", err)
	}
	if params == nil {
		params = object{}
	}
	if err := c.e.document.check(rt.method, rt.path, params); err != nil {
		return err
	}
	if name := rt.unhonoured(params); name != "" {
		return c.e.unsupported("The parameter " + name + " of " + rt.method + " " + rt.path)
	}
	c.params = params
	return nil
}

func (c *call) authenticate() error {
	key, _, basic := c.r.BasicAuth()
	if !basic {
		key, _ = strings.CutPrefix(c.r.Header.Get("Authorization"), "Bearer ")
	}
	if key == "" {
		return &Error{Status: http.StatusUnauthorized, Type: invalidRequest, Message: "You did not provide an API key. " +
			"You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."}
	}
	if subtle.ConstantTimeCompare([]byte(key), []byte(c.e.SecretKey)) != 1 {
		shown := key[max(0, len(key)-4):]
		return &Error{Status: http.StatusUnauthorized, Type: invalidRequest, Message: "Invalid API Key provided: ****" + shown}
	}
	return nil
}

func (c *call) run(rt route) (int, []byte) {
	o, err := rt.run(c)
	if err == nil {
		o, err = c.expand(o)
	}
	if err != nil {
		return failure(err)
	}
	raw, err := json.MarshalIndent(o, "", "  ")
	if err != nil {
		return failure(err)
	}
	if c.r.Method != http.MethodGet {
		c.e.persist()
	}
	return http.StatusOK, raw
}

func (e *Emulator) persist() {
	if err := e.state.save(time.Now()); err != nil {
		e.log.Error("the Stripe emulator's state is not saved", "error", err)
	}
}

func failure(err error) (int, []byte) {
	var e *Error
	if !errors.As(err, &e) {
		e = &Error{Status: http.StatusInternalServerError, Type: apiError, Message: err.Error()}
	}
	return e.Status, envelope(e)
}

func envelope(e *Error) []byte {
	raw, err := json.MarshalIndent(map[string]*Error{"error": e}, "", "  ")
	if err != nil {
		panic(err) // four strings
	}
	return raw
}

func send(w http.ResponseWriter, status int, raw []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(raw) //nolint:gosec // JSON, and said to be
}
