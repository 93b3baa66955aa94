package oidc_test

import (
	"errors"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"saaskit/platform/config"
	emulator "saaskit/platform/emulator/oidc"
	"saaskit/platform/oidc"
)

var ada = emulator.Person{Email: "Ada@Example.com", Name: "Ada Lovelace"}

// place is a product's view of an emulator.
type place struct {
	t        *testing.T
	emulator *emulator.Emulator
	cfg      config.Config
	all      *oidc.Providers
	clock    atomic.Int64 // seconds that the product's clock is ahead
}

func (p *place) now() time.Time { return time.Now().Add(time.Duration(p.clock.Load()) * time.Second) }

func start(t *testing.T) *place {
	t.Helper()
	e, err := emulator.Start(emulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Stop)
	environ := []string{"BASE_URL=http://localhost:8080"}
	for name, value := range e.Environ() {
		environ = append(environ, name+"="+value)
	}
	p := &place{t: t, emulator: e}
	if p.cfg, err = config.Load(environ); err != nil {
		t.Fatal(err)
	}
	p.all = oidc.New(p.cfg, p.now)
	return p
}

func (p *place) provider(key string) oidc.Provider {
	p.t.Helper()
	found, ok := p.all.Find(key)
	if !ok {
		p.t.Fatalf("there is no provider %s", key)
	}
	return found
}

var question = oidc.Question{State: "the-state", Nonce: "the-nonce", Verifier: strings.Repeat("v", 43)}

// back asks the question and returns the answer as the browser brings it.
func (p *place) back(key string, q oidc.Question, who emulator.Person) oidc.Answer {
	p.t.Helper()
	address, err := p.provider(key).Address(p.t.Context(), q)
	if err != nil {
		p.t.Fatal(err)
	}
	back, err := p.emulator.SignIn(address, who)
	if err != nil {
		p.t.Fatal(err)
	}
	if back.Get("state") != q.State {
		p.t.Fatalf("the state %q comes back as %q", q.State, back.Get("state"))
	}
	return oidc.Answer{Code: back.Get("code"), Issuer: back.Get("iss"), Nonce: q.Nonce, Verifier: q.Verifier, Fresh: q.Fresh}
}

func (p *place) signIn(key string, who emulator.Person) (oidc.Person, error) {
	p.t.Helper()
	return p.provider(key).Person(p.t.Context(), p.back(key, question, who))
}

func TestEachProviderTellsWhoSomebodyIs(t *testing.T) {
	t.Parallel()
	p := start(t)
	for _, key := range []string{oidc.Google, oidc.GitHub, oidc.Custom} {
		got, err := p.signIn(key, ada)
		if err != nil {
			t.Fatalf("%s: %v", key, err)
		}
		if got.Issuer != p.emulator.Issuer(key) || got.Subject == "" || got.Email != ada.Email || !got.Verified || got.Name != ada.Name {
			t.Errorf("%s: %+v", key, got)
		}
		unsure := ada
		unsure.Unverified = true
		if got, err = p.signIn(key, unsure); err != nil || got.Verified {
			t.Errorf("%s: an address that is not verified: %+v, %v", key, got, err)
		}
	}
}

// O4: what the browser is sent with holds state, nonce and an S256 challenge, and not the verifier. The redirect is the configured one.
func TestO4_TheQuestionIsBound(t *testing.T) {
	t.Parallel()
	p := start(t)
	for _, key := range []string{oidc.Google, oidc.GitHub, oidc.Custom} {
		address, err := p.provider(key).Address(t.Context(), question)
		if err != nil {
			t.Fatal(err)
		}
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		q := u.Query()
		if q.Get("state") != question.State || q.Get("code_challenge_method") != "S256" || len(q.Get("code_challenge")) != 43 ||
			strings.Contains(address, question.Verifier) || q.Get("redirect_uri") != "http://localhost:8080/sign-in/callback" ||
			(key != oidc.GitHub && q.Get("nonce") != question.Nonce) {
			t.Errorf("%s: %s", key, address)
		}
	}
}

// O4: a code works with the verifier, the nonce and the issuer of its own question only.
func TestO4_ACodeNeedsItsOwnSecrets(t *testing.T) {
	t.Parallel()
	p := start(t)
	for _, key := range []string{oidc.Google, oidc.GitHub, oidc.Custom} {
		for name, change := range map[string]func(*oidc.Answer){
			"another verifier": func(a *oidc.Answer) { a.Verifier = strings.Repeat("w", 43) },
			"no verifier":      func(a *oidc.Answer) { a.Verifier = "" },
			"another nonce":    func(a *oidc.Answer) { a.Nonce = "another-nonce" },
			"no nonce":         func(a *oidc.Answer) { a.Nonce = "" },
			"another issuer":   func(a *oidc.Answer) { a.Issuer = "https://attacker.example" },
			"no issuer":        func(a *oidc.Answer) { a.Issuer = "" },
			"no code":          func(a *oidc.Answer) { a.Code = "" },
			"another code":     func(a *oidc.Answer) { a.Code = "x" },
		} {
			if key == oidc.GitHub && (strings.HasSuffix(name, "nonce") || name == "no issuer") {
				continue // GitHub has neither
			}
			a := p.back(key, question, ada)
			change(&a)
			if got, err := p.provider(key).Person(t.Context(), a); !errors.Is(err, oidc.ErrAnswer) {
				t.Errorf("%s, %s: %+v, %v", key, name, got, err)
			}
		}
	}
}

