package operator_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"saaskit/modules/apptest"
	"saaskit/modules/operator"
	"saaskit/platform/access"
	"saaskit/platform/audit"
	"saaskit/platform/db"
)

func find(t *testing.T, who *apptest.Actor, q string) []string {
	t.Helper()
	var page db.Page[operator.Tenant]
	who.Get(t, "/operator/tenants?limit=100&q="+url.QueryEscape(q)).Status(t, 200).JSON(t, &page)
	var slugs []string
	for _, tenant := range page.Items {
		slugs = append(slugs, tenant.Slug)
	}
	return slugs
}

func TestTenantsAreListedAndFound(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	olga := app.Operator(t)
	var made []*apptest.Tenant
	for range 5 {
		made = append(made, app.Tenant(t))
	}
	first := made[0]
	first.Actor(t, access.Viewer)
	first.SetPlan(t, "pro")
	first.Owner.Post(t, "/notes", fields{"title": "Secret plan", "body": "nobody else reads this"}).Status(t, 201)
	if _, err := app.Admin.ExecContext(t.Context(), `UPDATE tenants SET name = 'Fifty%_off\ "Ltd"' WHERE id = $1`, made[1].ID); err != nil {
		t.Fatal(err)
	}

	// Paging shows each once, newest first.
	var seen []string
	for cursor := ""; ; {
		var page db.Page[operator.Tenant]
		r := olga.Get(t, "/operator/tenants?limit=2&cursor="+cursor).Status(t, 200)
		r.JSON(t, &page)
		if strings.Contains(string(r.Body), "Secret plan") {
			t.Error("a note is shown")
		}
		for _, tenant := range page.Items {
			seen = append(seen, tenant.Slug)
			if tenant.ID == first.ID && (tenant.Plan != "pro" || tenant.Members != 2 || tenant.Notes != 1 || tenant.Status != "active" || tenant.CreatedAt.IsZero()) {
				t.Errorf("%+v", tenant)
			}
			if tenant.ID == made[2].ID && (tenant.Plan != "free" || tenant.Members != 1 || tenant.Notes != 0) {
				t.Errorf("%+v", tenant)
			}
		}
		if cursor = page.NextCursor; cursor == "" {
			break
		}
	}
	want := []string{made[4].Slug, made[3].Slug, made[2].Slug, made[1].Slug, made[0].Slug}
	if !slices.Equal(seen, want) {
		t.Errorf("listed %v, want %v", seen, want)
	}

	// Search takes the text as it stands.
	for q, want := range map[string][]string{
		strings.ToUpper(first.Slug):          {first.Slug},
		strings.ToUpper(first.Name):          {first.Slug},
		first.Owner.Email:                    {first.Slug},
		"  " + first.Owner.Email[:10] + "  ": nil,
		"fifty%_off":                         {made[1].Slug},
		`_off\ "`:                            {made[1].Slug},
		"%":                                  {made[1].Slug},
		"_":                                  {made[1].Slug},
		`\`:                                  {made[1].Slug},
		"' OR 1=1 --":                        nil,
		"no such tenant":                     nil,
		"":                                   want,
		made[1].Owner.Email[:len("x@")] + "\u00e9": nil,
	} {
		got := find(t, olga, q)
		if q == "  "+first.Owner.Email[:10]+"  " {
			if !slices.Contains(got, first.Slug) {
				t.Errorf("%q: %v", q, got)
			}
			continue
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", q, got, want)
		}
	}
	olga.Get(t, "/operator/tenants?cursor=forged").Problem(t, 422, "invalid_cursor")
	olga.Get(t, "/operator/tenants?limit=101").Problem(t, 422, "invalid_input")

	var detail operator.TenantDetail
	olga.Get(t, "/operator/tenants/"+first.ID.String()).Status(t, 200).JSON(t, &detail)
	if detail.Slug != first.Slug || detail.Members != 2 || len(detail.List) != 2 || detail.List[0].Email != first.Owner.Email || detail.List[0].Role != string(access.Owner) || detail.SuspendedReason != "" {
		t.Errorf("%+v", detail)
	}
	olga.Get(t, "/operator/tenants/"+uuid.NewString()).Problem(t, 404, "not_found")
	olga.Get(t, "/operator/tenants/1").Problem(t, 404, "not_found")
}

// S3, T10: a suspended tenant is closed within a second on every replica, is told why, and opens again.
func TestS3_T10_SuspendAndRestore(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	replica := app.Replica(t)
	olga, tenant := app.Operator(t), app.Tenant(t)
	owner, member := tenant.Owner, tenant.Actor(t, access.Member)
	about := "/operator/tenants/" + tenant.ID.String()
	both := func(status int) func() bool {
		return func() bool {
			return owner.Get(t, "/notes").StatusCode == status && member.On(replica).Get(t, "/notes").StatusCode == status
		}
	}
	if !both(200)() {
		t.Fatal("the tenant does not work")
	}
	olga.Post(t, about+"/restore", fields{"reason": "it is not suspended"}).Problem(t, 409, "not_suspended")
	var detail operator.TenantDetail
	olga.Post(t, about+"/suspend", fields{"reason": "  Payment\r\ndispute  "}).Status(t, 200).JSON(t, &detail)
	if detail.Status != "suspended" || detail.SuspendedReason != "Payment dispute" || detail.Members != 2 {
		t.Errorf("%+v", detail)
	}
	apptest.Eventually(t, time.Second, both(403))
	owner.Get(t, "/notes").Problem(t, 403, "tenant_suspended")
	owner.On(replica).Post(t, "/notes", fields{"title": "x", "body": ""}).Problem(t, 403, "tenant_suspended")
	owner.Get(t, "/me").Status(t, 200)
	if m := app.Mail(t, owner.Email); m.Subject != "Your workspace was suspended" || !strings.Contains(m.Text, "Payment dispute") {
		t.Errorf("mail: %s: %s", m.Subject, m.Text)
	}
	olga.Post(t, about+"/suspend", fields{"reason": "again"}).Problem(t, 409, "already_suspended")

	olga.Post(t, about+"/restore", fields{"reason": "Paid"}).Status(t, 200).JSON(t, &detail)
	if detail.Status != "active" || detail.SuspendedReason != "" {
		t.Errorf("%+v", detail)
	}
	apptest.Eventually(t, time.Second, both(200))
	if m := app.Mail(t, owner.Email); m.Subject != "Your workspace is back" {
		t.Errorf("mail: %s", m.Subject)
	}
	if n := len(app.Mailbox.Messages(member.Email)); n != 0 {
		t.Errorf("a member who owns nothing got %d mails", n)
	}
	checkAudit(t, app, olga, tenant)
}

// checkAudit looks for both acts, newest first, in the tenant's log and in the security log, with who did them and why.
func checkAudit(t *testing.T, app *apptest.App, olga *apptest.Actor, tenant *apptest.Tenant) {
	t.Helper()
	var all []audit.TenantEntry
	for cursor := ""; ; {
		var page db.Page[audit.TenantEntry]
		olga.Get(t, "/operator/audit?limit=1&tenant_id="+tenant.ID.String()+"&cursor="+cursor).Status(t, 200).JSON(t, &page)
		all = append(all, page.Items...)
		if cursor = page.NextCursor; cursor == "" {
			break
		}
	}
	all = slices.DeleteFunc(all, func(e audit.TenantEntry) bool {
		return !strings.HasPrefix(e.Action, "tenant.restore") && e.Action != "tenant.suspend"
	})
	if len(all) != 2 || all[0].Action != "tenant.restore" || all[1].Action != "tenant.suspend" {
		t.Fatalf("audit: %+v", all)
	}
	for i, reason := range []string{"Paid", "Payment dispute"} {
		e := all[i]
		if e.TenantID != tenant.ID || e.ActorKind != access.Operator || *e.ActorID != olga.ID || e.ActorLabel != olga.Email ||
			e.Detail["reason"] != reason || e.Target != "tenant:"+tenant.ID.String() || e.IP == "" || e.RequestID == "" {
			t.Errorf("entry: %+v", e)
		}
		if logged(t, app, e.Action, e.Target) != 1 {
			t.Errorf("%s is not in the security log", e.Action)
		}
	}
	other := app.Tenant(t)
	var page db.Page[audit.TenantEntry]
	olga.Get(t, "/operator/audit?tenant_id="+other.ID.String()).Status(t, 200).JSON(t, &page)
	if slices.ContainsFunc(page.Items, func(e audit.TenantEntry) bool { return e.TenantID != other.ID }) {
		t.Errorf("another tenant's log: %+v", page.Items)
	}
	olga.Get(t, "/operator/audit").Status(t, 200).JSON(t, &page)
	if len(page.Items) < 2 {
		t.Errorf("the log of all tenants: %+v", page.Items)
	}
}

func TestReasonsAreRequired(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	olga, tenant := app.Operator(t), app.Tenant(t)
	about := "/operator/tenants/" + tenant.ID.String()
	for body, want := range map[*fields]string{
		{}:                                    "invalid_input",
		{"reason": "no"}:                      "invalid_input",
		{"reason": strings.Repeat("x", 501)}:  "invalid_input",
		{"reason": "    "}:                    "reason_required",
		{"reason": "fine", "status": "x"}:     "invalid_input",
		{"reason": "fine", "id": tenant.Slug}: "invalid_input",
	} {
		olga.Post(t, about+"/suspend", *body).Problem(t, 422, want)
	}
	unknown := "/operator/tenants/" + uuid.NewString()
	olga.Post(t, unknown+"/suspend", fields{"reason": "fine"}).Problem(t, 404, "not_found")
	olga.Post(t, unknown+"/restore", fields{"reason": "fine"}).Problem(t, 404, "not_found")
	tenant.Owner.Get(t, "/notes").Status(t, 200)
}

// Two operators at once: one of them suspends.
func TestParallelSuspensionsAreOne(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	tenant := app.Tenant(t)
	answers := make(chan int)
	for range 8 {
		olga := app.Operator(t)
		go func() {
			answers <- olga.Post(t, "/operator/tenants/"+tenant.ID.String()+"/suspend", fields{"reason": "a race"}).StatusCode
		}()
	}
	count := map[int]int{}
	for range 8 {
		count[<-answers]++
	}
	if count[200] != 1 || count[409] != 7 {
		t.Errorf("answers: %v", count)
	}
	var n int
	row := app.Admin.QueryRowContext(t.Context(), `SELECT count(*) FROM audit_log WHERE tenant_id = $1 AND action = 'tenant.suspend'`, tenant.ID)
	if err := row.Scan(&n); err != nil || n != 1 {
		t.Errorf("%d entries, %v", n, err)
	}
}

// S7, S3: an operator signs a person out everywhere, within a second; the person is told and the log has it.
func TestS7_AnOperatorEndsAPersonsSessions(t *testing.T) {
	t.Parallel()
	a := apptest.Shared(t)
	olga, n := a.Operator(t), a.Tenant(t)
	path := "/operator/users/" + n.Owner.ID.String() + "/end-sessions"
	n.Owner.Post(t, path, map[string]any{"reason": "I am no operator"}).Problem(t, 401, "invalid_token")
	olga.Post(t, path, map[string]any{"reason": "   "}).Problem(t, 422, "reason_required")
	olga.Post(t, "/operator/users/"+uuid.NewString()+"/end-sessions", map[string]any{"reason": "Nobody"}).Problem(t, 404, "not_found")
	n.Owner.Get(t, "/tenant").Status(t, 200)

	if _, err := a.Admin.ExecContext(t.Context(), "INSERT INTO totp_factors (user_id, seed, created_at, confirmed_at) VALUES ($1, '', now(), now())", n.Owner.ID); err != nil {
		t.Fatal(err)
	}
	olga.Post(t, path, map[string]any{"reason": "A stolen laptop", "remove_factors": true}).Status(t, 204)
	var left int
	factors := a.Admin.QueryRowContext(t.Context(), "SELECT count(*) FROM totp_factors WHERE user_id = $1", n.Owner.ID)
	if err := factors.Scan(&left); err != nil || left != 0 {
		t.Errorf("%d factors are left, %v", left, err)
	}
	apptest.Eventually(t, time.Second, func() bool { return n.Owner.Get(t, "/tenant").StatusCode == http.StatusUnauthorized })
	if text := a.Mail(t, n.Owner.Email).Text; !strings.Contains(text, "A stolen laptop") {
		t.Errorf("mail: %s", text)
	}
	var entries int
	row := a.Admin.QueryRowContext(t.Context(), "SELECT count(*) FROM security_log WHERE action = 'user.end_sessions' AND target = $1 AND actor_id = $2",
		"user:"+n.Owner.ID.String(), olga.ID)
	if err := row.Scan(&entries); err != nil || entries != 1 {
		t.Errorf("%d entries, %v", entries, err)
	}
}
