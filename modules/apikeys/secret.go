package apikeys

import (
	"crypto/rand"
	"crypto/sha256"
	"hash/crc32"
	"strings"
)

// Prefix begins every API key, so that people and scanners recognise one. A fork chooses its own here, before it has given out keys: those
// with another prefix are no keys.
const Prefix = "saaskit_"

// Pattern is the regular expression that finds keys in files and logs. What it finds is a key if its last six characters are the CRC-32 (IEEE)
// of the 32 before them, in base 62 with the digits 0-9, A-Z, a-z and leading zeros, as in GitHub's tokens: a scanner needs no network.
const Pattern = `\b` + Prefix + `[0-9A-Za-z]{38}\b`

const (
	digits       = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	randomLength = 32 // 190 bits
	checkLength  = 6
	shownLength  = len(Prefix) + 4 // leaves 166 bits that no list shows
	secretLength = len(Prefix) + randomLength + checkLength
)

// newSecret returns a key that nobody has.
func newSecret() string {
	random := make([]byte, 0, randomLength)
	for len(random) < randomLength {
		var raw [randomLength]byte
		_, _ = rand.Read(raw[:]) // crypto/rand never fails
		for _, b := range raw {
			// Bytes beyond the last whole alphabet would make its first digits likelier.
			if int(b) < 256/len(digits)*len(digits) && len(random) < randomLength {
				random = append(random, digits[int(b)%len(digits)])
			}
		}
	}
	return Prefix + string(random) + checksum(string(random))
}

// checksum is what ends a key with the random part.
func checksum(random string) string {
	var text [checkLength]byte
	sum := int(crc32.ChecksumIEEE([]byte(random)))
	for i := checkLength - 1; i >= 0; i-- {
		text[i], sum = digits[sum%len(digits)], sum/len(digits)
	}
	return string(text[:])
}

// hash is what is stored of a key.
type hash [sha256.Size]byte

// parse returns the hash of something that looks like a key of ours. Anything else is not worth a look into the database.
func parse(raw string) (hash, bool) {
	random, isKey := strings.CutPrefix(raw, Prefix)
	if !isKey || len(raw) != secretLength {
		return hash{}, false
	}
	random, check := random[:randomLength], random[randomLength:]
	if strings.Trim(random, digits) != "" || check != checksum(random) {
		return hash{}, false
	}
	return sha256.Sum256([]byte(raw)), true
}
