package factors_test

import (
	"net/http"
	"strings"
	"testing"

	"saaskit/modules/apptest"
)

// bends are the ways in which what a device answers can be wrong.
var bends = map[string]func(*device){
	"another origin":              func(d *device) { d.origin = "https://evil.example.com" },
	"another port":                func(d *device) { d.origin = "http://localhost:1" },
	"https instead of http":       func(d *device) { d.origin = strings.Replace(d.origin, "http:", "https:", 1) },
	"a domain that ends alike":    func(d *device) { d.origin = strings.Replace(d.origin, "localhost", "evil-localhost", 1) },
	"a subdomain":                 func(d *device) { d.origin = strings.Replace(d.origin, "localhost", "sub.localhost", 1) },
	"another relying party":       func(d *device) { d.rpID = "evil.example.com" },
	"in a frame of another site":  func(d *device) { d.crossOrigin = true },
	"no user verification":        func(d *device) { d.flags = present },
	"no user present":             func(d *device) { d.flags = verified },
	"a challenge of its own":      func(d *device) { d.challenge = text(make([]byte, 32)) },
	"an empty challenge":          func(d *device) { d.challenge = " " },
	"backed up but not eligible":  func(d *device) { d.flags |= backedUp },
	"the other kind of ceremony":  func(d *device) { d.kind = "webauthn.other" },
	"an origin with a user in it": func(d *device) { d.origin = strings.Replace(d.origin, "localhost", "localhost@evil.example.com", 1) },
}

func TestM6_WhatADeviceSaysMustBeRight(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	for name, bend := range bends {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPerson(t, app)
			good, _ := p.addPasskey(t)
			fresh := newDevice(t, app.Config.BaseURL)
			bend(fresh)
			p.Post(t, "/me/passkeys", fields{"name": "x", "credential": fresh.create(t, p.creation(t))}).Problem(t, 422, "passkey_refused")
			bent := good.bent(bend)
			bent.count = 1000
			signInWith(t, app.Anonymous(t), bent).Problem(t, 401, "passkey_failed")
			var o options
			p.Post(t, "/session/reauthenticate/passkey/options", nil).Status(t, 200).JSON(t, &o)
			p.Post(t, "/session/reauthenticate/passkey", fields{"credential": bent.sign(t, o)}).Problem(t, 422, "reauthentication_failed")
			if n := len(p.factors(t).Passkeys); n != 1 {
				t.Errorf("%d passkeys", n)
			}
			signInWith(t, app.Anonymous(t), good).Status(t, 200)
		})
	}
}

func TestM6_AChallengeWorksOnceInItsBrowserForFiveMinutes(t *testing.T) {
	t.Parallel()
	p := newPerson(t, apptest.New(t)) // its own product, whose challenges can be aged
	d, _ := p.addPasskey(t)
	b := p.app.Anonymous(t)

	signed := d.sign(t, signInOptions(t, b))
	p.app.Anonymous(t).Post(t, "/sign-in/passkey", fields{"credential": signed}).Problem(t, 401, "passkey_failed") // no cookie
	other := p.app.Anonymous(t)
	signInOptions(t, other)
	other.Post(t, "/sign-in/passkey", fields{"credential": signed}).Problem(t, 401, "passkey_failed") // the cookie of another challenge
	b.Post(t, "/sign-in/passkey", fields{"credential": signed}).Status(t, 200)
	b.Post(t, "/sign-in/passkey", fields{"credential": signed}).Problem(t, 401, "passkey_failed") // replayed

	// A challenge is spent by the first try, also a wrong one.
	o := signInOptions(t, b)
	b.Post(t, "/sign-in/passkey", fields{"credential": fields{}}).Problem(t, 401, "passkey_failed")
	b.Post(t, "/sign-in/passkey", fields{"credential": d.sign(t, o)}).Problem(t, 401, "passkey_failed")

	// It lasts five minutes at most.
	o = signInOptions(t, b)
	n := p.app.Count(t, "SELECT count(*) FROM one_time_tokens WHERE kind LIKE 'factors.passkey.%' AND expires_at > created_at + interval '5 minutes'")
	if n != 0 {
		t.Errorf("%d challenges last longer", n)
	}
	p.app.Exec(t, `UPDATE one_time_tokens SET created_at = now() - interval '5 minutes', expires_at = now() - interval '1 millisecond'
		WHERE kind = 'factors.passkey.sign-in'`)
	b.Post(t, "/sign-in/passkey", fields{"credential": d.sign(t, o)}).Problem(t, 401, "passkey_failed")
	signInWith(t, b, d).Status(t, 200)
}

