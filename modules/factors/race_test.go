package factors_test

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"testing"

	"github.com/google/uuid"

	"saaskit/modules/apptest"
	"saaskit/modules/factors"
	"saaskit/platform/db"
	"saaskit/platform/mail"
)

// crowded lets many transactions run at the same time.
var crowded = apptest.WithEnv("DATABASE_SYSTEM_CONNS", "24")

// verify spends a code as sign-in does, without its limit of attempts.
func verify(t *testing.T, p *person, codes *factors.Codes, code string) string {
	t.Helper()
	outcome := "refused"
	err := p.app.DB.System(t.Context(), "spend a code in a test", func(tx *db.SystemTx) error {
		method, ok, err := codes.Verify(t.Context(), tx, p.ID, code)
		if ok {
			outcome = method
		}
		return err
	})
	if err != nil {
		return err.Error()
	}
	return outcome
}

func codesOf(app *apptest.App, mailer *mail.Mailer) *factors.Codes {
	return factors.NewCodes(factors.Deps{
		DB: app.DB, Mail: mailer, Secret: app.Secret, Now: app.Now, BaseURL: app.Config.BaseURL,
		Person: func(_ context.Context, tx *db.SystemTx, id uuid.UUID) (factors.Person, error) {
			var p factors.Person
			err := tx.Raw("SELECT id, email, name FROM users WHERE id = ?", id).Scan(&p).Error
			return p, err
		},
	})
}

func only(t *testing.T, got map[string]int, success string) {
	t.Helper()
	if !maps.Equal(got, map[string]int{success: 1, "refused": atOnce - 1}) {
		t.Errorf("outcomes: %v", got)
	}
}

func TestRace_M1_ACodeIsTakenOnce(t *testing.T) {
	t.Parallel()
	p := newPerson(t, apptest.New(t, crowded))
	ph, codes, rounds := p.enrol(t), codesOf(p.app, p.app.Platform.Mail), apptest.Rounds(t)
	for range rounds {
		ph.unused(t)
		code := ph.code(t, 0)
		only(t, apptest.AtOnce(atOnce, func(int) string { return verify(t, p, codes, code) }), "totp")
	}
	t.Logf("race: %d rounds, 64 at once: one code of an authenticator app, one success each", rounds)
}

func TestRace_M5_ARecoveryCodeIsTakenOnce(t *testing.T) {
	t.Parallel()
	app := apptest.New(t, crowded)
	codes, rounds := codesOf(app, app.Platform.Mail), apptest.Rounds(t)
	var p *person
	var left []string
	for range rounds {
		if len(left) == 0 {
			p = newPerson(t, app)
			left = p.enrol(t).codes
		}
		code := left[0]
		left = left[1:]
		only(t, apptest.AtOnce(atOnce, func(int) string { return verify(t, p, codes, code) }), "recovery_code")
	}
	t.Logf("race: %d rounds, 64 at once: one recovery code, one success each", rounds)
}

// As in sign-in, where whoever tries holds the person: nobody waits for ever, and one gets through.
func TestRace_M5_ARecoveryCodeConfirmsOnce(t *testing.T) {
	t.Parallel()
	app := apptest.New(t, crowded)
	rounds := apptest.Rounds(t)
	for range rounds {
		p := newPerson(t, app)
		ph := p.enrol(t)
		p.signIn(t)
		got := apptest.AtOnce(atOnce, func(int) string {
			return fmt.Sprint(p.Post(t, "/session/reauthenticate", fields{"code": ph.codes[0]}).StatusCode)
		})
		if got["200"] != 1 || got["500"]+got["503"] != 0 {
			t.Errorf("outcomes: %v", got)
		}
	}
	t.Logf("race: %d rounds, 64 at once: one recovery code, one confirmation each", rounds)
}

