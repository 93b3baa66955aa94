package accounts_test

import (
	"database/sql"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"saaskit/modules"
	"saaskit/modules/accounts"
	"saaskit/modules/apptest"
	"saaskit/platform/access"
	"saaskit/platform/db"
)

const cookieName = "session"

// none is the tenant of somebody who is in none.
var none uuid.UUID

// world is a product of its own for one test, so that tests may use the same names and addresses.
type world struct {
	t         *testing.T
	app       *apptest.App
	base      string // where the product listens
	url       string // its configured base URL
	http      *http.Client
	db        *sql.DB
	provision *accounts.Provision
	first     map[string]answer
}

func start(t *testing.T, options ...apptest.Option) *world {
	t.Helper()
	a := apptest.New(t, options...)
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	t.Cleanup(transport.CloseIdleConnections)
	return &world{
		t: t, app: a, base: a.URL, url: a.Config.BaseURL, http: &http.Client{Transport: transport, Timeout: 100 * time.Second},
		db: a.Admin, provision: modules.Provision(a.Platform), first: map[string]answer{},
	}
}

// patient lets requests wait for their turn at hashing passwords, also on a busy machine.
var patient = apptest.WithEnv("REQUEST_TIMEOUT", "100s")

// replica starts the product once more on the same database and says where it listens.
func (w *world) replica() string {
	w.t.Helper()
	return w.app.Replica(w.t).URL
}

// browser returns a browser at the address; "" is an address of its own.
func (w *world) browser(address string) *browser {
	w.t.Helper()
	if address == "" {
		address = w.app.Anonymous(w.t).Address
	}
	return &browser{t: w.t, base: w.base, address: address, http: w.http, header: http.Header{}}
}

// mails returns the texts of all mails to the address, in order, and ends the test if they are fewer than n.
func (w *world) mails(to string, n int) []string {
	w.t.Helper()
	w.app.JobsDone(w.t)
	var texts []string
	for _, m := range slices.Backward(w.app.Mailbox.Messages(to)) {
		texts = append(texts, m.Subject+"\n"+m.Text)
	}
	if len(texts) < n {
		w.t.Fatalf("%s got %d mails, want %d", to, len(texts), n)
	}
	return texts
}

// mail returns the text of the newest mail to the address.
func (w *world) mail(to string) string {
	w.t.Helper()
	all := w.mails(to, 1)
	return all[len(all)-1]
}

func (w *world) user(email, password string) uuid.UUID {
	w.t.Helper()
	id, err := w.provision.User(w.t.Context(), email, "Name of "+email, password)
	if err != nil {
		w.t.Fatal(err)
	}
	return id
}

func (w *world) tenant(owner uuid.UUID, name string) uuid.UUID {
	w.t.Helper()
	id, err := w.provision.Tenant(w.t.Context(), owner, name, "")
	if err != nil {
		w.t.Fatal(err)
	}
	return id
}

func (w *world) member(tenant, user uuid.UUID, role access.Role) {
	w.t.Helper()
	if err := w.provision.Member(w.t.Context(), tenant, user, role); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) signedIn(user, tenant uuid.UUID) *browser {
	w.t.Helper()
	s, err := w.provision.Session(w.t.Context(), user, tenant)
	if err != nil {
		w.t.Fatal(err)
	}
	b := w.browser("")
	b.token, b.cookie = s.AccessToken, s.RefreshToken
	return b
}

func (w *world) seats(tenant uuid.UUID) (n int64) {
	w.t.Helper()
	err := w.app.DB.Tenant(access.With(w.t.Context(), access.Actor{Kind: access.Job, Tenant: tenant}), func(tx *db.Tx) (err error) {
		n, err = accounts.Seats(w.t.Context(), tx)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

func (w *world) count(query string, args ...any) (n int) {
	w.t.Helper()
	if err := w.db.QueryRowContext(w.t.Context(), query, args...).Scan(&n); err != nil {
		w.t.Fatal(err)
	}
	return n
}

func (w *world) exec(statement string, args ...any) {
	w.t.Helper()
	if _, err := w.db.ExecContext(w.t.Context(), statement, args...); err != nil {
		w.t.Fatal(err)
	}
}

// sameAnswer fails unless the answer is like the first one of that kind, byte for byte but for what differs in every answer.
func (w *world) sameAnswer(kind string, a answer) {
	w.t.Helper()
	first, known := w.first[kind]
	if !known {
		w.first[kind] = a
		return
	}
	strip := func(a answer) string {
		h := a.Header.Clone()
		for _, name := range []string{"Date", "X-Request-Id", "RateLimit"} {
			h.Del(name)
		}
		p := a.problem()
		return fmt.Sprint(a.Status, h, len(a.Body), p)
	}
	if strip(first) != strip(a) {
		w.t.Errorf("%s: %s\nbefore: %s", kind, strip(a), strip(first))
	}
}

// refusedWithinASecond fails unless the browser's token is refused with the status within a second, and stays so.
func (w *world) refusedWithinASecond(b *browser, method, path string, status int) {
	w.t.Helper()
	var body any
	if method == http.MethodPatch {
		body = map[string]any{"role": "viewer"}
	}
	var last answer
	poll := time.NewTicker(20 * time.Millisecond)
	defer poll.Stop()
	for deadline := time.Now().Add(time.Second); time.Now().Before(deadline); <-poll.C {
		if last = b.do(method, path, body); last.Status == status {
			return
		}
	}
	w.t.Errorf("%s %s still answers %d after a second: %s", method, path, last.Status, last.Body)
}

var parallel = apptest.AtOnce

func outcome(a answer, err error) string {
	if err != nil {
		return err.Error()
	}
	if a.Status >= 400 {
		return fmt.Sprint(a.Status, " ", a.problem().Code)
	}
	return fmt.Sprint(a.Status)
}

func contains(list []string, s string) bool { return slices.Contains(list, s) }

// forgotten fails unless it becomes so within a second: what is remembered of the browser's rights is then read again.
func (w *world) forgotten(b *browser, so func() bool) {
	w.t.Helper()
	poll := time.NewTicker(20 * time.Millisecond)
	defer poll.Stop()
	for deadline := time.Now().Add(time.Second); time.Now().Before(deadline); <-poll.C {
		if so() {
			return
		}
	}
	w.t.Errorf("%s: what was remembered still counts after a second", b.address)
}
