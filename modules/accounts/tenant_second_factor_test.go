package accounts_test

import (
	"strings"
	"testing"

	"saaskit/platform/access"
)

// M3: an owner whose session has a second factor requires it of all; others are out within a second, on a second replica too.
func TestM3_ATenantRequiresASecondFactor(t *testing.T) {
	t.Parallel()
	w := start(t)
	s := w.workspace("acme")
	there := w.replica()
	memberID, member := s.join("member@example.com", access.Member)
	_, second := s.join("second@example.com", access.Owner)
	_, admin := s.join("admin@example.com", access.Admin)
	away := member.clone()
	away.base = there
	away.want(200, "GET", "/tenant", nil, nil)

	admin.refused(403, "forbidden", "POST", "/tenant/second-factor", fields{"required": true})
	s.owner.refused(403, "second_factor_required_here", "POST", "/tenant/second-factor", fields{"required": true})
	s.owner.want(200, "POST", "/tenant/second-factor", fields{"required": false}, nil) // as it is
	w.proveSecondFactor(s.ownerID)
	w.grownOld(s.owner)
	s.owner.refused(403, "reauthentication_required", "POST", "/tenant/second-factor", fields{"required": true})
	s.owner = w.signedIn(s.ownerID, s.id)
	w.proveSecondFactor(s.ownerID)
	var got settingsView
	s.owner.want(200, "POST", "/tenant/second-factor", fields{"required": true}, &got)
	if !got.RequireSecondFactor {
		t.Errorf("after: %+v", got)
	}
	w.refusedWithinASecond(away, "GET", "/tenant", 403)
	w.refusedWithinASecond(member, "GET", "/tenant", 403)
	for _, b := range []*browser{member, away, admin} {
		b.refused(403, "second_factor_required_here", "GET", "/members", nil)
	}
	w.refusedWithinASecond(second, "GET", "/tenant", 403)
	second.refused(403, "second_factor_required_here", "POST", "/tenant/second-factor", fields{"required": false})
	s.owner.want(200, "GET", "/members", nil, nil)

	// The same person with a session that proved one is in; their other session stays out.
	proved := w.signedIn(memberID, s.id)
	w.exec("UPDATE sessions SET second_factor = true WHERE id = (SELECT id FROM sessions WHERE subject_id = $1 ORDER BY created_at DESC, id DESC LIMIT 1)", memberID)
	proved.want(200, "GET", "/members", nil, nil)
	member.refused(403, "second_factor_required_here", "GET", "/members", nil)

	for _, to := range []string{"owner-of-acme@example.com", "second@example.com"} {
		if text := w.mail(to); !strings.Contains(text, "owner-of-acme@example.com requires a second factor") {
			t.Errorf("mail to %s: %s", to, text)
		}
	}
	s.owner.want(200, "POST", "/tenant/second-factor", fields{"required": false}, nil)
	w.forgotten(member, func() bool { return member.do("GET", "/members", nil).Status == 200 })
	if n := s.recorded("tenant.require_second_factor"); n != 2 {
		t.Errorf("%d entries", n)
	}
}

// M3: what one tenant requires does not count in another.
func TestM3_TheRuleIsOneTenants(t *testing.T) {
	t.Parallel()
	w := start(t)
	strict, loose := w.workspace("strict"), w.workspace("loose")
	id, inStrict := strict.join("ada@example.com", access.Member)
	w.member(loose.id, id, access.Member)
	w.exec("UPDATE tenants SET require_second_factor = true WHERE id = $1", strict.id)
	w.refusedWithinASecond(inStrict, "GET", "/tenant", 403)
	b := w.signedIn(id, loose.id)
	b.want(200, "GET", "/tenant", nil, nil)
	// By changing tenants nobody gets around it.
	if b.in("strict"); b.do("GET", "/tenant", nil).problem().Code != "second_factor_required_here" {
		t.Error("a switch of the tenant went around the rule")
	}
}
