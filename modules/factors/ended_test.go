package factors_test

import (
	"net/http"
	"testing"
	"time"

	"saaskit/modules"
	"saaskit/modules/apptest"
	"saaskit/platform/access"
)

// A7, A8, S3: what a session has begun when a reset ends it comes to nothing: no factor is added, replaced or taken away.
func TestA8_AnEndedSessionChangesNoFactor(t *testing.T) {
	t.Parallel()
	p := newPerson(t, apptest.New(t))
	refused := func(method, path string, body any) {
		t.Helper()
		p.app.EndedMeanwhile(t, p.ID, func() {
			r := p.Do(t, method, "/api/v1"+path, body)
			r.Problem(t, 401, "session_expired")
		})
		p.signIn(t)
	}
	_, made := p.addPasskey(t)
	d := newDevice(t, p.app.Config.BaseURL)
	refused("POST", "/me/passkeys", fields{"name": "Thief", "credential": d.create(t, p.creation(t))})
	refused("DELETE", "/me/passkeys/"+made.ID, nil)
	refused("PATCH", "/me/passkeys/"+made.ID, fields{"name": "Thief"})
	refused("POST", "/me/totp", nil)
	var shown struct{ Secret string }
	p.Post(t, "/me/totp", nil).Status(t, 200).JSON(t, &shown)
	ph := &phone{owner: p, secret: shown.Secret}
	refused("POST", "/me/totp/confirm", fields{"code": ph.code(t, 0)})
	if all := p.factors(t); all.TOTP || len(all.Passkeys) != 1 || all.Passkeys[0].Name != "Phone" {
		t.Errorf("before: %+v", all)
	}
	ph = p.enrol(t)
	refused("POST", "/me/recovery-codes", nil)
	refused("DELETE", "/me/totp", nil)
	if all := p.factors(t); !all.TOTP || all.Left != 10 {
		t.Errorf("after: %+v", all)
	}
	ph.unused(t)
	p.Post(t, "/session/reauthenticate", fields{"code": ph.codes[0]}).Status(t, 200)
}

// M4: once the authenticator app is on, a proof by one factor in another session is not recent any more, however short ago it was.
func TestM4_OneFactorIsNotRecentOnceThereAreTwo(t *testing.T) {
	t.Parallel()
	p := newPerson(t, apptest.Shared(t))
	thief := p.elsewhere(t)
	p.signIn(t)
	thief.Get(t, "/me").Status(t, 200)
	p.enrol(t)
	apptest.Eventually(t, time.Second, func() bool { return thief.Post(t, "/me/passkeys/options", nil).StatusCode == http.StatusForbidden })
	thief.Delete(t, "/me/totp").Problem(t, 403, "reauthentication_required")
	thief.Post(t, "/me/recovery-codes", nil).Problem(t, 403, "reauthentication_required")
	thief.Get(t, "/me").Status(t, 200)
	p.Post(t, "/me/recovery-codes", nil).Status(t, 200)
}

// M3: with the last second factor goes what the sessions proved by it. One that is left keeps it.
func TestM3_WithoutAFactorNoSessionHasProvedOne(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	tenant := app.Tenant(t)
	p := newPerson(t, app)
	tenant.Join(t, p.Actor, access.Member)
	p.app.Exec(t, "UPDATE tenants SET require_second_factor = true WHERE id = $1", tenant.ID)
	_, made := p.addPasskey(t)
	p.enrol(t)
	inside := app.Anonymous(t)
	live, err := modules.Provision(app.Platform).Session(t.Context(), p.ID, tenant.ID)
	if err != nil {
		t.Fatal(err)
	}
	inside.Token = live.AccessToken
	p.app.Exec(t, "UPDATE sessions SET second_factor = true WHERE id = $1", live.Session)
	inside.Get(t, "/members").Status(t, 200)
	marked := func() int {
		return p.app.Count(t, "SELECT count(*) FROM sessions WHERE subject_id = $1 AND second_factor AND ended_at IS NULL", p.ID)
	}
	p.Delete(t, "/me/totp").Status(t, 204)
	if n := marked(); n != 2 {
		t.Errorf("with a passkey left %d sessions have proved a second factor", n)
	}
	p.Delete(t, "/me/passkeys/"+made.ID).Status(t, 204)
	if n := marked(); n != 0 {
		t.Errorf("without any factor %d sessions have proved one", n)
	}
	apptest.Eventually(t, time.Second, func() bool { return inside.Get(t, "/members").StatusCode == http.StatusForbidden })
}
