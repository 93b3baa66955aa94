package invitations

import (
	"regexp"
	"strings"
	"testing"
)

// I5: what people call themselves and their workspaces never becomes a link, markup or another line.
func TestI5_NamesArePlain(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Acme Inc.":                    "Acme Inc.",
		"Smith & Sons (London)":        "Smith & Sons (London)",
		"O'Brien-Müller":               "O'Brien-Müller",
		"株式会社アクメ":                      "株式会社アクメ",
		"https://evil.example/win?x=1": "https evil example win x 1",
		"evil.example":                 "evil example",
		"Visit www.evil.example now!":  "Visit www evil example now!",
		"mailto:a@evil.example":        "mailto a evil example",
		"<a href=x>click</a>":          "a href x click a",
		"a\r\nBcc: b@c.example":        "a Bcc b c example",
		"safe\u202eevil\u200b.example": "safe evil example",
		"evil。example":                 "evil example",
		"evil．example":                 "evil example",
		"evil․example":                 "evil example",
		"$$$ ### ~~~":                  "",
		"a" + strings.Repeat("b", 80):  "a" + strings.Repeat("b", 59) + "…",
		"[click](http://evil.example)": "click (http evil example)",
	} {
		if got := plain(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
	link := regexp.MustCompile(`\S[.。．․:@/]\S|<|>|\n|\r`)
	for _, name := range []string{"ftp://x.y", "x.y.z", "a@b.c", "//x", "tel:1", "x:y", "..a.b..", "a. b.c"} {
		if got := plain(name); link.MatchString(got) {
			t.Errorf("%q: %q", name, got)
		}
	}
}
