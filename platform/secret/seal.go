package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"errors"
)

// ErrSealed says that a sealed value was altered, was sealed for another label or other data, or under another root secret.
var ErrSealed = errors.New("sealed value does not open")

// sealVersion is the first byte of a sealed value, so that the cipher can change one day.
const sealVersion = 1

// Seal encrypts and authenticates plaintext under the label's key by AES-256-GCM with a random nonce, bound to aad, which Open must be given again.
// The result is version byte, 12 byte nonce, ciphertext with its tag. One label may seal up to 2^32 values.
func (r Root) Seal(label string, plaintext, aad []byte) []byte {
	return r.gcm(label).Seal([]byte{sealVersion}, nil, plaintext, aad) //nolint:gosec // G407: this AEAD draws a random nonce itself
}

// Open returns what Seal was given, or ErrSealed.
func (r Root) Open(label string, sealed, aad []byte) ([]byte, error) {
	if len(sealed) == 0 || sealed[0] != sealVersion {
		return nil, ErrSealed
	}
	plaintext, err := r.gcm(label).Open(nil, nil, sealed[1:], aad)
	if err != nil {
		return nil, ErrSealed
	}
	return plaintext, nil
}

func (r Root) gcm(label string) cipher.AEAD {
	block, err := aes.NewCipher(r.Key("seal/" + label))
	if err != nil {
		panic(err) // the key is always 32 bytes
	}
	gcm, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err) // AES has the block size that GCM needs
	}
	return gcm
}
