package mail_test

import (
	"strings"
	"testing"

	"saaskit/platform/fault"
	"saaskit/platform/mail"
)

func TestA9_Address(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"ada@example.com":               "ada@example.com",
		"\tAda.Lovelace@Example.COM\t":  "ada.lovelace@example.com",
		"ada+tag@mail.example.co.uk":    "ada+tag@mail.example.co.uk",
		"o'brien@xn--bcher-kva.example": "o'brien@xn--bcher-kva.example",
	} {
		if got, err := mail.Address(in); err != nil || got != want {
			t.Errorf("Address(%q) = %q, %v", in, got, err)
		}
	}
	for _, in := range []string{
		"", "ada", "ada@", "@example.com", "ada@example", "ada@@example.com", "ada@example.com,eve@example.com", "ada@example.com;eve@example.com",
		`"e@attacker.example"@victim.com`, `"ada"@example.com`, "ada@example.com\r\nBcc: eve@example.com", "ada@example.com\n", "ada\x00@example.com",
		"Ada <ada@example.com>", "<ada@example.com>", "ada@exa mple.com", "ada@[127.0.0.1]", "ada@127.0.0.1", ".ada@example.com", "a..b@example.com",
		"ada.@example.com", "ada@-example.com", "ada@example-.com", "ada@.example.com", "ada@example..com", "ada@example.com.", "ada＠example.com",
		"аda@example.com", "ada@exаmple.com", "ada(comment)@example.com", "<b>@example.com", strings.Repeat("a", 65) + "@example.com",
		"a@" + strings.Repeat("abcdefghi.", 26) + "com",
	} {
		got, err := mail.Address(in)
		f := fault.From(err)
		if err == nil || f.Kind != fault.Invalid || f.Code != "email_invalid" || len(f.Fields) != 1 || f.Fields[0].Location != "body.email" {
			t.Errorf("Address(%q) = %q, %v", in, got, err)
		}
	}
}
