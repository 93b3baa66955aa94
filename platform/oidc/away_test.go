package oidc_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"saaskit/platform/config"
	emulator "saaskit/platform/emulator/oidc"
	"saaskit/platform/oidc"
)

// H5: a provider that is away, answers nonsense, too much or never is unavailable, and works again when it is back.
func TestH5_AProviderThatIsAway(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.all = oidc.NewImpatient(p.cfg, p.now, 300*time.Millisecond)
	for _, fault := range []emulator.Fault{emulator.Down, emulator.Failing, emulator.Slow, emulator.Huge} {
		for _, key := range []string{oidc.Custom, oidc.GitHub} {
			if key == oidc.Custom {
				p.clock.Add(2 * 60 * 60) // forgets what was discovered
				p.all = oidc.NewImpatient(p.cfg, p.now, 300*time.Millisecond)
				p.emulator.Misbehave(key, fault)
				if _, err := p.provider(key).Address(t.Context(), question); !errors.Is(err, oidc.ErrUnavailable) {
					t.Errorf("%s, when %s: discovery says %v", key, fault, err)
				}
				p.clock.Add(10)
			}
			p.emulator.Misbehave(key)
			a := p.back(key, question, ada)
			p.emulator.Misbehave(key, fault)
			_, err := p.provider(key).Person(t.Context(), a)
			tooLong := fault == emulator.Huge && errors.Is(err, oidc.ErrAnswer)
			if !errors.Is(err, oidc.ErrUnavailable) && !tooLong {
				t.Errorf("%s, when %s: the exchange says %v", key, fault, err)
			}
			p.emulator.Misbehave(key)
		}
	}
}

// H5: what was discovered is used on while the provider cannot be asked again.
func TestH5_DiscoveryOutlastsAnOutage(t *testing.T) {
	t.Parallel()
	p := start(t)
	if _, err := p.provider(oidc.Custom).Address(t.Context(), question); err != nil {
		t.Fatal(err)
	}
	p.clock.Add(2 * 60 * 60)
	p.emulator.Misbehave(oidc.Custom, emulator.Failing)
	for range 3 {
		if _, err := p.provider(oidc.Custom).Address(t.Context(), question); err != nil {
			t.Error(err)
		}
	}
}

// H5: many who need a provider that hangs wait for one request together, and not one after the other.
func TestH5_OneAsksForAll(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.all = oidc.NewImpatient(p.cfg, p.now, 500*time.Millisecond)
	p.emulator.Misbehave(oidc.Custom, emulator.Slow)
	began := time.Now()
	var all sync.WaitGroup
	for range 64 {
		all.Go(func() {
			if _, err := p.provider(oidc.Custom).Address(context.Background(), question); !errors.Is(err, oidc.ErrUnavailable) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %s", took)
	}
}

// L1: what goes to the log about a refused answer holds neither the code nor a token nor the client's secret.
func TestL1_RefusalsTellNoSecrets(t *testing.T) {
	t.Parallel()
	p := start(t)
	for _, fault := range []emulator.Fault{emulator.WrongAudience, emulator.AlgNone, emulator.ClientSecret, emulator.Failing, emulator.Down} {
		for _, key := range []string{oidc.Custom, oidc.GitHub} {
			a := p.back(key, question, ada)
			p.emulator.Misbehave(key, fault)
			_, err := p.provider(key).Person(t.Context(), a)
			p.emulator.Misbehave(key)
			if err == nil {
				continue // GitHub has no ID tokens
			}
			for _, secret := range []string{a.Code, a.Verifier, p.emulator.ClientSecret, "eyJ"} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("%s, when %s: %v", key, fault, err)
				}
			}
		}
	}
}

func TestOnlyConfiguredProvidersAreOffered(t *testing.T) {
	t.Parallel()
	cfg, err := config.Load([]string{"BASE_URL=https://app.example.com", "GITHUB_CLIENT_ID=a", "GITHUB_CLIENT_SECRET=b"})
	if err != nil {
		t.Fatal(err)
	}
	all := oidc.New(cfg, time.Now)
	if len(all.All()) != 1 || all.All()[0].Key != oidc.GitHub {
		t.Errorf("offered: %v", all.All())
	}
	if _, ok := all.Find(oidc.Google); ok {
		t.Error("Google is offered without configuration")
	}
}
