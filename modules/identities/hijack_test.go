package identities_test

import (
	"regexp"
	"testing"

	"saaskit/platform/emulator/oidc"
)

var linkToken = regexp.MustCompile(`https?://[^\s"#]+#([A-Za-z0-9_-]{20,})`)

// mailed returns the token of the link in the newest mail to the address.
func (w *world) mailed(address string) string {
	w.t.Helper()
	found := linkToken.FindStringSubmatch(w.app.Mail(w.t, address).Text)
	if found == nil {
		w.t.Fatalf("the mail to %s has no link", address)
	}
	return found[1]
}

// O2, classic-federated merge: an attacker who began to sign up with the victim's address has nothing when the victim comes by a provider.
func TestO2_ClassicFederatedMerge(t *testing.T) {
	t.Parallel()
	w := start(t)
	victim := somebody("victim")
	w.browser().Post(t, "/sign-up", fields{"email": victim.Email}).Status(t, 202)
	link := w.mailed(victim.Email)
	b := w.browser()
	b.arrives(signInAt, oidc.Google, victim)
	// Even the mailed link, had the attacker seen it, opens nothing now.
	w.browser().Post(t, "/sign-up/complete", fields{"token": link, "name": "Eve", "password": somePassword}).Problem(t, 422, "link_invalid")
	w.browser().Post(t, "/sign-in", fields{"email": victim.Email, "password": somePassword}).Problem(t, 401, "sign_in_failed")
	if n := w.count("SELECT count(*) FROM users WHERE email = $1", victim.Email); n != 1 {
		t.Errorf("%d people have the address", n)
	}
}

// O2, unexpired session: an attacker sits in an account with the victim's address. The victim who comes by a provider gets neither into that
// account nor shares it, and takes it back through the mailbox: then the attacker's session and password are worthless.
func TestO2_UnexpiredSession(t *testing.T) {
	t.Parallel()
	w := start(t)
	victim := somebody("victim")
	attacker := w.user(victim.Email)
	b := w.browser()
	w.refused(b.visit(signInAt, oidc.Google, victim), 409, "account_exists")
	if n := w.count("SELECT count(*) FROM identities"); n != 0 {
		t.Errorf("%d identities were made", n)
	}
	b.Post(t, "/password/forgot", fields{"email": victim.Email}).Status(t, 202)
	const own = "kumquat drizzle zeppelin"
	b.Post(t, "/password/reset", fields{"token": w.mailed(victim.Email), "password": own}).Status(t, 204)
	attacker.Get(t, "/me").Problem(t, 401, "session_expired")
	attacker.Post(t, "/session/refresh", fields{"tenant": ""}).Problem(t, 401, "session_expired")
	w.browser().Post(t, "/sign-in", fields{"email": victim.Email, "password": somePassword}).Problem(t, 401, "sign_in_failed")
	b.adopt(b.Post(t, "/sign-in", fields{"email": victim.Email, "password": own}).Status(t, 200))
	b.arrives(linkAt, oidc.Google, victim)
}

// O2, trojan identifier: an attacker links an identity of their own and then asks for the victim's address. That address is not theirs until
// the victim's mailbox says so; the victim who comes by a provider gets an account that the attacker's identity does not open.
func TestO2_TrojanIdentifier(t *testing.T) {
	t.Parallel()
	w := start(t)
	victim, eve := somebody("victim"), somebody("eve")
	attacker := w.user(eve.Email)
	attacker.arrives(linkAt, oidc.Google, eve)
	attacker.Post(t, "/me/email", fields{"email": victim.Email}).Status(t, 202)
	b := w.browser()
	b.arrives(signInAt, oidc.Google, victim)
	if b.ID == attacker.ID {
		t.Fatal("the victim is in the attacker's account")
	}
	again := w.browser()
	if again.arrives(signInAt, oidc.Google, eve); again.ID != attacker.ID {
		t.Error("the attacker's identity opens another account than the attacker's")
	}
	if all := b.identities(); len(all) != 1 || all[0].Email != victim.Email {
		t.Errorf("the victim's identities: %+v", all)
	}
}

// O2, unexpired change of address: the link that waits in the victim's mailbox cannot move the victim's address to the attacker any more.
func TestO2_UnexpiredEmailChange(t *testing.T) {
	t.Parallel()
	w := start(t)
	victim, eve := somebody("victim"), somebody("eve")
	attacker := w.user(eve.Email)
	attacker.Post(t, "/me/email", fields{"email": victim.Email}).Status(t, 202)
	link := w.mailed(victim.Email)
	b := w.browser()
	b.arrives(signInAt, oidc.GitHub, victim)
	if r := b.Post(t, "/email/confirm", fields{"token": link}); r.StatusCode < 400 {
		t.Errorf("the address moved: %d %s", r.StatusCode, r.Body)
	}
	if n := w.count("SELECT count(*) FROM users WHERE id = $1 AND email = $2", b.ID, victim.Email); n != 1 {
		t.Error("the victim lost the address")
	}
	if n := w.count("SELECT count(*) FROM users WHERE id = $1 AND email = $2", attacker.ID, eve.Email); n != 1 {
		t.Error("the attacker has another address")
	}
}

