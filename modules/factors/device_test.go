package factors_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"testing"

	"github.com/fxamacker/cbor/v2"
)

// The flags of authenticator data (WebAuthn section 6.1).
const (
	present  = 0x01
	verified = 0x04
	eligible = 0x08 // for backup
	backedUp = 0x10
	attested = 0x40
)

// device is an authenticator in software that holds one key pair: ES256, without attestation. What it signs can be bent for a test.
type device struct {
	key    *ecdsa.PrivateKey
	id     []byte // of the credential
	handle []byte // of the user
	count  uint32
	flags  byte

	origin, rpID string
	crossOrigin  bool
	kind         string // of the ceremony; "" is the right one
	challenge    string // "" is the one that was asked for
}

func newDevice(t *testing.T, origin string) *device {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	id := make([]byte, 32)
	rand.Read(id)
	return &device{key: key, id: id, flags: present | verified, origin: origin, rpID: "localhost"}
}

// bent is a copy of the device that was changed: the same key, another behaviour.
func (d *device) bent(change func(*device)) *device {
	c := *d
	change(&c)
	return &c
}

type options struct {
	Options struct {
		Challenge string
		RP        struct{ ID string }
		RPID      string
		User      struct{ ID, Name, DisplayName string }

		UserVerification       string
		AuthenticatorSelection struct{ UserVerification, ResidentKey string }
		Attestation            string
		Timeout                int
		AllowCredentials       []struct{ ID string }
		ExcludeCredentials     []struct{ ID string }
	}
}

func text(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

func (d *device) client(kind, challenge string) []byte {
	if d.kind != "" {
		kind = d.kind
	}
	if d.challenge != "" {
		challenge = d.challenge
	}
	raw, err := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": d.origin, "crossOrigin": d.crossOrigin})
	if err != nil {
		panic(err) // a map of plain values
	}
	return raw
}

func (d *device) data(flags byte) []byte {
	hash := sha256.Sum256([]byte(d.rpID))
	return binary.BigEndian.AppendUint32(append(hash[:], flags), d.count)
}

// create answers the options for a new passkey.
func (d *device) create(t *testing.T, o options) map[string]any {
	t.Helper()
	handle, err := base64.RawURLEncoding.DecodeString(o.Options.User.ID)
	if err != nil {
		t.Fatal(err)
	}
	d.handle = handle
	mode, err := cbor.CTAP2EncOptions().EncMode()
	if err != nil {
		t.Fatal(err)
	}
	point, err := d.key.PublicKey.ECDH()
	if err != nil {
		t.Fatal(err)
	}
	xy := point.Bytes()[1:]
	public, err := mode.Marshal(map[int]any{1: 2, 3: -7, -1: 1, -2: xy[:32], -3: xy[32:]}) // COSE: EC2, ES256, P-256
	if err != nil {
		t.Fatal(err)
	}
	data := append(d.data(d.flags|attested), make([]byte, 16)...)
	data = binary.BigEndian.AppendUint16(data, uint16(len(d.id)))
	data = append(append(data, d.id...), public...)
	object, err := mode.Marshal(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": data})
	if err != nil {
		t.Fatal(err)
	}
	return d.credential(map[string]any{
		"clientDataJSON": text(d.client("webauthn.create", o.Options.Challenge)), "attestationObject": text(object), "transports": []string{"internal", "hybrid"},
	})
}

// sign answers the options for the use of a passkey. Each use counts.
func (d *device) sign(t *testing.T, o options) map[string]any {
	t.Helper()
	d.count++
	client, data := d.client("webauthn.get", o.Options.Challenge), d.data(d.flags)
	hash := sha256.Sum256(client)
	digest := sha256.Sum256(append(append([]byte{}, data...), hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, d.key, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	return d.credential(map[string]any{
		"clientDataJSON": text(client), "authenticatorData": text(data), "signature": text(signature), "userHandle": text(d.handle),
	})
}

func (d *device) credential(response map[string]any) map[string]any {
	return map[string]any{
		"id": text(d.id), "rawId": text(d.id), "type": "public-key", "response": response,
		"clientExtensionResults": map[string]any{}, "authenticatorAttachment": "platform",
	}
}
