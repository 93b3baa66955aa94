package api

import (
	"strings"
	"unicode"

	"saaskit/platform/fault"
)

var errName = fault.New(fault.Invalid, "name_invalid", "A name needs at least one letter or digit, and no control characters.")

// CleanName returns the body's field "name" without space around it. It refuses what nobody could read, as name_invalid.
func CleanName(name string) (string, error) {
	name = strings.TrimSpace(name)
	readable := strings.ContainsFunc(name, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) })
	if !readable || strings.ContainsFunc(name, unicode.IsControl) {
		return "", errName.With(fault.Field{Location: "body.name", Message: errName.Message})
	}
	return name, nil
}