// O4: a code of one provider is worth nothing at another.
func TestO4_ProvidersDoNotMix(t *testing.T) {
	t.Parallel()
	p := start(t)
	for _, pair := range [][2]string{{oidc.Google, oidc.Custom}, {oidc.Custom, oidc.Google}, {oidc.GitHub, oidc.Custom}, {oidc.Custom, oidc.GitHub}} {
		a := p.back(pair[0], question, ada)
		if got, err := p.provider(pair[1]).Person(t.Context(), a); !errors.Is(err, oidc.ErrAnswer) {
			t.Errorf("the answer of %s at %s: %+v, %v", pair[0], pair[1], got, err)
		}
	}
}

// O1, O5: every ID token that is not the provider's, not for us, not of this question or about nobody is refused.
func TestO5_HostileIDTokensAreRefused(t *testing.T) {
	t.Parallel()
	p := start(t)
	for _, fault := range []emulator.Fault{
		emulator.WrongIssuer, emulator.WrongAudience, emulator.ManyAudiences, emulator.WrongParty, emulator.NoExpiry, emulator.Expired,
		emulator.AlgNone, emulator.ClientSecret, emulator.PublicKey, emulator.ForeignKey, emulator.WrongNonce, emulator.NoNonce,
		emulator.EmptySubject, emulator.ZeroSubject, emulator.NumberSubject, emulator.OtherToken, emulator.NoIDToken, emulator.OtherPerson,
		emulator.WrongIss, emulator.NoIss,
	} {
		for _, key := range []string{oidc.Google, oidc.Custom} {
			p.emulator.Misbehave(key, fault)
			if got, err := p.signIn(key, ada); !errors.Is(err, oidc.ErrAnswer) || got != (oidc.Person{}) {
				t.Errorf("%s, when %s: %+v, %v", key, fault, got, err)
			}
			p.emulator.Misbehave(key)
		}
	}
	p.emulator.Misbehave(oidc.Custom, emulator.EmailElsewhere)
	if got, err := p.signIn(oidc.Custom, ada); err != nil || got.Email != ada.Email || !got.Verified {
		t.Errorf("an address in the userinfo: %+v, %v", got, err)
	}
}

// O1: GitHub's broken answers name nobody.
func TestO1_NobodyIsRefused(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.emulator.Misbehave(oidc.GitHub, emulator.ZeroSubject)
	if got, err := p.signIn(oidc.GitHub, ada); !errors.Is(err, oidc.ErrAnswer) {
		t.Errorf("%+v, %v", got, err)
	}
	p.emulator.Misbehave(oidc.GitHub, emulator.WrongIss)
	if got, err := p.signIn(oidc.GitHub, ada); !errors.Is(err, oidc.ErrAnswer) {
		t.Errorf("another issuer: %+v, %v", got, err)
	}
	for _, subject := range []string{"", " ", "0", "000", "0.0", "00000000-0000-0000-0000-000000000000", "null", "NULL", "undefined", strings.Repeat("x", 256)} {
		if oidc.Usable(subject) == nil {
			t.Errorf("the subject %q is taken", subject)
		}
	}
	for _, subject := range []string{"1", "10", "a", strings.Repeat("x", 255)} {
		if err := oidc.Usable(subject); err != nil {
			t.Errorf("the subject %q: %v", subject, err)
		}
	}
}

// O5: a discovery document that names another issuer is not believed.
func TestO5_DiscoveryMustNameTheConfiguredIssuer(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.emulator.Misbehave(oidc.Custom, emulator.WrongDiscovery)
	if address, err := p.provider(oidc.Custom).Address(t.Context(), question); !errors.Is(err, oidc.ErrUnavailable) {
		t.Errorf("%s, %v", address, err)
	}
}

// A proof that must be fresh is refused when the provider says that it is old, or when it does not say.
func TestAFreshProofIsFresh(t *testing.T) {
	t.Parallel()
	p := start(t)
	fresh := question
	fresh.Fresh = true
	address, err := p.provider(oidc.Custom).Address(t.Context(), fresh)
	if err != nil || !strings.Contains(address, "max_age=0") || !strings.Contains(address, "prompt=login") {
		t.Errorf("%s, %v", address, err)
	}
	if _, err := p.provider(oidc.Custom).Person(t.Context(), p.back(oidc.Custom, fresh, ada)); err != nil {
		t.Error(err)
	}
	p.emulator.Misbehave(oidc.Custom, emulator.StaleProof)
	if got, err := p.provider(oidc.Custom).Person(t.Context(), p.back(oidc.Custom, fresh, ada)); !errors.Is(err, oidc.ErrAnswer) {
		t.Errorf("an old proof: %+v, %v", got, err)
	}
	if _, err := p.signIn(oidc.Custom, ada); err != nil {
		t.Errorf("an old proof where none must be fresh: %v", err)
	}
}
