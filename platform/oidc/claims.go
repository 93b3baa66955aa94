package oidc

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// freshness is how long ago somebody may have proved themselves for it to count as anew: the time to type, and clocks that differ.
const freshness = 5 * time.Minute

// claims are what this package reads of an ID token or of the userinfo besides what the library reads.
type claims struct {
	Email           string  `json:"email"`
	EmailVerified   truth   `json:"email_verified"`
	Name            string  `json:"name"`
	AuthorizedParty string  `json:"azp"`
	AuthTime        seconds `json:"auth_time"`
}

// truth is a boolean that some providers write as a string. Anything but true is false.
type truth bool

// UnmarshalJSON reads true and "true".
func (t *truth) UnmarshalJSON(raw []byte) error {
	*t = string(raw) == "true" || string(raw) == `"true"`
	return nil
}

// seconds is a time since 1970, which may come with a fraction.
type seconds int64

// UnmarshalJSON reads a number.
func (s *seconds) UnmarshalJSON(raw []byte) error {
	var n float64
	if err := json.Unmarshal(raw, &n); err != nil {
		return fmt.Errorf("read a time: %w", err)
	}
	*s = seconds(n)
	return nil
}

// usable refuses a subject that a broken provider gives to everybody: an empty one, nothing but zeros, the word null.
// The length is the standard's.
func usable(subject string) error {
	switch {
	case strings.Trim(subject, "0-. \t\r\n") == "", strings.EqualFold(subject, "null"), strings.EqualFold(subject, "undefined"):
		return errors.New("the provider names nobody")
	case len(subject) > 255:
		return errors.New("the provider's name for the person is too long")
	}
	return nil
}
