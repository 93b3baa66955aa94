package apikeys

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// K3: a key is recognised without a look into the database: by its prefix, its length, its alphabet and its checksum.
func TestK3_AScannerKnowsAKey(t *testing.T) {
	t.Parallel()
	pattern := regexp.MustCompile(Pattern)
	seen := map[string]bool{}
	for range 1000 {
		secret := newSecret()
		if _, ok := parse(secret); !ok || seen[secret] {
			t.Fatalf("%q: known %v, seen before %v", secret, ok, seen[secret])
		}
		seen[secret] = true
		if found := pattern.FindString("key = '" + secret + "';"); found != secret {
			t.Fatalf("the pattern finds %q in %q", found, secret)
		}
	}
	if got := checksum(strings.Repeat("0", randomLength)); got != "2wjyrI" {
		t.Errorf("the checksum of zeros is %q", got)
	}
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(readme), Pattern) {
		t.Errorf("README.md does not give the pattern %s", Pattern)
	}
}

// K3: what is not exactly a key is refused offline.
func TestK3_NothingElseIsAKey(t *testing.T) {
	t.Parallel()
	secret := newSecret()
	last := secret[len(secret)-1]
	other := byte('0')
	if last == other {
		other = '1'
	}
	for name, raw := range map[string]string{
		"nothing":             "",
		"the prefix":          Prefix,
		"no prefix":           strings.TrimPrefix(secret, Prefix),
		"another prefix":      "ghp_" + strings.TrimPrefix(secret, Prefix),
		"prefix in upper":     strings.ToUpper(Prefix) + strings.TrimPrefix(secret, Prefix),
		"one too short":       secret[:len(secret)-1],
		"one too long":        secret + "0",
		"space before":        " " + secret,
		"space after":         secret + " ",
		"NUL after":           secret + "\x00",
		"a wrong check digit": secret[:len(secret)-1] + string(other),
		"not base 62":         Prefix + strings.Repeat("-", randomLength) + checksum(strings.Repeat("-", randomLength)),
		"in upper":            Prefix + strings.ToUpper(secret[len(Prefix):]) + "",
		"twice":               secret + secret,
	} {
		if _, ok := parse(raw); ok && raw != secret {
			t.Errorf("%s is taken for a key", name)
		}
	}
	for i := len(Prefix); i < len(secret); i++ { // every single wrong character shows
		for _, d := range digits {
			wrong := secret[:i] + string(d) + secret[i+1:]
			if _, ok := parse(wrong); ok != (wrong == secret) {
				t.Fatalf("%q for %q: %v", wrong, secret, ok)
			}
		}
	}
}

// K3: no digit is likelier than another.
func TestK3_DigitsAreEven(t *testing.T) {
	t.Parallel()
	count := map[rune]int{}
	const keys = 20_000
	for range keys {
		for _, d := range newSecret()[len(Prefix) : len(Prefix)+randomLength] {
			count[d]++
		}
	}
	mean := keys * randomLength / len(digits)
	for _, d := range digits {
		if n := count[d]; n < mean*9/10 || n > mean*11/10 {
			t.Errorf("%c came %d times, others %d", d, n, mean)
		}
	}
}