// O2, provider that does not verify: an attacker who claims the victim's address at such a provider gets no account, so that there is nothing
// to wait in; neither with a new account nor by linking.
func TestO2_ProviderThatDoesNotVerify(t *testing.T) {
	t.Parallel()
	w := start(t)
	victim := somebody("victim")
	claimed := victim
	claimed.Subject, claimed.Number, claimed.Unverified = "666", 666, true
	for _, key := range []string{oidc.Google, oidc.GitHub, oidc.Custom} {
		w.refused(w.browser().visit(signInAt, key, claimed), 409, "provider_email_unverified")
	}
	attacker := w.user(somebody("eve").Email)
	w.refused(attacker.visit(linkAt, oidc.Google, claimed), 409, "provider_email_unverified")
	if n := w.count("SELECT count(*) FROM identities"); n != 0 {
		t.Errorf("%d identities were made", n)
	}
	b := w.browser()
	b.arrives(signInAt, oidc.Google, victim)
	w.refused(w.browser().visit(signInAt, oidc.Google, claimed), 409, "provider_email_unverified")
}

// O2, the other way round: the account came by a provider, and whoever now comes with the address by a password finds no way in but the mailbox.
func TestO2_FederatedFirst(t *testing.T) {
	t.Parallel()
	w := start(t)
	owner := somebody("owner")
	b := w.browser()
	b.arrives(signInAt, oidc.Google, owner)
	w.app.Mail(t, owner.Email)
	w.browser().Post(t, "/sign-up", fields{"email": owner.Email}).Status(t, 202)
	if mail := w.app.Mail(t, owner.Email); linkToken.MatchString(mail.Text) {
		t.Error("somebody with an account is mailed a link to make one")
	}
	w.browser().Post(t, "/sign-in", fields{"email": owner.Email, "password": ""}).Status(t, 422)
	w.browser().Post(t, "/sign-in", fields{"email": owner.Email, "password": somePassword}).Problem(t, 401, "sign_in_failed")
}

// Odd names and addresses of a provider become something that can be shown, or are refused.
func TestA9_OddPeopleAtProviders(t *testing.T) {
	t.Parallel()
	w := start(t)
	for _, c := range []struct{ name, want string }{
		{"", ""}, {"\u0000\u0007", ""}, {"  Ada \n\t Lovelace ", "Ada Lovelace"}, {"\u202eevil", "evil"}, {"!!!", ""},
	} {
		who, name, want := somebody("odd"), c.name, c.want
		who.Name = name
		if want == "" {
			want = who.Email[:len(who.Email)-len("@example.com")]
		}
		if a := w.browser().arrives(signInAt, oidc.Google, who); a.Session.User.Name != want {
			t.Errorf("%q became %q", name, a.Session.User.Name)
		}
	}
	for _, email := range []string{"", `"e@attacker.example"@example.com`, "a@example.com,b@example.com", "a@example.com\r\nBcc: b@example.com", "a@еxample.com"} {
		who := oidc.Person{Subject: "7", Email: email}
		w.refused(w.browser().visit(signInAt, oidc.Google, who), 409, "provider_email_unverified")
	}
}

// A8, S3: what a session has begun when a reset ends it comes to nothing: no identity is linked or removed.
func TestA8_AnEndedSessionChangesNoIdentity(t *testing.T) {
	t.Parallel()
	w := start(t)
	ada, eve := somebody("ada"), somebody("eve")
	b := w.user(ada.Email)
	b.arrives(linkAt, oidc.Google, ada)
	id := b.identities()[0].ID
	again := func() {
		b.adopt(b.Post(t, "/sign-in", fields{"email": ada.Email, "password": somePassword}).Status(t, 200))
	}
	w.app.EndedMeanwhile(t, b.ID, func() { b.Delete(t, "/me/identities/"+id.String()).Problem(t, 401, "session_expired") })
	again()
	back := b.at(b.leave(linkAt, oidc.GitHub), eve)
	w.app.EndedMeanwhile(t, b.ID, func() { b.bring(back).Problem(t, 401, "session_expired") })
	again()
	if all := b.identities(); len(all) != 1 || all[0].ID != id {
		t.Errorf("identities: %+v", all)
	}
}
