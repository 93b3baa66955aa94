package billing_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"saaskit/modules/apptest"
	"saaskit/platform/access"
	"saaskit/platform/plan"
)

type meterUsage struct {
	Key, Label, Unit      string
	Used, Included, Limit int64
	Resets                time.Time
	Days                  []struct {
		Day      string
		Quantity int64
	}
}

func usageOf(t *testing.T, a *apptest.Actor, path string) meterUsage {
	t.Helper()
	var out struct{ Items []meterUsage }
	a.Get(t, path).Status(t, 200).JSON(t, &out)
	if len(out.Items) != 1 || out.Items[0].Key != "api.calls" {
		t.Fatalf("%+v", out.Items)
	}
	return out.Items[0]
}

func TestUsageIsShownByTheDay(t *testing.T) {
	t.Parallel()
	s := sharedShop(t)
	n, other := s.Tenant(t), s.Tenant(t)
	s.use(t, other, 99)
	s.use(t, n, 12)
	s.exec(t, "INSERT INTO usage_days (tenant_id, key, day, quantity) SELECT $1, 'api.calls', (now() AT TIME ZONE 'UTC')::date - 3, 30", n.ID)
	today := time.Now().UTC()
	operator := s.Operator(t)
	for _, path := range []string{"/billing/usage", "/operator/billing/tenants/" + n.ID.String() + "/usage"} {
		by := n.Owner
		if strings.HasPrefix(path, "/operator") {
			by = operator
		}
		u := usageOf(t, by, path)
		if u.Label != "API calls" || u.Unit != "call" || u.Used != 12 || u.Included != 0 || u.Limit != 1000 || len(u.Days) != 30 {
			t.Fatalf("%s: %+v", path, u)
		}
		if !u.Resets.Equal(time.Date(today.Year(), today.Month()+1, 1, 0, 0, 0, 0, time.UTC)) {
			t.Errorf("resets %s", u.Resets)
		}
		for i, d := range u.Days {
			want := map[int]int64{29: 12, 26: 30}[i]
			if d.Day != today.AddDate(0, 0, i-29).Format(time.DateOnly) || d.Quantity != want {
				t.Errorf("%s: day %d: %+v, want %d", path, i, d, want)
			}
		}
		if u := usageOf(t, by, path+"?days=1"); len(u.Days) != 1 || u.Days[0].Quantity != 12 {
			t.Errorf("%+v", u.Days)
		}
		by.Get(t, path+"?days=93").Problem(t, 422, "invalid_input")
	}
	n.SetPlan(t, "pro")
	if u := usageOf(t, n.Owner, "/billing/usage"); u.Included != 10_000 || u.Limit != plan.Unlimited {
		t.Errorf("%+v", u)
	}
	operator.Get(t, "/operator/billing/tenants/"+uuid.NewString()+"/usage").Problem(t, 404, "not_found")
	n.Actor(t, access.Member).Get(t, "/billing/usage").Problem(t, 403, "forbidden")
}

// The owners, and nobody else, are told once for each threshold, with the numbers and what happens next.
func TestOwnersAreToldOfThresholds(t *testing.T) {
	t.Parallel()
	s := ownShop(t)
	free, paid := s.Tenant(t), s.Tenant(t)
	second, member := free.Actor(t, access.Owner), free.Actor(t, access.Admin)
	s.subscribe(t, paid, "pro")
	for _, step := range []struct {
		tenant *apptest.Tenant
		calls  int64
		mails  []string // of the owner, all so far, by what each says
	}{
		{free, 799, nil},
		{free, 1, []string{"used 800 of the 1,000 that the Free plan allows"}},
		{free, 100, []string{"used 800 of"}},
		{free, 100, []string{"used 800 of", "used 1,000 of the 1,000"}},
		{paid, 7999, nil},
		{paid, 1, []string{"used 8,000 of the 10,000 that the Pro plan includes"}},
		{paid, 5000, []string{"used 8,000 of", "used 13,000 of the 10,000"}},
		{paid, 5000, []string{"used 8,000 of", "used 13,000 of"}},
	} {
		s.use(t, step.tenant, step.calls)
		s.JobsDone(t)
		var texts []string
		for _, m := range s.Mailbox.Messages(step.tenant.Owner.Email) {
			if strings.Contains(m.Subject, "API calls") {
				texts = append(texts, strings.Join(strings.Fields(m.Text), " "))
			}
		}
		if len(texts) != len(step.mails) {
			t.Fatalf("%d mails after %d calls, want %d: %q", len(texts), step.calls, len(step.mails), texts)
		}
		all := strings.Join(texts, "\n")
		for _, words := range step.mails {
			if !strings.Contains(all, words) {
				t.Errorf("no mail says %q: %q", words, all)
			}
		}
		if step.tenant == paid && len(texts) > 0 && !strings.Contains(all, "0.50 USD for each 1,000") {
			t.Errorf("no mail says what use costs: %q", all)
		}
		if step.tenant == free && len(texts) > 0 && !strings.Contains(all, "refused until 1 ") {
			t.Errorf("no mail says what happens: %q", all)
		}
	}
	if a, b := len(s.Mailbox.Messages(second.Email)), len(s.Mailbox.Messages(member.Email)); a != 2 || b != 0 {
		t.Errorf("the second owner has %d mails, an admin %d", a, b)
	}
}
