package invitations

import (
	"strings"
	"unicode"
)

const maxPlain = 60

// plain makes a name that somebody chose fit for a mail that goes to strangers: one line of words, without what a mail program could take for
// an address and make a link of. "evil.example/win" becomes "evil example win"; "Acme Inc." and "Smith & Sons" stay as they are.
func plain(name string) string {
	runes := []rune(name)
	var b strings.Builder
	for i, r := range runes {
		switch {
		case unicode.IsLetter(r), unicode.IsMark(r), unicode.IsNumber(r), strings.ContainsRune("-'’&+(),!", r):
			b.WriteRune(r)
		case r == '.' && (i+1 == len(runes) || runes[i+1] == ' '):
			b.WriteRune(r)
		default:
			b.WriteRune(' ')
		}
	}
	text := strings.Join(strings.Fields(b.String()), " ")
	if cut := []rune(text); len(cut) > maxPlain {
		text = strings.TrimSpace(string(cut[:maxPlain])) + "…"
	}
	return text
}