// A challenge for one thing is of no use for another, and one of a session of no use in another session, also of the same person in the same browser.
func TestM6_AChallengeIsForOneCeremonyOfOneSession(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	p, thief := newPerson(t, app), newPerson(t, app)
	d, _ := p.addPasskey(t)
	confirm := func() (o options) {
		p.Post(t, "/session/reauthenticate/passkey/options", nil).Status(t, 200).JSON(t, &o)
		return o
	}
	o := confirm()
	p.Post(t, "/sign-in/passkey", fields{"credential": d.sign(t, o)}).Problem(t, 401, "passkey_failed")
	p.Post(t, "/session/reauthenticate/passkey", fields{"credential": d.sign(t, signInOptions(t, p.Actor))}).Problem(t, 422, "reauthentication_failed")

	o = confirm()
	p.elsewhere(t).Post(t, "/session/reauthenticate/passkey", fields{"credential": d.sign(t, o)}).Problem(t, 422, "reauthentication_failed")
	o = confirm()
	p.signIn(t) // another session in the same browser
	p.Post(t, "/session/reauthenticate/passkey", fields{"credential": d.sign(t, o)}).Problem(t, 422, "reauthentication_failed")

	// Somebody else's session in the browser does not get the passkey that was begun for the first.
	fresh := newDevice(t, app.Config.BaseURL)
	made := fresh.create(t, p.creation(t))
	mine := p.Token
	p.Token = thief.Token
	p.Post(t, "/me/passkeys", fields{"name": "x", "credential": made}).Problem(t, 422, "passkey_refused")
	p.Token = mine
	p.Post(t, "/me/passkeys", fields{"name": "x", "credential": made}).Problem(t, 422, "passkey_refused") // spent
}

// A counter that does not move on is that of a copy. The owner hears of it.
func TestM6_ACounterThatGoesBackIsRefused(t *testing.T) {
	t.Parallel()
	p := newPerson(t, apptest.Shared(t))
	d, _ := p.addPasskey(t)
	p.mailed(t, "A passkey was added")
	clone := d.bent(func(*device) {})
	for range 3 {
		signInWith(t, p.app.Anonymous(t), d).Status(t, 200)
	}
	signInWith(t, p.app.Anonymous(t), clone).Problem(t, 401, "passkey_failed")
	p.mailed(t, "A passkey of yours may have been copied")
	clone.count = d.count - 1
	signInWith(t, p.app.Anonymous(t), clone).Problem(t, 401, "passkey_failed") // the same count as the last
	clone.count = ^uint32(0)
	signInWith(t, p.app.Anonymous(t), clone).Problem(t, 401, "passkey_failed") // zero
	if n := p.recorded(t, "user.suspect_passkey"); n != 3 {
		t.Errorf("recorded %d times", n)
	}
	signInWith(t, p.app.Anonymous(t), d).Status(t, 200)

	// Synced passkeys do not count at all.
	still, _ := p.addPasskey(t)
	for range 2 {
		still.count = ^uint32(0)
		signInWith(t, p.app.Anonymous(t), still).Status(t, 200)
	}
}

func TestM6_ACredentialBelongsToOnePerson(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	p, thief := newPerson(t, app), newPerson(t, app)
	d, kept := p.addPasskey(t)
	before := thief.creation(t)
	stolen := d.bent(func(*device) {})
	thief.Post(t, "/me/passkeys", fields{"name": "x", "credential": stolen.create(t, before)}).Problem(t, 422, "passkey_refused")
	again := d.bent(func(*device) {})
	p.Post(t, "/me/passkeys", fields{"name": "x", "credential": again.create(t, p.creation(t))}).Problem(t, 422, "passkey_refused")

	// Nor may one person's passkey speak for another, or for nobody.
	own, _ := thief.addPasskey(t)
	for name, handle := range map[string][]byte{"another's": d.handle, "unknown": make([]byte, 16), "none": nil, "odd": []byte("x")} {
		bent := own.bent(func(c *device) { c.handle = handle })
		if r := signInWith(t, app.Anonymous(t), bent); r.StatusCode != http.StatusUnauthorized {
			t.Errorf("user handle %s: %d %s", name, r.StatusCode, r.Body)
		}
	}
	unknown := newDevice(t, app.Config.BaseURL)
	unknown.handle = d.handle
	signInWith(t, app.Anonymous(t), unknown).Problem(t, 401, "passkey_failed")
	wrongKey := d.bent(func(c *device) { c.key = unknown.key; c.count += 100 })
	signInWith(t, app.Anonymous(t), wrongKey).Problem(t, 401, "passkey_failed")

	var o options
	p.Post(t, "/session/reauthenticate/passkey/options", nil).Status(t, 200).JSON(t, &o)
	p.Post(t, "/session/reauthenticate/passkey", fields{"credential": own.sign(t, o)}).Problem(t, 422, "reauthentication_failed")

	thief.Patch(t, "/me/passkeys/"+kept.ID, fields{"name": "Mine"}).Problem(t, 404, "not_found")
	thief.Delete(t, "/me/passkeys/"+kept.ID).Problem(t, 404, "not_found")
	signInWith(t, app.Anonymous(t), d).Status(t, 200)
}

func TestM6_ADisabledPersonsPasskeySignsNobodyIn(t *testing.T) {
	t.Parallel()
	p := newPerson(t, apptest.Shared(t))
	d, _ := p.addPasskey(t)
	p.app.Exec(t, "UPDATE users SET disabled_at = now() WHERE id = $1", p.ID)
	signInWith(t, p.app.Anonymous(t), d).Problem(t, 401, "passkey_failed")
}
