// Package secret derives every key, password and sealed value of the product from one root secret, so that an operator keeps a single value safe.
package secret

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strings"
)

// Size is the length of the root secret and of every key derived from it, in bytes.
const Size = 32

// Root is the root secret (SECRET_KEY). It never prints its value. The zero Root is not usable: Key panics.
type Root struct {
	key *[Size]byte
}

// Parse reads a root secret from 32 random bytes written in base64 (standard or URL alphabet, padded or not) or in hex.
// It refuses a value that is short, or that is plainly a sample; the error says how to make a good one and never repeats the value.
func Parse(s string) (Root, error) {
	raw, err := decode(strings.TrimSpace(s))
	if err != nil {
		return Root{}, fmt.Errorf("%w: make one with `openssl rand -base64 32`", err)
	}
	if weak(raw) {
		return Root{}, errors.New("is a sample or a pattern, not random: make one with `openssl rand -base64 32`")
	}
	return Root{key: (*[Size]byte)(raw)}, nil
}

func decode(s string) ([]byte, error) {
	if s == "" {
		return nil, errors.New("is empty")
	}
	if raw, err := hex.DecodeString(s); err == nil {
		return sized(raw)
	}
	text := strings.TrimRight(s, "=")
	encoding := base64.RawStdEncoding
	if strings.ContainsAny(text, "-_") {
		encoding = base64.RawURLEncoding
	}
	raw, err := encoding.DecodeString(text)
	if err != nil {
		return nil, errors.New("is neither base64 nor hex")
	}
	return sized(raw)
}

func sized(raw []byte) ([]byte, error) {
	if len(raw) != Size {
		return nil, fmt.Errorf("holds %d bytes instead of %d", len(raw), Size)
	}
	return raw, nil
}

// weak finds what a person makes up: few distinct bytes, a counting run, or nothing but printable text.
// 32 random bytes have fewer than 16 distinct values, or are all printable, less than once in 10^13.
func weak(raw []byte) bool {
	distinct := map[byte]bool{}
	steps := map[byte]int{}
	printable := true
	for i, b := range raw {
		distinct[b] = true
		printable = printable && b >= 0x20 && b < 0x7f
		if i > 0 {
			steps[b-raw[i-1]]++
		}
	}
	for _, n := range steps {
		if n > Size/2 {
			return true
		}
	}
	return printable || len(distinct) < Size/2
}

// Key derives the 32 byte key of the label by HKDF-SHA256. Each use has its own label; a label never changes its meaning.
func (r Root) Key(label string) []byte {
	if r.key == nil {
		panic("secret: the zero Root has no keys")
	}
	key, err := hkdf.Key(sha256.New, r.key[:], nil, "saaskit/"+label, Size)
	if err != nil {
		panic(err) // only a wrong length can fail, and the length is a constant
	}
	return key
}

// Password derives a password of 43 URL-safe characters for the label, such as that of a database role.
func (r Root) Password(label string) string {
	return base64.RawURLEncoding.EncodeToString(r.Key("password/" + label))
}

// NewToken returns 256 random bits in 43 characters of unpadded base64url, for links, cookies and ids that must not be guessed.
func NewToken() string {
	raw := make([]byte, Size)
	rand.Read(raw) // never fails: the program ends instead
	return base64.RawURLEncoding.EncodeToString(raw)
}

const redacted = "[secret]"

// String hides the value from every print verb.
func (r Root) String() string { return redacted }

// GoString hides the value from %#v.
func (r Root) GoString() string { return redacted }

// LogValue hides the value from structured logs.
func (r Root) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText hides the value from JSON and text encoders.
func (r Root) MarshalText() ([]byte, error) { return []byte(redacted), nil }
