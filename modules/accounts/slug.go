package accounts

import (
	"crypto/rand"
	"strings"
	"unicode"

	"github.com/google/uuid"
	"golang.org/x/text/unicode/norm"
	"gorm.io/gorm"

	"saaskit/platform/fault"
)

const (
	maxSlug  = 40 // bytes
	maxSlugs = 10 // that one tenant takes from all others for ever
)

// reserved are slugs that would read as a part of the product.
var reserved = map[string]bool{
	"admin": true, "api": true, "app": true, "assets": true, "billing": true, "docs": true, "help": true, "hooks": true, "new": true,
	"operator": true, "settings": true, "sign-in": true, "sign-up": true, "static": true, "status": true, "support": true, "www": true,
}

var (
	errSlugTaken    = fault.New(fault.Conflict, "slug_taken", "That address is taken.")
	errTooManySlugs = fault.New(fault.Conflict, "too_many_slugs", "A workspace can have 10 addresses, and has had them all. Go back to one of them.")
)

// claimSlug makes the slug the tenant's for ever, and reports whether it was free. The tenant's own, present or old, is not.
func claimSlug(tx *gorm.DB, tenant uuid.UUID, slug string) (bool, error) {
	claimed := tx.Exec("INSERT INTO tenant_slugs (tenant_id, slug) VALUES (?, ?) ON CONFLICT DO NOTHING", tenant, slug)
	return claimed.RowsAffected == 1, claimed.Error
}

// slugs lists what a tenant of that name may be called in addresses, the best first: later ones end in something random,
// so that popular names neither collide for long nor tell how many there are.
func slugs(name string) []string {
	base := slug(name)
	list := make([]string, 0, 6)
	if !reserved[base] && len(base) >= 3 {
		list = append(list, base)
	}
	for range 5 {
		list = append(list, strings.TrimRight(base[:min(len(base), maxSlug-7)], "-")+"-"+strings.ToLower(rand.Text()[:6]))
	}
	return list
}

// slug turns a name into lower-case ASCII words joined by hyphens; accents fall off.
func slug(name string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(name)) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case unicode.Is(unicode.Mn, r) || r == '\'' || r == '’': // marks and apostrophes join what stands around them
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	s := strings.Trim(b.String()[:min(b.Len(), maxSlug)], "-")
	if s == "" {
		return "workspace"
	}
	return s
}
