package modules_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"saaskit/modules/apptest"
	"saaskit/platform/access"
)

// world is a tenant with something of everything in it.
type world struct {
	app     *apptest.App
	tenant  *apptest.Tenant
	note    uuid.UUID
	trashed uuid.UUID
	member  *apptest.Actor // a viewer, whom others may promote or remove
}

func newWorld(t *testing.T, app *apptest.App) *world {
	t.Helper()
	w := &world{app: app, tenant: app.Tenant(t)}
	w.member = w.tenant.Actor(t, access.Viewer)
	write := func(title string) uuid.UUID {
		var note struct{ ID uuid.UUID }
		w.tenant.Owner.Post(t, "/notes", map[string]any{"title": title + " of " + w.tenant.Slug}).Status(t, 201).JSON(t, &note)
		return note.ID
	}
	w.note, w.trashed = write("note"), write("trashed note")
	w.tenant.Owner.Delete(t, "/notes/"+w.trashed.String()).Status(t, 204)
	return w
}

// secrets are words that nobody outside the tenant may see in any answer.
func (w *world) secrets() []string {
	return []string{
		w.tenant.ID.String(), w.tenant.Slug, w.tenant.Name, w.note.String(), w.trashed.String(),
		w.tenant.Owner.Email, w.tenant.Owner.ID.String(), w.member.Email, w.member.ID.String(),
	}
}

// leak returns a secret that the answer holds, or nothing.
func (w *world) leak(r *apptest.Response) string {
	text := string(r.Body) + fmt.Sprint(r.Header)
	i := slices.IndexFunc(w.secrets(), func(s string) bool { return strings.Contains(text, s) })
	if i < 0 {
		return ""
	}
	return w.secrets()[i]
}

// state is a digest of every row of the tenant in every table.
func (w *world) state(t *testing.T) string {
	t.Helper()
	tables := column(t, w.app, `
SELECT c.oid::regclass::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relkind IN ('r', 'p') AND a.attname = 'tenant_id' AND NOT a.attisdropped ORDER BY 1`)
	if len(tables) < 5 {
		t.Fatalf("only the tables %v have a tenant", tables)
	}
	parts := []string{"SELECT 'tenants ' || md5(t::text) FROM tenants t WHERE id = $1"}
	for _, table := range tables {
		parts = append(parts, "SELECT '"+table+" ' || count(*) || coalesce(md5(string_agg(t::text, ',' ORDER BY t::text)), '') FROM "+table+" t WHERE tenant_id = $1")
	}
	return strings.Join(column(t, w.app, strings.Join(parts, " UNION ALL "), w.tenant.ID), "\n")
}

