package api

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"saaskit/platform/fault"
)

// setMessages replaces what huma keeps in package variables: its errors become ours, and its messages neither repeat input nor quote parsers.
var setMessages = sync.OnceFunc(func() {
	huma.NewError = func(status int, message string, errs ...error) huma.StatusError {
		return humaProblem(nil, status, message, errs...)
	}
	huma.NewErrorWithContext = humaProblem
	huma.DefaultArrayNullable = false
	// Validation and encoding/json must agree on which member of the body a field is.
	huma.ValidateStrictCasing = true
	huma.ErrorFormatter = func(format string, args ...any) string {
		if !strings.Contains(format, "%") {
			return format
		}
		return fmt.Sprintf(format, args...)
	}
	validation.MsgUnexpectedProperty = "is not known here"
	validation.MsgExpectedRFC3339DateTime = "must be a date and time like 2026-01-31T12:00:00Z"
	validation.MsgExpectedRFC3339Date = "must be a date like 2026-01-31"
	validation.MsgExpectedRFC3339Time = "must be a time like 12:00:00"
	validation.MsgExpectedDuration = "must be a duration like 90s"
	validation.MsgExpectedRFC5322Email = "must be an e-mail address"
	validation.MsgExpectedRFC3986URI = "must be a URL"
	validation.MsgExpectedRFC6570URITemplate = "must be a URL template"
	validation.MsgExpectedRFC4122UUID = "must be a UUID"
	validation.MsgExpectedRegexp = "must be a regular expression"
	validation.MsgExpectedBoolean = "must be true or false"
	validation.MsgExpectedNumber = "must be a number"
	validation.MsgExpectedInteger = "must be a whole number"
	validation.MsgExpectedString = "must be a text"
	validation.MsgExpectedArray = "must be a list"
	validation.MsgExpectedObject = "must be an object"
	validation.MsgExpectedArrayItemsUnique = "must not repeat an item"
	validation.MsgExpectedOneOf = "must be one of: %s"
	validation.MsgExpectedConst = "must be %v"
	validation.MsgExpectedMinimumNumber = "must be at least %v"
	validation.MsgExpectedMaximumNumber = "must be at most %v"
	validation.MsgExpectedExclusiveMinimumNumber = "must be more than %v"
	validation.MsgExpectedExclusiveMaximumNumber = "must be less than %v"
	validation.MsgExpectedMinLength = "must be at least %d characters long"
	validation.MsgExpectedMaxLength = "must be at most %d characters long"
	validation.MsgExpectedBePattern = "must be %s"
	validation.MsgExpectedMatchPattern = "must match the pattern %s"
	validation.MsgExpectedMinItems = "must have at least %d items"
	validation.MsgExpectedMaxItems = "must have at most %d items"
	validation.MsgExpectedRequiredProperty = requiredPrefix + "%s"
})

const (
	requiredPrefix = "required:"
	isRequired     = "is required"
)

// humaProblem is every error that huma itself finds, almost always a failed validation.
func humaProblem(ctx huma.Context, status int, message string, errs ...error) huma.StatusError {
	if ctx == nil {
		return &Problem{Status: status, header: http.Header{}}
	}
	if status >= http.StatusInternalServerError {
		return newProblem(ctx.Context(), fmt.Errorf("%s: %w", message, joined(errs)))
	}
	known, ok := statusText[status]
	if !ok {
		status, known = http.StatusBadRequest, statusText[http.StatusBadRequest]
	}
	if status == http.StatusBadRequest {
		known.code, known.detail = errBody.Code, errBody.Message
	}
	p := plainProblem(ctx.Context(), status, known.code, known.detail)
	for _, err := range errs {
		if detailer, ok := err.(huma.ErrorDetailer); ok {
			p.Errors = append(p.Errors, field(detailer.ErrorDetail()))
		}
	}
	slices.SortStableFunc(p.Errors, func(a, b fault.Field) int { return strings.Compare(a.Location, b.Location) })
	p.Errors = p.Errors[:min(len(p.Errors), maxFields)]
	return p
}

// maxFields is the most fields that one problem names.
const maxFields = 20

// field says what is wrong where, without the value.
func field(d *huma.ErrorDetail) fault.Field {
	location, message := d.Location, d.Message
	switch {
	case strings.HasPrefix(message, requiredPrefix):
		location += "." + strings.TrimPrefix(message, requiredPrefix)
		message = isRequired
	case strings.HasPrefix(message, "required ") && strings.HasSuffix(message, " parameter is missing"):
		message = isRequired
	case message == "unknown query parameter":
		message = validation.MsgUnexpectedProperty
	case strings.HasPrefix(message, "invalid date/time"):
		message = validation.MsgExpectedRFC3339DateTime
	case strings.HasPrefix(message, "invalid "):
		message = invalidMessages[message]
		if message == "" {
			message = "is not valid"
		}
	case strings.HasPrefix(message, "must "), message == validation.MsgUnexpectedProperty, strings.HasPrefix(message, "expected "):
	default:
		// A parser's own words may quote the input.
		message = "does not have the documented form"
	}
	return fault.Field{Location: safeLocation(location), Message: message}
}

var invalidMessages = map[string]string{
	"invalid integer": "must be a whole number",
	"invalid float":   "must be a number",
	"invalid boolean": "must be true or false",
}

// safeLocation keeps the names of members that a client made up from becoming a message of its own.
func safeLocation(location string) string {
	const longest = 100
	for i := range len(location) {
		ch := location[i]
		word := ch >= 'a' && ch <= 'z' || ch >= 'A' && ch <= 'Z' || ch >= '0' && ch <= '9'
		if !word && !strings.ContainsRune("_-.[]", rune(ch)) || i >= longest {
			head, _, _ := strings.Cut(location, ".")
			return head
		}
	}
	return location
}

func joined(errs []error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return errors.New("no cause given")
}
