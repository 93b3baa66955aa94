package invitations

import (
	"errors"
	"strings"
	"testing"
)

// O6: one form for every way to write a domain, and public mail domains refused in all of them.
func TestO6_DomainsHaveOneForm(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"acme.example":                       "acme.example",
		"münchen.example":                    "xn--mnchen-3ya.example",
		"MÜNCHEN.example.":                   "xn--mnchen-3ya.example",
		"XN--MNCHEN-3YA.example":             "xn--mnchen-3ya.example",
		"ｗｉｄｅ．example":                       "wide.example",
		"例え.テスト":                             "xn--r8jz45g.xn--zckzah",
		"straße.example":                     "xn--strae-oqa.example",
		"a-b.c-d.co.uk":                      "a-b.c-d.co.uk",
		"notgmail.com":                       "notgmail.com",
		"gmail.com.acme.example":             "gmail.com.acme.example",
		strings.Repeat("a", 63) + ".example": strings.Repeat("a", 63) + ".example",
	} {
		if got, err := normalise(given); err != nil || got != want {
			t.Errorf("%q: %q, %v; want %q", given, got, err, want)
		}
	}
	if got, err := normalise(" \tACME.Example. "); err != nil || got != "acme.example" {
		t.Errorf("with space around it: %q, %v", got, err)
	}
	for _, given := range []string{
		"", ".", "..", "localhost", "com", "acme..example", ".acme.example", "acme.example..", "a b.example", "acme.example/path", "https://acme.example",
		"user@acme.example", "acme.example:25", "*.acme.example", "_dmarc.acme.example", "-a.example", "a-.example", "127.0.0.1", "::1", "0x7f.1", "acme.1",
		"acme.example\x00", "acme\u200b.example\u202e", "xn--a.example", "xn--.example", strings.Repeat("a", 64) + ".example", strings.Repeat("a.", 126) + "example",
	} {
		if got, err := normalise(given); !errors.Is(err, errDomain) {
			t.Errorf("%q: %q, %v", given, got, err)
		}
	}
	for _, given := range []string{"gmail.com", "GMAIL.com.", "ｇmail.com", "mail.gmail.com", "yahoo.co.uk", "qq.com", "mailinator.com", "x.mailinator.com", "proton.me"} {
		if got, err := normalise(given); !errors.Is(err, errPublic) {
			t.Errorf("%q: %q, %v", given, got, err)
		}
	}
	if len(publicDomains) < 300 {
		t.Errorf("only %d public domains", len(publicDomains))
	}
	for domain := range publicDomains {
		if !plainDomain.MatchString(domain) {
			t.Errorf("%q on the list is no domain", domain)
		}
	}
}
