// Package password decides which passwords are good enough and hashes them with Argon2id within a bounded amount of memory.
package password

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"saaskit/platform/fault"
)

// The length of a password in characters (Unicode code points after NFC). The lower bound is NIST SP 800-63B-4's for a
// password that is the only factor; the upper one bounds the work of checking and hashing.
const (
	MinLength = 15
	MaxLength = 256
)

// location is the field that carries a new password in every operation that sets one.
const location = "body.password"

var (
	errShort  = fault.New(fault.Invalid, "password_too_short", "Use at least 15 characters: a few words that do not belong together are easy to remember.")
	errLong   = fault.New(fault.Invalid, "password_too_long", "Use at most 256 characters.")
	errCommon = fault.New(fault.Invalid, "password_too_common", "This is easy to guess: it is made of common words, repeats or things that others know about you.")
)

// Check reports whether a new password is long enough and hard to guess. Any Unicode is allowed, NUL included; nothing is trimmed or
// folded, and no composition is asked for. The context lists what an attacker knows: the e-mail address, the person's name, the product's name.
// The fault is Invalid at body.password: password_too_short, password_too_long or password_too_common.
func Check(password string, context ...string) error {
	password = normalize(password)
	switch n := utf8.RuneCountInString(password); {
	case n < MinLength:
		return named(errShort)
	case n > MaxLength:
		return named(errLong)
	case guessable(password, context):
		return named(errCommon)
	}
	return nil
}

func named(e *fault.Error) error {
	return e.With(fault.Field{Location: location, Message: e.Message})
}

// normalize makes one form of the same characters, because keyboards and systems differ in how they compose accents (NIST SP 800-63B-4, 3.1.1.2).
func normalize(password string) string {
	return norm.NFC.String(strings.ToValidUTF8(password, "\uFFFD"))
}
