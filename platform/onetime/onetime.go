// Package onetime issues and redeems what works once: tokens in mailed links and short mailed codes.
package onetime

import (
	"crypto/hmac"
	"crypto/sha256"
	"time"

	"saaskit/platform/db"
	"saaskit/platform/fault"
	"saaskit/platform/secret"
)

// The answers to a token or a code that does not work. They do not tell whether it is unknown, used, replaced, expired or of another kind.
var (
	ErrLink = fault.New(fault.Invalid, "link_invalid", "This link has expired or was already used. Ask for a new one.")
	ErrCode = fault.New(fault.Invalid, "code_invalid", "This code is wrong or has expired. After five wrong tries ask for a new one.")
)

// Service issues and redeems single-use tokens and codes. Only hashes are stored. A kind and a subject have one live token: a newer one voids the older.
type Service struct {
	db   *db.DB
	root secret.Root
	now  func() time.Time
}

// New returns the service.
func New(d *db.DB, root secret.Root, now func() time.Time) *Service {
	return &Service{db: d, root: root, now: now}
}

// tokenLength is that of secret.NewToken.
const tokenLength = 43

func hashToken(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// hashCode is keyed, because six digits under a plain hash could be tried out from a copy of the table. It binds the code to its challenge,
// whose length is fixed.
func (s *Service) hashCode(challenge, code string) []byte {
	mac := hmac.New(sha256.New, s.root.Key("onetime/code"))
	mac.Write([]byte(challenge))
	mac.Write([]byte(code))
	return mac.Sum(nil)
}
