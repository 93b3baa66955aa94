package accounts_test

import (
	"crypto/hmac"
	"crypto/sha1" // what authenticator apps compute (RFC 6238)
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// authenticatorCode is the code of RFC 6238 for a seed now.
func authenticatorCode(t *testing.T, seed string) string {
	t.Helper()
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(seed)
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha1.New, key)
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(time.Now().Unix()/30)))
	sum := mac.Sum(nil)
	from := sum[len(sum)-1] & 15
	return fmt.Sprintf("%06d", (binary.BigEndian.Uint32(sum[from:])&0x7fffffff)%1_000_000)
}

// withSecondFactor turns one on for the person of the browser and returns their recovery codes.
func (b *browser) withSecondFactor() []string {
	b.t.Helper()
	var app struct{ Secret string }
	b.want(200, "POST", "/me/totp", nil, &app)
	var on struct {
		RecoveryCodes []string `json:"recovery_codes"`
		Session       sessionView
	}
	b.want(200, "POST", "/me/totp/confirm", map[string]any{"code": authenticatorCode(b.t, app.Secret)}, &on)
	b.token = on.Session.AccessToken
	return on.RecoveryCodes
}

// half signs in with the password alone and keeps the challenge.
func (w *world) half(email, password string) *browser {
	w.t.Helper()
	b := w.browser("")
	a := b.want(401, "POST", "/sign-in", map[string]any{"email": email, "password": password}, nil)
	if a.problem().Code != "second_factor_required" || a.Cookie != nil {
		w.t.Fatalf("half a sign-in: %s, cookie %v", a.Body, a.Cookie)
	}
	for _, c := range (&http.Response{Header: a.Header}).Cookies() {
		if strings.HasSuffix(c.Name, "challenge") {
			b.header.Set("Cookie", c.Name+"="+c.Value)
		}
	}
	if b.header.Get("Cookie") == "" {
		w.t.Fatal("no challenge was set")
	}
	return b
}

// A7: a reset leads nobody past the second factor, and ends the sign-ins that wait for theirs as it ends sessions.
func TestA7_AResetLeavesTheSecondFactor(t *testing.T) {
	t.Parallel()
	w := start(t)
	b := w.signedIn(w.user("ada@example.com", goodPassword), none)
	codes := b.withSecondFactor()
	if !b.me().SecondFactor {
		t.Error("the person has no second factor")
	}
	waiting := w.half("ada@example.com", goodPassword)
	anybody := w.browser("")
	anybody.want(202, "POST", "/password/forgot", map[string]any{"email": "ada@example.com"}, nil)
	_, link := linkIn(t, w.mail("ada@example.com"), "/reset")
	if a := anybody.want(204, "POST", "/password/reset", map[string]any{"token": link, "password": otherPassword}, nil); a.Cookie != nil {
		t.Error("the reset signed in")
	}
	w.refusedWithinASecond(b, "GET", "/me", 401)
	waiting.refused(401, "challenge_expired", "POST", "/sign-in/second-factor", map[string]any{"code": codes[0]})

	again := w.half("ada@example.com", otherPassword)
	again.refused(401, "unauthenticated", "GET", "/me", nil)
	var s sessionView
	again.want(200, "POST", "/sign-in/second-factor", map[string]any{"code": codes[0]}, &s)
	again.token = s.AccessToken
	if !again.me().SecondFactor {
		t.Error("the reset took the second factor away")
	}
}

// A8: a new password ends the sign-ins that wait for their second factor.
func TestA8_ANewPasswordEndsHalfSignIns(t *testing.T) {
	t.Parallel()
	w := start(t)
	b := w.signedIn(w.user("ada@example.com", goodPassword), none)
	codes := b.withSecondFactor()
	waiting := w.half("ada@example.com", goodPassword)
	b.want(204, "POST", "/me/password", map[string]any{"password": otherPassword}, nil)
	waiting.refused(401, "challenge_expired", "POST", "/sign-in/second-factor", map[string]any{"code": codes[0]})
}

// S4: who is disabled while a sign-in waits for its second factor does not come in with it.
func TestS4_DisabledBetweenTheFactors(t *testing.T) {
	t.Parallel()
	w := start(t)
	codes := w.signedIn(w.user("ada@example.com", goodPassword), none).withSecondFactor()
	waiting := w.half("ada@example.com", goodPassword)
	w.exec("UPDATE users SET disabled_at = now() WHERE email = 'ada@example.com'")
	waiting.refused(401, "sign_in_failed", "POST", "/sign-in/second-factor", map[string]any{"code": codes[0]})
}
