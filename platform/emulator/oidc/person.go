package oidc

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"strings"
)

// Person is somebody whom the providers know.
type Person struct {
	Subject    string // at OpenID providers; "" is made from the address
	Number     int64  // at GitHub; 0 is made from the address
	Email      string
	Name       string
	Unverified bool // the provider does not vouch for the address
}

// subject is the provider's name for the person: it stays the same as long as the address does.
func (p Person) subject(provider string) string {
	if p.Subject != "" {
		return p.Subject
	}
	sum := p.digest(provider)
	return hex.EncodeToString(sum[:12])
}

// number is GitHub's name for the person.
func (p Person) number() int64 {
	if p.Number != 0 {
		return p.Number
	}
	if n, err := strconv.ParseInt(p.Subject, 10, 64); err == nil {
		return n
	}
	sum := p.digest(GitHub)
	return int64(binary.BigEndian.Uint32(sum[:4])) + 1
}

func (p Person) digest(provider string) [sha256.Size]byte {
	return sha256.Sum256([]byte(provider + "\x00" + strings.ToLower(cmp.Or(p.Subject, p.Email))))
}

// login is what GitHub calls the person.
func (p Person) login() string {
	local, _, _ := strings.Cut(p.Email, "@")
	return cmp.Or(local, "somebody")
}
