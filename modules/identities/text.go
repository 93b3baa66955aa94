package identities

import (
	"strings"
	"unicode"

	"saaskit/platform/mail"
)

// shown is an address as it is kept to be shown: the canonical form, or nothing when a provider writes something else.
func shown(email string) string {
	canonical, err := mail.Address(email)
	if err != nil {
		return ""
	}
	return canonical
}

// nameFor is a name for somebody new: what the provider calls them, as far as it can be shown, or the beginning of their address.
func nameFor(given, email string) string {
	const longest = 100
	clean := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(given, ""))
	clean = strings.Join(strings.Fields(clean), " ")
	if runes := []rune(clean); len(runes) > longest {
		clean = strings.TrimSpace(string(runes[:longest]))
	}
	if !strings.ContainsFunc(clean, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }) {
		clean, _, _ = strings.Cut(email, "@")
	}
	if !strings.ContainsFunc(clean, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }) {
		return email
	}
	return clean
}
