package invitations

import (
	_ "embed"
	"net/netip"
	"regexp"
	"strings"

	"golang.org/x/net/idna"

	"saaskit/platform/fault"
)

var (
	errDomain = fault.New(fault.Invalid, "domain_invalid", "Enter a domain such as example.com.").
			With(fault.Field{Location: "body.domain", Message: "must be a domain such as example.com"})
	errPublic = fault.New(fault.Invalid, "domain_public", "Everybody can have an address at this domain. Use a domain of your own.").
			With(fault.Field{Location: "body.domain", Message: "must not be a public mail domain"})
)

// lookupProfile is what a browser does with a name that somebody typed (UTS 46), with every check.
var lookupProfile = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.CheckHyphens(true), idna.CheckJoiners(true),
	idna.StrictDomainName(true), idna.Transitional(false), idna.VerifyDNSLength(true))

// plainDomain is the form of the domain of an address, as the mail package accepts addresses.
var plainDomain = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$`)

// normalise returns the one form in which a domain is stored and compared: lower-case ASCII (punycode), without a dot at its end.
func normalise(given string) (string, error) {
	given = strings.TrimSuffix(strings.TrimSpace(given), ".")
	domain, err := lookupProfile.ToASCII(given)
	if err != nil {
		return "", errDomain
	}
	domain = strings.ToLower(domain)
	if _, err := netip.ParseAddr(domain); err == nil || !plainDomain.MatchString(domain) || len(recordName(domain)) > 253 {
		return "", errDomain
	}
	if isPublic(domain) {
		return "", errPublic
	}
	return domain, nil
}

//go:embed public_mail.txt
var publicMail string

var publicDomains = func() map[string]bool {
	set := map[string]bool{}
	for line := range strings.Lines(publicMail) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			set[line] = true
		}
	}
	return set
}()

// isPublic reports whether anybody can have an address at the domain: it, or a domain above it, is on the list.
func isPublic(domain string) bool {
	for {
		if publicDomains[domain] {
			return true
		}
		_, above, found := strings.Cut(domain, ".")
		if !found {
			return false
		}
		domain = above
	}
}

// domainOf is the domain of an address in its canonical form.
func domainOf(email string) string {
	_, domain, _ := strings.Cut(email, "@")
	return domain
}
