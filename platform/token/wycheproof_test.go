package token_test

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/c2sp/wycheproof"
	"github.com/golang-jwt/jwt/v5"

	"saaskit/platform/token"
)

// vectorFile is what the tests need of a file of Project Wycheproof.
type vectorFile struct {
	NumberOfTests int
	TestGroups    []struct {
		PublicKey json.RawMessage
		Tests     []vector
	}
}

type vector struct {
	ID       int `json:"tcId"`
	Comment  string
	Result   string
	JWS, JWE json.RawMessage
	Msg, Sig string
}

func readVectors(t *testing.T, name string) vectorFile {
	t.Helper()
	raw, err := fs.ReadFile(wycheproof.TestVectors, name)
	if err != nil {
		t.Fatal(err)
	}
	var f vectorFile
	if err := json.Unmarshal(raw, &f); err != nil {
		t.Fatal(err)
	}
	return f
}

// raw is the vector's object as it would be sent: compact, or as JSON.
func (v vector) raw() string {
	for _, object := range []json.RawMessage{v.JWS, v.JWE} {
		if len(object) == 0 {
			continue
		}
		var compact string
		if json.Unmarshal(object, &compact) == nil {
			return compact
		}
		return string(object)
	}
	return ""
}

// J1, J2, J5: the JOSE vectors of Project Wycheproof. Nothing in them was signed by us, so each is refused: as it is, under a header of ours, and,
// because a good signature must not help a header that is not ours, with its header signed by our key over claims of ours.
func TestJ1_WycheproofJOSE(t *testing.T) {
	t.Parallel()
	f := setup(t)
	kid, private := f.signer(t)
	good := forge(t, private, dict{"alg": "EdDSA", "kid": kid, "typ": "at+jwt"}, f.payload())
	if _, err := f.Verify(t.Context(), good, "app"); err != nil {
		t.Fatal(err)
	}
	ours, _, _ := strings.Cut(good, ".")
	checked, tokens := 0, 0
	for file, want := range map[string]int{
		"json_web_signature_test.json": 401, "json_web_crypto_test.json": 83, "json_web_key_test.json": 26, "json_web_encryption_test.json": 139,
	} {
		vectors := readVectors(t, file)
		if vectors.NumberOfTests != want {
			t.Errorf("%s has %d vectors, not %d", file, vectors.NumberOfTests, want)
		}
		for _, group := range vectors.TestGroups {
			for _, v := range group.Tests {
				raw := v.raw()
				if raw == "" && v.Comment == "" {
					t.Errorf("%s %d has nothing to verify", file, v.ID)
				}
				tries := map[string]string{"as it is": raw}
				if header, rest, compact := strings.Cut(raw, "."); compact {
					tries["under our header"] = ours + "." + rest
					signed := header + "." + strings.Split(good, ".")[1]
					signature, err := jwt.SigningMethodEdDSA.Sign(signed, private)
					if err != nil {
						t.Fatal(err)
					}
					tries["its header, our signature"] = signed + "." + base64.RawURLEncoding.EncodeToString(signature)
				}
				for name, try := range tries {
					f.refused(t, fmt.Sprintf("%s %d (%s), %s", file, v.ID, v.Comment, name), try, token.ErrInvalid)
					tokens++
				}
				checked++
			}
		}
	}
	t.Logf("Wycheproof: %d JOSE vectors, %d tokens refused", checked, tokens)
	if checked != 649 || tokens < 2*checked {
		t.Errorf("%d vectors as %d tokens were checked", checked, tokens)
	}
}

// J1: the Ed25519 vectors of Project Wycheproof, among them malleable signatures: the method that Verify takes agrees with each.
func TestJ1_WycheproofEd25519(t *testing.T) {
	t.Parallel()
	unhex := func(text string) []byte {
		raw, err := hex.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	vectors := readVectors(t, "ed25519_test.json")
	checked, valid := 0, 0
	for _, group := range vectors.TestGroups {
		var key struct{ PK string }
		if err := json.Unmarshal(group.PublicKey, &key); err != nil {
			t.Fatal(err)
		}
		for _, v := range group.Tests {
			err := jwt.SigningMethodEdDSA.Verify(string(unhex(v.Msg)), unhex(v.Sig), ed25519.PublicKey(unhex(key.PK)))
			if (err == nil) != (v.Result == "valid") {
				t.Errorf("%d (%s) is %s: %v", v.ID, v.Comment, v.Result, err)
			}
			checked++
			if v.Result == "valid" {
				valid++
			}
		}
	}
	t.Logf("Wycheproof: %d Ed25519 vectors, %d of them valid", checked, valid)
	if checked != 151 || valid != 88 {
		t.Errorf("%d vectors, %d of them valid, were checked", checked, valid)
	}
}
