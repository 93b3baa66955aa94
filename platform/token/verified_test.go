package token

import (
	"strconv"
	"testing"
)

// What is remembered is bounded, and the latest is still there.
func TestVerifiedIsBounded(t *testing.T) {
	t.Parallel()
	v := newVerified()
	for i := range 10 * generationSize {
		v.put(digestOf(strconv.Itoa(i)), genuine{Claims: Claims{Audience: strconv.Itoa(i)}})
	}
	if n := v.size(); n > 2*generationSize {
		t.Errorf("%d are remembered", n)
	}
	for i := 9 * generationSize; i < 10*generationSize; i++ {
		if got, ok := v.get(digestOf(strconv.Itoa(i))); !ok || got.Audience != strconv.Itoa(i) {
			t.Fatalf("%d was forgotten", i)
		}
	}
}
