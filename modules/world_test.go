package modules_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

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
	key     uuid.UUID      // an API key
	invited uuid.UUID      // an invitation
	domain  uuid.UUID      // a domain with its record, not proved yet
	role    uuid.UUID      // a role that the tenant made
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
	w.invite(t)
	w.key = w.tenant.Owner.Key(t, "notes:read").ID
	var role struct{ ID uuid.UUID }
	w.tenant.Owner.Post(t, "/roles", fields{"name": "Role of " + w.tenant.Slug, "permissions": []string{"notes:read"}}).Status(t, 201).JSON(t, &role)
	w.role = role.ID
	return w
}

// invite adds an invitation and a domain whose record is there.
func (w *world) invite(t *testing.T) {
	t.Helper()
	var invited struct{ Items []struct{ ID uuid.UUID } }
	w.tenant.Owner.Post(t, "/invitations", fields{"emails": []string{"guest-" + w.tenant.Owner.Email}, "role": "viewer"}).Status(t, 201).JSON(t, &invited)
	w.invited = invited.Items[0].ID
	var domain struct {
		ID          uuid.UUID
		RecordName  string `json:"record_name"`
		RecordValue string `json:"record_value"`
	}
	w.tenant.SetPlan(t, "pro") // the free one has no domains
	w.tenant.Owner.Post(t, "/domains", fields{"domain": w.tenant.Slug + ".example", "role": "viewer"}).Status(t, 201).JSON(t, &domain)
	if err := w.app.DNS.Set(domain.RecordName, domain.RecordValue); err != nil {
		t.Fatal(err)
	}
	w.domain = domain.ID
}

