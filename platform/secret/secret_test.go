package secret_test

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"saaskit/platform/secret"
)

func random(t *testing.T) []byte {
	t.Helper()
	raw := make([]byte, secret.Size)
	if _, err := rand.Read(raw); err != nil {
		t.Fatal(err)
	}
	return raw
}

func root(t *testing.T, raw []byte) secret.Root {
	t.Helper()
	r, err := secret.Parse(base64.StdEncoding.EncodeToString(raw))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestParseReadsEverySpelling(t *testing.T) {
	t.Parallel()
	raw := random(t)
	want := root(t, raw).Key("x")
	for name, text := range map[string]string{
		"standard":     base64.StdEncoding.EncodeToString(raw),
		"standard raw": base64.RawStdEncoding.EncodeToString(raw),
		"url":          base64.URLEncoding.EncodeToString(raw),
		"url raw":      base64.RawURLEncoding.EncodeToString(raw),
		"hex":          hex.EncodeToString(raw),
		"with newline": base64.StdEncoding.EncodeToString(raw) + "\n",
	} {
		r, err := secret.Parse(text)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !bytes.Equal(r.Key("x"), want) {
			t.Errorf("%s: another key", name)
		}
	}
}

// A10, J7: a short, sample or patterned secret refuses to start, and the error does not repeat it.
func TestA10_WeakSecretsAreRefused(t *testing.T) {
	t.Parallel()
	counting := make([]byte, secret.Size)
	for i := range counting {
		counting[i] = byte(i)
	}
	for name, text := range map[string]string{
		"empty":     "",
		"short":     base64.StdEncoding.EncodeToString(random(t)[:31]),
		"long":      base64.StdEncoding.EncodeToString(append(random(t), 1)),
		"words":     "change-me-change-me-change-me",
		"sample":    base64.StdEncoding.EncodeToString([]byte("change-me-change-me-change-me-ok")),
		"zeros":     strings.Repeat("0", 64),
		"counting":  hex.EncodeToString(counting),
		"repeated":  base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{0xde, 0xad, 0xbe, 0xef}, 8)),
		"not ascii": strings.Repeat("é", 32),
	} {
		_, err := secret.Parse(text)
		if err == nil {
			t.Errorf("%s: accepted", name)
			continue
		}
		if !strings.Contains(err.Error(), "openssl rand -base64 32") {
			t.Errorf("%s: the error does not say how to make one: %v", name, err)
		}
		if text != "" && strings.Contains(err.Error(), text) {
			t.Errorf("%s: the error repeats the value", name)
		}
	}
}

func TestKeysDifferByLabelAndRoot(t *testing.T) {
	t.Parallel()
	a, b := root(t, random(t)), root(t, random(t))
	seen := map[string]string{}
	for name, key := range map[string][]byte{
		"a one": a.Key("one"), "a two": a.Key("two"), "b one": b.Key("one"),
		"a password": []byte(a.Password("one")), "a password two": []byte(a.Password("two")),
	} {
		if other, dup := seen[string(key)]; dup {
			t.Errorf("%s and %s are the same", name, other)
		}
		seen[string(key)] = name
	}
	if p := a.Password("db/app"); len(p) != 43 || strings.ContainsAny(p, "+/=") {
		t.Error("a password is not 43 URL-safe characters")
	}
}

func TestSealedValuesOpenOnlyWhereTheyBelong(t *testing.T) {
	t.Parallel()
	r := root(t, random(t))
	plain, aad := []byte("private"), []byte("kid-1")
	sealed := r.Seal("keys", plain, aad)
	if got, err := r.Open("keys", sealed, aad); err != nil || !bytes.Equal(got, plain) {
		t.Fatalf("open: %q, %v", got, err)
	}
	if bytes.Equal(sealed, r.Seal("keys", plain, aad)) {
		t.Error("sealing twice gives the same bytes")
	}
	refused := func(name string, err error) {
		if !errors.Is(err, secret.ErrSealed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := r.Open("mail", sealed, aad)
	refused("other label", err)
	_, err = r.Open("keys", sealed, []byte("kid-2"))
	refused("other aad", err)
	_, err = root(t, random(t)).Open("keys", sealed, aad)
	refused("other root", err)
	for i := range sealed {
		bad := bytes.Clone(sealed)
		bad[i] ^= 1
		_, err = r.Open("keys", bad, aad)
		refused(fmt.Sprintf("byte %d flipped", i), err)
		_, err = r.Open("keys", sealed[:i], aad)
		refused(fmt.Sprintf("cut to %d", i), err)
	}
}

// L1: the root secret cannot be printed by accident.
func TestL1_RootNeverPrints(t *testing.T) {
	t.Parallel()
	raw := random(t)
	r := root(t, raw)
	asJSON, err := json.Marshal(map[string]any{"key": r})
	if err != nil {
		t.Fatal(err)
	}
	holder := struct{ Secret secret.Root }{r}
	text := fmt.Sprintf("%v %+v %#v %s %x %v %+v %#v", r, r, r, r, r, holder, holder, holder) + string(asJSON)
	for _, form := range []string{string(raw), hex.EncodeToString(raw), fmt.Sprintf("%d", raw), base64.StdEncoding.EncodeToString(raw)} {
		if strings.Contains(text, form) {
			t.Errorf("the secret is printed: %s", text)
		}
	}
}

func TestTokensAreLongAndDistinct(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 1000 {
		token := secret.NewToken()
		if len(token) != 43 || seen[token] {
			t.Fatalf("bad token %q", token)
		}
		seen[token] = true
	}
}
