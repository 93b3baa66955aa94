package apikeys

import (
	"fmt"
	"strings"

	"saaskit/platform/mail"
)

// createdMail tells the creator of a key about it. The name is of their own making, and the secret is not in it.
func (s *service) createdMail(email, slug string, key Key) mail.Message {
	scopes := make([]string, len(key.Scopes))
	for i, scope := range key.Scopes {
		scopes[i] = string(scope)
	}
	expiry := "It does not expire."
	if key.ExpiresAt != nil {
		expiry = "It expires on " + key.ExpiresAt.UTC().Format("2 January 2006 at 15:04 UTC") + "."
	}
	return mail.Message{
		To:      email,
		Subject: "A new API key was made in your name",
		Title:   "A new API key was made in your name",
		Paragraphs: []string{
			fmt.Sprintf("The key %q, which begins with %s, can now be used in your workspace %s. %s", key.Name, key.Prefix, slug, expiry),
			"It may do the following, as far as you may: " + strings.Join(scopes, ", ") + ".",
		},
		Button:   &mail.Button{Label: "See the API keys", URL: s.BaseURL + "/t/" + slug + "/settings/api-keys"},
		Footnote: "If you did not make it, revoke it there at once and sign out everywhere.",
	}
}