// secrets are words that nobody outside the tenant may see in any answer.
func (w *world) secrets() []string {
	return []string{
		w.tenant.ID.String(), w.tenant.Slug, w.tenant.Name, w.note.String(), w.trashed.String(), w.role.String(), w.key.String(), w.invited.String(), w.domain.String(),
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

func noteAt(w *world) string       { return "/notes/" + w.note.String() }
func keyAt(w *world) string        { return "/api-keys/" + w.key.String() }
func memberAt(w *world) string     { return "/members/" + w.member.ID.String() }
func roleAt(w *world) string       { return "/roles/" + w.role.String() }
func invitationAt(w *world) string { return "/invitations/" + w.invited.String() }
func domainAt(w *world) string     { return "/domains/" + w.domain.String() }
func managedAt(w *world) string    { return "/operator/tenants/" + w.tenant.ID.String() }

// arrange makes the world such that the operation works for whoever is allowed to, where that takes more than usual.
func (w *world) arrange(t *testing.T, o *operation) {
	t.Helper()
	if o.ID == "accounts-tenant-leave" { // the last owner stays
		w.tenant.Actor(t, access.Owner)
	}
}

// aPicture is a PNG of one pixel.
const aPicture = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg=="

const somePassword = "vexing otter lamp oboe"

// specimens has one for every operation of the API.
var specimens = map[string]specimen{
	"accounts-sign-up": {at("/sign-up"), func(w *world) any { return fields{"email": "new-" + w.tenant.Owner.Email} }, 202, ""},
	"accounts-sign-up-complete": {at("/sign-up/complete"),
		fields{"token": strings.Repeat("x", 43), "name": "Eve", "password": somePassword}, 422, "link_invalid"},
	"accounts-sign-in": {at("/sign-in"),
		func(w *world) any { return fields{"email": w.tenant.Owner.Email, "password": somePassword} }, 401, "sign_in_failed"},
	"accounts-sign-in-second-factor":  {at("/sign-in/second-factor"), fields{"code": "000000"}, 401, "challenge_expired"},
	"accounts-session-reauthenticate": {at("/session/reauthenticate"), fields{"password": somePassword}, 422, "reauthentication_failed"},
	"accounts-sign-out":               {at("/sign-out"), nil, 204, ""},
	"accounts-session-refresh":        {at("/session/refresh"), func(w *world) any { return fields{"tenant": w.tenant.Slug} }, 401, "session_expired"},
	"accounts-password-forgot":        {at("/password/forgot"), func(w *world) any { return fields{"email": w.member.Email} }, 202, ""},
	"accounts-password-reset":         {at("/password/reset"), fields{"token": strings.Repeat("x", 43), "password": somePassword}, 422, "link_invalid"},
	"accounts-me":                     {at("/me"), nil, 200, ""},
	"accounts-me-update":              {at("/me"), fields{"name": "Another name"}, 200, ""},
	"accounts-me-password":            {at("/me/password"), fields{"password": somePassword}, 204, ""},
	"accounts-me-email": {at("/me/email"),
		func(w *world) any { return fields{"email": "moved-" + w.tenant.Owner.Email} }, 202, ""},
	"accounts-me-email-cancel":      {at("/me/email"), nil, 204, ""},
	"accounts-email-confirm":        {at("/email/confirm"), fields{"token": strings.Repeat("x", 43)}, 422, "link_invalid"},
	"accounts-session-list":         {at("/me/sessions"), nil, 200, ""},
	"accounts-session-end":          {func(w *world) string { return "/me/sessions/" + w.member.Session.String() }, nil, 404, "not_found"}, // of somebody else
	"accounts-session-end-others":   {at("/me/sessions/end-others"), nil, 204, ""},
	"accounts-me-activity":          {at("/me/activity"), nil, 200, ""},
	"accounts-tenant-list":          {at("/tenants"), nil, 200, ""},
	"accounts-tenant-create":        {at("/tenants"), fields{"name": "Another one"}, 201, ""},
	"accounts-tenant":               {at("/tenant"), nil, 200, ""},
	"accounts-tenant-changes":       {at("/tenant/changes"), nil, 200, ""},
	"accounts-tenant-update":        {at("/tenant"), fields{"name": "Renamed"}, 200, ""},
	"accounts-tenant-second-factor": {at("/tenant/second-factor"), fields{"required": false}, 200, ""},
	"accounts-tenant-logo":          {at("/tenant/logo"), fields{"image": aPicture}, 200, ""},
	"accounts-tenant-logo-remove":   {at("/tenant/logo"), nil, 204, ""},
	"accounts-tenant-leave":         {at("/tenant/leave"), nil, 204, ""},
	"accounts-tenant-transfer":      {at("/tenant/transfer"), func(w *world) any { return fields{"user_id": w.member.ID} }, 204, ""},
	"accounts-role-list":            {at("/roles"), nil, 200, ""},
	"accounts-role-create":          {at("/roles"), fields{"name": "New", "permissions": []string{"roles:write"}}, 201, ""},
	"accounts-role-update":          {roleAt, fields{"name": "Renamed", "version": 1}, 200, ""},
	"accounts-role-delete":          {roleAt, nil, 204, ""},
	"accounts-member-list":          {at("/members"), nil, 200, ""},
	"accounts-member-role":          {memberAt, fields{"role": "member"}, 200, ""},
	"accounts-member-remove":        {memberAt, nil, 204, ""},

	"apikeys-list":   {at("/api-keys"), nil, 200, ""},
	"apikeys-create": {at("/api-keys"), fields{"name": "New", "scopes": []string{"notes:read"}}, 201, ""},
	"apikeys-rename": {keyAt, fields{"name": "Renamed"}, 200, ""},
	"apikeys-revoke": {keyAt, nil, 204, ""},

	"factors-list":                   {at("/me/factors"), nil, 200, ""},
	"factors-totp-start":             {at("/me/totp"), nil, 200, ""},
	"factors-totp-confirm":           {at("/me/totp/confirm"), fields{"code": "000000"}, 409, "totp_not_started"},
	"factors-totp-remove":            {at("/me/totp"), nil, 409, "totp_off"},
	"factors-recovery-codes":         {at("/me/recovery-codes"), nil, 409, "totp_off"},
	"factors-passkey-options":        {at("/me/passkeys/options"), nil, 200, ""},
	"factors-passkey-add":            {at("/me/passkeys"), fields{"name": "Phone", "credential": fields{}}, 422, "passkey_refused"},
	"factors-passkey-rename":         {at("/me/passkeys/" + uuid.Max.String()), fields{"name": "Phone"}, 404, "not_found"},
	"factors-passkey-remove":         {at("/me/passkeys/" + uuid.Max.String()), nil, 404, "not_found"},
	"factors-sign-in-options":        {at("/sign-in/passkey/options"), nil, 200, ""},
	"factors-sign-in":                {at("/sign-in/passkey"), fields{"credential": fields{}}, 401, "passkey_failed"},
	"factors-reauthenticate-options": {at("/session/reauthenticate/passkey/options"), nil, 409, "no_passkey"},
	"factors-reauthenticate":         {at("/session/reauthenticate/passkey"), fields{"credential": fields{}}, 422, "reauthentication_failed"},

	"identities-providers": {at("/sign-in/providers"), nil, 200, ""},
	"identities-sign-in":   {at("/sign-in/providers/google"), fields{"next": "/t"}, 200, ""},
	"identities-callback": {at("/sign-in/callback"),
		fields{"code": "x", "state": strings.Repeat("x", 43), "iss": "", "error": ""}, 422, "flow_invalid"},
	"identities-list":           {at("/me/identities"), nil, 200, ""},
	"identities-link":           {at("/me/identities/github"), fields{"next": "/t"}, 200, ""},
	"identities-remove":         {at("/me/identities/" + uuid.Max.String()), nil, 404, "not_found"},
	"identities-reauthenticate": {at("/session/reauthenticate/oidc"), fields{"next": "/t"}, 200, ""},

	"invitations-list": {at("/invitations"), nil, 200, ""},
	"invitations-create": {at("/invitations"),
		func(*world) any {
			return fields{"emails": []string{uuid.NewString() + "@example.com"}, "role": "viewer"}
		}, 201, ""},
	"invitations-resend":        {func(w *world) string { return invitationAt(w) + "/resend" }, nil, 204, ""},
	"invitations-revoke":        {invitationAt, nil, 204, ""},
	"invitations-open":          {at("/invitations/open"), fields{"token": strings.Repeat("x", 43)}, 422, "link_invalid"},
	"invitations-accept":        {at("/invitations/accept"), fields{"token": strings.Repeat("x", 43)}, 422, "link_invalid"},
	"invitations-accept-new":    {at("/invitations/accept-new"), fields{"token": strings.Repeat("x", 43), "name": "Eve", "password": somePassword}, 422, "link_invalid"},
	"invitations-domain-list":   {at("/domains"), nil, 200, ""},
	"invitations-domain-create": {at("/domains"), fields{"domain": "acme.example", "role": "viewer"}, 201, ""},
	"invitations-domain-verify": {func(w *world) string { return domainAt(w) + "/verify" }, nil, 200, ""},
	"invitations-domain-update": {domainAt, fields{"role": "member"}, 200, ""},
	"invitations-domain-delete": {domainAt, nil, 204, ""},
	"invitations-joinable":      {at("/me/joinable"), nil, 200, ""},
	"invitations-join":          {func(w *world) string { return "/me/joinable/" + w.tenant.ID.String() + "/join" }, nil, 404, "not_found"},

	"notes-list":    {at("/notes"), nil, 200, ""},
	"notes-get":     {noteAt, nil, 200, ""},
	"notes-create":  {at("/notes"), fields{"title": "New", "body": "Text"}, 201, ""},
	"notes-update":  {noteAt, fields{"title": "Changed", "version": 1}, 200, ""},
	"notes-delete":  {noteAt, nil, 204, ""},
	"notes-restore": {func(w *world) string { return "/notes/" + w.trashed.String() + "/restore" }, nil, 200, ""},

	"billing-plans":          {at("/billing/plans"), nil, 200, ""},
	"billing-get":            {at("/billing"), nil, 200, ""},
	"billing-usage":          {at("/billing/usage"), nil, 200, ""},
	"billing-invoices":       {at("/billing/invoices"), nil, 200, ""},
	"billing-payment-method": {at("/billing/payment-method"), nil, 200, ""},
	"billing-checkout":       {at("/billing/checkout"), fields{"plan": "pro", "interval": "year", "currency": "eur"}, 200, ""},
	"billing-portal":         {at("/billing/portal"), fields{"flow": "payment_method"}, 409, "no_subscription"},
	"billing-preview":        {at("/billing/preview"), fields{"plan": "pro", "interval": "month"}, 409, "no_subscription"},
	"billing-change": {at("/billing/change"),
		func(*world) any {
			return fields{"plan": "pro", "interval": "month", "proration_date": time.Now().Unix()}
		}, 409, "no_subscription"},
	"billing-cancel":        {at("/billing/cancel"), fields{"reason": "unused", "comment": "Bye"}, 409, "no_subscription"},
	"billing-pause":         {at("/billing/pause"), fields{"months": 1}, 409, "no_subscription"},
	"billing-resume":        {at("/billing/resume"), nil, 409, "no_subscription"},
	"billing-revenue":       {at("/operator/billing/revenue"), nil, 200, ""},
	"billing-subscriptions": {at("/operator/billing/subscriptions"), nil, 200, ""},
	"billing-events":        {at("/operator/billing/events"), nil, 200, ""},
	"billing-replay-event":  {at("/operator/billing/events/evt_unknown/replay"), nil, 404, "not_found"},
	"billing-incidents":     {at("/operator/billing/incidents"), nil, 200, ""},
	"billing-tenant-usage": {func(w *world) string { return "/operator/billing/tenants/" + w.tenant.ID.String() + "/usage" },
		nil, 200, ""},

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
	"operator-end-sessions": {func(w *world) string { return "/operator/users/" + w.member.ID.String() + "/end-sessions" }, fields{"reason": "A test"}, 204, ""},
	"operator-audit":        {at("/operator/audit"), nil, 200, ""},
}

// call sends the specimen of an operation and checks that the answer is as documented.
func (d *document) call(t *testing.T, o *operation, caller *apptest.Actor, w *world, headers ...string) *apptest.Response {
	t.Helper()
	s := specimens[o.ID]
	if s.path == nil {
		t.Fatalf("%s has no specimen", o.ID)
	}
	r := caller.Do(t, o.method, "/api/v1"+s.path(w), s.bodyFor(w), headers...)
	if problem := d.conforms(o, r.StatusCode, r.Header.Get("Content-Type"), r.Body); problem != "" {
		t.Errorf("Z6: %s answers %d with something else than documented: %s\n%s", o.ID, r.StatusCode, problem, r.Body)
	}
	return r
}
