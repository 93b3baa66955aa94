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
		"\tADA+Work+Two@Example.Com\t":  "ada+work+two@example.com",
		"a.d.a@example.com":             "a.d.a@example.com", // dots count: not every mailbox ignores them
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
		`"e@attacker.example "@victim.com`, `e\@attacker.example@victim.com`, `"ada\"@x.example"@example.com`, "ada@example.com@victim.com",
		"ada@example.com, eve@example.com", "ada@example.com eve@example.com", "ada@example.com,", "undisclosed:ada@example.com;",
		"ada@example.com\nBcc: eve@example.com", "ada@example.com\rX: y", "ada@example.com\u2028Bcc: x", "ada%0d%0aBcc:eve@example.com@example.com",
		"ada@example.com\u00a0", "ada\u200b@example.com", "ada\u202e@example.com", "ada﹫example.com", "ada@example。com", "ADA@EXAMPLE.COM\x7f",
		"<script>alert(1)</script>@example.com", "ada@example.com<script>", "ada@<b>example</b>.com", `ada"onmouseover="x@example.com`,
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