func TestRace_M1_AnAppIsTurnedOnOnce(t *testing.T) {
	t.Parallel()
	app := apptest.New(t, crowded)
	rounds := apptest.Rounds(t)
	for range rounds {
		p := newPerson(t, app)
		var shown struct{ Secret string }
		p.Post(t, "/me/totp", nil).Status(t, 200).JSON(t, &shown)
		ph := &phone{owner: p, secret: shown.Secret}
		code := ph.code(t, 0)
		got := apptest.AtOnce(atOnce, func(int) string { return fmt.Sprint(p.Post(t, "/me/totp/confirm", fields{"code": code}).StatusCode) })
		if got["200"] != 1 || got["500"]+got["503"] != 0 {
			t.Errorf("outcomes: %v", got)
		}
		if n := p.app.Count(t, "SELECT count(*) FROM recovery_codes WHERE user_id = $1", p.ID); n != 10 {
			t.Errorf("%d recovery codes", n)
		}
	}
	t.Logf("race: %d rounds, 64 at once: one app turned on, one set of codes each", rounds)
}

func TestRace_M6_AChallengeIsAnsweredOnce(t *testing.T) {
	t.Parallel()
	p := newPerson(t, apptest.New(t, crowded))
	d, _ := p.addPasskey(t)
	rounds := apptest.Rounds(t)
	for range rounds {
		b := p.app.Anonymous(t)
		signed := d.sign(t, signInOptions(t, b))
		got := apptest.AtOnce(atOnce, func(int) string {
			r := b.Do(t, "POST", "/api/v1/sign-in/passkey", fields{"credential": signed}, "X-Forwarded-For", apptest.NewAddress())
			if r.StatusCode == http.StatusUnauthorized {
				return "refused"
			}
			return fmt.Sprint(r.StatusCode)
		})
		only(t, got, "200")
	}
	t.Logf("race: %d rounds, 64 at once: one answered challenge, one session each", rounds)
}

// Two devices with one key give themselves away, also when they answer at the same time: a count is taken once.
func TestRace_M6_ACountIsTakenOnce(t *testing.T) {
	t.Parallel()
	p := newPerson(t, apptest.New(t, crowded))
	d, _ := p.addPasskey(t)
	rounds := apptest.Rounds(t)
	for range rounds {
		var browsers []*apptest.Actor
		var signed []map[string]any
		for range atOnce {
			b := p.app.Anonymous(t)
			browsers, signed = append(browsers, b), append(signed, d.bent(func(*device) {}).sign(t, signInOptions(t, b)))
		}
		d.count++
		got := apptest.AtOnce(atOnce, func(i int) string {
			r := browsers[i].Post(t, "/sign-in/passkey", fields{"credential": signed[i]})
			if r.StatusCode == http.StatusUnauthorized {
				return "refused"
			}
			return fmt.Sprint(r.StatusCode)
		})
		only(t, got, "200")
	}
	p.app.JobsDone(t)
	told := 0
	for _, m := range p.app.Mailbox.Messages(p.Email) {
		if m.Subject == "A passkey of yours may have been copied" {
			told++
		}
	}
	if told != 1 {
		t.Errorf("the owner was told %d times", told)
	}
	t.Logf("race: %d rounds, 64 at once: one count of a passkey, one session each", rounds)
}

// Two ways to sign in that are removed at the same time leave one.
func TestRace_M4_TheLastWayToSignInStays(t *testing.T) {
	t.Parallel()
	app := apptest.New(t, crowded)
	rounds := apptest.Rounds(t)
	for range rounds {
		p := newPerson(t, app)
		_, one := p.addPasskey(t)
		p.app.Exec(t, "DELETE FROM user_credentials WHERE user_id = $1", p.ID)
		p.app.Exec(t, `INSERT INTO passkeys (id, user_id, name, credential_id, public_key, sign_count, flags, transports, aaguid, created_at)
			SELECT gen_random_uuid(), user_id, name, sha256(credential_id), public_key, 0, flags, transports, aaguid, created_at FROM passkeys WHERE id = $1`, one.ID)
		all := p.factors(t).Passkeys
		got := apptest.AtOnce(2, func(i int) string {
			return fmt.Sprint(p.Delete(t, "/me/passkeys/"+all[i].ID).StatusCode)
		})
		if got["204"] != 1 || got["409"] != 1 {
			t.Errorf("outcomes: %v", got)
		}
	}
	t.Logf("race: %d rounds: two last passkeys removed at once, one stays each", rounds)
}