// column is the first column of a superuser's query.
func column(t *testing.T, app *apptest.App, query string, args ...any) []string {
	t.Helper()
	rows, err := app.Admin.QueryContext(t.Context(), query, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var values []string
	for rows.Next() {
		var value string
		if err := rows.Scan(&value); err != nil {
			t.Fatal(err)
		}
		values = append(values, value)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return values
}

// specimen is how to call an operation so that it works for whoever is allowed to.
type specimen struct {
	path   func(w *world) string // what stands behind /api/v1
	body   any                   // nil, a value, or a func(w *world) any
	status int
	code   string // of the problem, when status is one
}

func at(path string) func(*world) string { return func(*world) string { return path } }

func (s specimen) bodyFor(w *world) any {
	if of, ok := s.body.(func(*world) any); ok {
		return of(w)
	}
	return s.body
}

type fields = map[string]any

func noteAt(w *world) string    { return "/notes/" + w.note.String() }
func memberAt(w *world) string  { return "/members/" + w.member.ID.String() }
func managedAt(w *world) string { return "/operator/tenants/" + w.tenant.ID.String() }

const somePassword = "vexing otter lamp oboe"

// specimens has one for every operation of the API.
var specimens = map[string]specimen{
	"accounts-sign-up": {at("/sign-up"), func(w *world) any { return fields{"email": "new-" + w.tenant.Owner.Email} }, 202, ""},
	"accounts-sign-up-complete": {at("/sign-up/complete"),
		fields{"token": strings.Repeat("x", 43), "name": "Eve", "password": somePassword}, 422, "link_invalid"},
	"accounts-sign-in": {at("/sign-in"),
		func(w *world) any { return fields{"email": w.tenant.Owner.Email, "password": somePassword} }, 401, "sign_in_failed"},
	"accounts-sign-out":        {at("/sign-out"), nil, 204, ""},
	"accounts-session-refresh": {at("/session/refresh"), func(w *world) any { return fields{"tenant": w.tenant.Slug} }, 401, "session_expired"},
	"accounts-password-forgot": {at("/password/forgot"), func(w *world) any { return fields{"email": w.member.Email} }, 202, ""},
	"accounts-password-reset":  {at("/password/reset"), fields{"token": strings.Repeat("x", 43), "password": somePassword}, 422, "link_invalid"},
	"accounts-me":              {at("/me"), nil, 200, ""},
	"accounts-tenant-list":     {at("/tenants"), nil, 200, ""},
	"accounts-tenant-create":   {at("/tenants"), fields{"name": "Another one"}, 201, ""},
	"accounts-tenant":          {at("/tenant"), nil, 200, ""},
	"accounts-member-list":     {at("/members"), nil, 200, ""},
	"accounts-member-role":     {memberAt, fields{"role": "member"}, 200, ""},
	"accounts-member-remove":   {memberAt, nil, 204, ""},

	"notes-list":    {at("/notes"), nil, 200, ""},
	"notes-get":     {noteAt, nil, 200, ""},
	"notes-create":  {at("/notes"), fields{"title": "New", "body": "Text"}, 201, ""},
	"notes-update":  {noteAt, fields{"title": "Changed", "version": 1}, 200, ""},
	"notes-delete":  {noteAt, nil, 204, ""},
	"notes-restore": {func(w *world) string { return "/notes/" + w.trashed.String() + "/restore" }, nil, 200, ""},

	"billing-plans":    {at("/billing/plans"), nil, 200, ""},
	"billing-get":      {at("/billing"), nil, 200, ""},
	"billing-checkout": {at("/billing/checkout"), fields{"plan": "pro"}, 200, ""},
	"billing-portal":   {at("/billing/portal"), nil, 409, "no_subscription"},

	"operator-sign-in": {at("/operator/sign-in"), fields{"email": "nobody@example.com", "password": somePassword}, 200, ""},
	"operator-sign-in-code": {at("/operator/sign-in/code"),
		fields{"challenge": strings.Repeat("x", 43), "code": "000000"}, 422, "code_invalid"},
	"operator-refresh":      {at("/operator/session/refresh"), nil, 401, "session_expired"},
	"operator-sign-out":     {at("/operator/sign-out"), nil, 204, ""},
	"operator-set-password": {at("/operator/password"), fields{"token": strings.Repeat("x", 43), "password": somePassword}, 422, "link_invalid"},
	"operator-me":           {at("/operator/me"), nil, 200, ""},
	"operator-tenants":      {at("/operator/tenants"), nil, 200, ""},
	"operator-tenant":       {managedAt, nil, 200, ""},
	"operator-suspend":      {func(w *world) string { return managedAt(w) + "/suspend" }, fields{"reason": "A test"}, 200, ""},
	"operator-restore":      {func(w *world) string { return managedAt(w) + "/restore" }, fields{"reason": "A test"}, 409, "not_suspended"},
	"operator-audit":        {at("/operator/audit"), nil, 200, ""},
}

// call sends the specimen of an operation and checks that the answer is as documented.
func (d *document) call(t *testing.T, o *operation, caller *apptest.Actor, w *world, headers ...string) *apptest.Response {
	t.Helper()
	s := specimens[o.ID]
	r := caller.Do(t, o.method, "/api/v1"+s.path(w), s.bodyFor(w), headers...)
	if problem := d.conforms(o, r.StatusCode, r.Header.Get("Content-Type"), r.Body); problem != "" {
		t.Errorf("Z6: %s answers %d with something else than documented: %s\n%s", o.ID, r.StatusCode, problem, r.Body)
	}
	return r
}
