package factors_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"saaskit/modules/apptest"
	"saaskit/platform/mail"
)

var codeForm = regexp.MustCompile(`^[0-9a-hjkmnp-tv-z]{5}-[0-9a-hjkmnp-tv-z]{5}$`)

func TestM5_RecoveryCodesWorkOnceAndNewOnesReplaceThem(t *testing.T) {
	t.Parallel()
	p := newPerson(t, apptest.New(t)) // its own product, whose limits can be forgotten
	p.Post(t, "/me/recovery-codes", nil).Problem(t, 409, "totp_off")
	ph := p.enrol(t)
	p.mailed(t, "Your authenticator app is on")
	seen := map[string]bool{}
	for _, code := range ph.codes {
		if !codeForm.MatchString(code) || seen[code] {
			t.Errorf("a recovery code is %q", code)
		}
		seen[code] = true
	}
	use := func(code string) *apptest.Response {
		return p.challenged(t).Post(t, "/sign-in/second-factor", fields{"code": code})
	}
	use(ph.codes[0]).Status(t, 200)
	p.mailed(t, "A recovery code was used")
	use(ph.codes[0]).Problem(t, 422, "code_invalid")
	use(strings.ToUpper(strings.ReplaceAll(ph.codes[1], "-", " "))).Status(t, 200) // as a person may type it
	if f := p.factors(t); f.Left != 8 || p.recorded(t, "user.use_recovery_code") != 2 {
		t.Errorf("%d are left", f.Left)
	}
	p.Post(t, "/session/reauthenticate", fields{"code": ph.codes[2]}).Status(t, 200)
	p.app.Exec(t, "DELETE FROM rate_limits")

	p.signIn(t)
	var renewed struct {
		RecoveryCodes []string `json:"recovery_codes"`
	}
	p.Post(t, "/me/recovery-codes", nil).Status(t, 200).JSON(t, &renewed)
	p.mailed(t, "You have new recovery codes")
	if f := p.factors(t); f.Left != 10 || len(renewed.RecoveryCodes) != 10 || p.recorded(t, "user.renew_recovery_codes") != 1 {
		t.Errorf("renewed: %+v", f)
	}
	use(ph.codes[3]).Problem(t, 422, "code_invalid")
	use(renewed.RecoveryCodes[9]).Status(t, 200)
	for _, wrong := range []string{"", "-", "00000-00000", renewed.RecoveryCodes[0][:10], renewed.RecoveryCodes[0] + "0"} {
		if r := use(wrong); r.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%q: %d", wrong, r.StatusCode)
		}
	}
}

// The table holds keyed hashes of codes, nothing that could be tried out without the key.
func TestM5_RecoveryCodesAreHashed(t *testing.T) {
	t.Parallel()
	p := newPerson(t, apptest.Shared(t))
	ph := p.enrol(t)
	logged := p.app.Log.String()
	for _, code := range ph.codes {
		if strings.Contains(logged, code) {
			t.Errorf("%q was logged", code)
		}
		plain := strings.ReplaceAll(code, "-", "")
		n := p.app.Count(t, `SELECT count(*) FROM recovery_codes WHERE user_id = $1
			AND (hash = convert_to($2, 'UTF8') OR hash = sha256(convert_to($2, 'UTF8')) OR position(convert_to($2, 'UTF8') in hash) > 0)`, p.ID, plain)
		if n != 0 {
			t.Errorf("%q can be read", code)
		}
	}
	if n := p.app.Count(t, "SELECT count(*) FROM recovery_codes WHERE user_id = $1 AND length(hash) = 32", p.ID); n != 10 {
		t.Errorf("%d hashes are stored", n)
	}
}

// Somebody who lost their phone gets in with a recovery code also where no mail can tell them of it.
func TestM5_ARecoveryCodeWorksWithoutMail(t *testing.T) {
	t.Parallel()
	p := newPerson(t, apptest.Shared(t))
	ph := p.enrol(t)
	codes := codesOf(p.app, mail.New(p.app.Queue, p.app.Secret, mail.Config{}))
	if got := verify(t, p, codes, ph.codes[0]); got != "recovery_code" {
		t.Error(got)
	}
	if got := verify(t, p, codes, ph.codes[0]); got != "refused" {
		t.Error(got)
	}
}
