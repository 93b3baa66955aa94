package mail

import (
	"regexp"
	"strings"

	"saaskit/platform/fault"
)

// The plain form of an address (RFC 5322 dot-atom at a domain name with at least two labels). Quoted local parts, comments, lists,
// literals and letters beyond ASCII are left out on purpose: two programs that read them differently send a mail to two people.
var plainAddress = regexp.MustCompile(`^[a-z0-9!#$%&'*+/=?^_{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_{|}~-]+)*@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$`)

const (
	maxAddress = 254 // RFC 5321, with its brackets
	maxLocal   = 64
)

var errAddress = fault.New(fault.Invalid, "email_invalid", "Enter one e-mail address.").
	With(fault.Field{Location: "body.email", Message: "must be one e-mail address"})

// Address returns the one form in which an address is stored and compared: trimmed and in lower case.
// The error is a fault Invalid "email_invalid" at body.email.
func Address(s string) (string, error) {
	a := strings.ToLower(strings.Trim(s, " \t"))
	local, _, _ := strings.Cut(a, "@")
	if len(a) > maxAddress || len(local) > maxLocal || !plainAddress.MatchString(a) {
		return "", errAddress
	}
	return a, nil
}
