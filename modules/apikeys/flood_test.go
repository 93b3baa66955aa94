package apikeys_test

import (
	"fmt"
	"hash/crc32"
	"net/http"
	"strings"
	"testing"

	"saaskit/modules/apptest"
)

// madeUp is a key by its form that nobody has.
func madeUp(n int) string {
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	random := fmt.Sprintf("%032d", n)
	check := ""
	for sum := crc32.ChecksumIEEE([]byte(random)); len(check) < 6; sum /= 62 {
		check = string(digits[sum%62]) + check
	}
	return "saaskit_" + random + check
}

// R1, H3: a flood of made-up keys, each well-formed and unlike the others, reaches the database a few dozen times and then no more. People and
// programs that worked from that address before, and everybody elsewhere, notice nothing.
func TestR1_AFloodOfMadeUpKeysStops(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	owner := app.Tenant(t).Owner
	program := owner.Key(t, "notes:read")
	flood, elsewhere := app.Anonymous(t), app.Tenant(t).Owner.Key(t, "notes:read")
	program.Address, owner.Address = flood.Address, flood.Address
	program.Get(t, "/notes").Status(t, 200)
	looks := func() int { return strings.Count(app.Log.String(), "find who bears an API key") }
	before, refused := looks(), 0
	const n = 200
	for i := range n {
		flood.Token = madeUp(i)
		r := flood.Get(t, "/notes")
		if r.StatusCode == http.StatusUnauthorized {
			r.Problem(t, 401, "api_key_invalid")
			continue
		}
		refused++
		if r.Problem(t, 429, "rate_limited"); r.Header.Get("Retry-After") == "" {
			t.Fatal("nothing says when to try again")
		}
	}
	if looked := looks() - before; refused < n/2 || looked < 60 || looked > n-refused {
		t.Errorf("%d of %d were refused, %d looked up", refused, n, looked)
	}
	program.Get(t, "/notes").Status(t, 200)
	owner.Get(t, "/notes").Status(t, 200)
	elsewhere.Get(t, "/notes").Status(t, 200)
}
