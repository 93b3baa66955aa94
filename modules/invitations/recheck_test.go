package invitations_test

import (
	"fmt"
	"testing"
	"time"

	"saaskit/modules/apptest"
)

// O6: names whose servers do not answer keep no other domain from being looked for, however many they are and wherever they stand.
func TestO6_SilentNameServersHoldNobodyUp(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	tenant, suffix := app.Tenant(t), word()+".example"
	const silent = 12
	for i := range silent {
		app.DNS.Silence(prove(t, app, tenant.Owner, claim(t, tenant.Owner, fmt.Sprintf("a%02d.%s", i, suffix))).RecordName)
	}
	last := prove(t, app, tenant.Owner, claim(t, tenant.Owner, "z."+suffix))
	record(t, app, last, false)
	app.RunJob(t, "invitations.recheck_all")
	if n := app.Count(t, "SELECT count(*) FROM domains WHERE missing_since IS NOT NULL AND id = $1", last.ID); n != 1 {
		t.Error("the last domain was not looked for")
	}
	if n := app.Count(t, "SELECT count(*) FROM domains WHERE missing_since IS NULL AND verified_at IS NOT NULL"); n != silent {
		t.Errorf("%d domains are as they were", n)
	}
}

// O6: a proof is lost also where no mail can be sent.
func TestO6_AProofIsLostWithoutMails(t *testing.T) {
	t.Parallel()
	var c clock
	app := apptest.New(t, apptest.WithClock(c.now), apptest.WithEnv("SMTP_URL", ""))
	tenant, d := open(t, app, word()+".example")
	record(t, app, d, false)
	for n := 1; n <= 4; n += 3 {
		c.set(time.Now().Add(time.Duration(n) * 24 * time.Hour))
		app.RunJob(t, "invitations.recheck_all")
	}
	if n := app.Count(t, "SELECT count(*) FROM domains WHERE tenant_id = $1 AND verified_at IS NULL AND NOT auto_join", tenant.ID); n != 1 {
		t.Fatal("the proof holds")
	}
	if n := app.Count(t, "SELECT count(*) FROM audit_log WHERE tenant_id = $1 AND action = 'domain.lose'", tenant.ID); n != 1 {
		t.Fatalf("%d lines", n)
	}
}
