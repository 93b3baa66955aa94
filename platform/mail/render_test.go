package mail

import (
	"regexp"
	"strings"
	"testing"
)

// letters has a mail of each form: a link, a code, both, neither.
func letters() map[string]Message {
	link := &Button{Label: "Set a new password", URL: "https://app.example/reset#" + strings.Repeat("token", 12)}
	text := []string{"Somebody signed in from a device that we have not seen before.", `They named it <b>"Bob's" & co</b>.`}
	return map[string]Message{
		"link":    {Subject: "Set a new password", Title: "Set a new password", Paragraphs: text[:1], Button: link, Footnote: "Not you? Do nothing."},
		"code":    {Subject: "Your code", Title: "Your code", Paragraphs: text[:1], Code: "012345"},
		"all":     {Subject: "All", Title: "All of it", Paragraphs: text, Button: link, Code: "012345", Footnote: "The end."},
		"minimal": {Subject: "Only this", Title: "Only this"},
	}
}

func TestEveryFormOfMailIsSoundHTML(t *testing.T) {
	t.Parallel()
	m := &Mailer{cfg: Config{Brand: "SaaSKit"}}
	for name, message := range letters() {
		_, html, err := m.render(message)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, part := range []string{
			`<meta name="color-scheme" content="light dark">`, "color-scheme: light dark;", "@media (prefers-color-scheme: dark)", "[data-ogsc]",
			"<!--[if mso]><table", "<!--[if mso]></td></tr></table><![endif]-->", `role="presentation"`, `lang="en"`, "font-family:-apple-system,'Segoe UI'",
		} {
			if !strings.Contains(html, part) {
				t.Errorf("%s lacks %q:\n%s", name, part, html)
			}
		}
		if bad := regexp.MustCompile(`ZgotmplZ|<b>|<script|<img|url\(|https?://fonts`).FindString(html); bad != "" {
			t.Errorf("%s holds %q:\n%s", name, bad, html)
		}
		for _, tag := range []string{"table", "tr", "td", "p", "a", "div", "h1"} {
			opened := len(regexp.MustCompile(`<`+tag+`[ >]`).FindAllString(html, -1))
			if closed := strings.Count(html, "</"+tag+">"); opened != closed {
				t.Errorf("%s opens %d <%s> and closes %d", name, opened, tag, closed)
			}
		}
		if message.Button == nil && strings.Contains(html, "<a ") {
			t.Errorf("%s has a link to nowhere", name)
		}
	}
}

// Each colour of the light form that dark mode must change has a class that does.
func TestDarkModeReachesEveryColour(t *testing.T) {
	t.Parallel()
	_, html, err := (&Mailer{cfg: Config{Brand: "SaaSKit"}}).render(letters()["all"])
	if err != nil {
		t.Fatal(err)
	}
	head, body, _ := strings.Cut(html, "</head>")
	_, dark, found := strings.Cut(head, "prefers-color-scheme: dark")
	if !found {
		t.Fatal("the mail has no dark mode")
	}
	for _, tag := range regexp.MustCompile(`<[a-z0-9]+ [^>]*color:[^>]*>`).FindAllString(body, -1) {
		if strings.Contains(tag, "color:#ffffff;text-decoration:none") {
			continue // white on the button, in both
		}
		class := regexp.MustCompile(`class="(\w+)"`).FindStringSubmatch(tag)
		if class == nil || !strings.Contains(dark, "."+class[1]+" {") {
			t.Errorf("dark mode leaves this as it is: %s", tag)
		}
	}
}

func TestTheTextFormReadsWell(t *testing.T) {
	t.Parallel()
	text, _, err := (&Mailer{cfg: Config{Brand: "SaaSKit"}}).render(letters()["all"])
	if err != nil {
		t.Fatal(err)
	}
	want := "All of it\n\nSomebody signed in from a device that we have not seen before.\n\nThey named it <b>\"Bob's\" & co</b>.\n\n    012345\n\n" +
		"Set a new password:\nhttps://app.example/reset#" + strings.Repeat("token", 12) + "\n\nThe end.\n\n-- \nSaaSKit\n"
	if text != want {
		t.Errorf("got\n%q\nwant\n%q", text, want)
	}
}
