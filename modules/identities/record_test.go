package identities_test

import (
	"testing"

	"saaskit/platform/emulator/oidc"
)

// L3: where a refused return from a provider cannot be recorded, it is not answered as if it had been.
func TestL3_NoRecordNoOrdinaryAnswer(t *testing.T) {
	t.Parallel()
	w := start(t)
	claimed := somebody("ada")
	claimed.Unverified = true
	w.exec("REVOKE INSERT ON security_log FROM saaskit_system")
	w.browser().visit(signInAt, oidc.Google, claimed).Problem(t, 500, "internal")
}
