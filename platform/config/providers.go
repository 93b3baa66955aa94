package config

import "net/url"

// providerProblems finds what is wrong with the settings of providers that people sign in with.
func (c Config) providerProblems(wrong func(bad bool, text string)) {
	pair := func(name, id, secret string) {
		wrong((id == "") != (secret == ""), name+"_CLIENT_ID and "+name+"_CLIENT_SECRET must be set together")
	}
	pair("GOOGLE", c.GoogleClientID, c.GoogleClientSecret)
	pair("GITHUB", c.GitHubClientID, c.GitHubClientSecret)
	pair("OIDC", c.OIDCClientID, c.OIDCClientSecret)
	wrong((c.OIDCIssuer == "") != (c.OIDCClientID == ""), "OIDC_ISSUER and OIDC_CLIENT_ID must be set together")
	wrong(!safeAddress(c.GoogleIssuer), "GOOGLE_ISSUER must be an https:// URL")
	wrong(!safeAddress(c.GitHubURL), "GITHUB_URL must be an https:// URL")
	wrong(c.OIDCIssuer != "" && !safeAddress(c.OIDCIssuer), "OIDC_ISSUER must be an https:// URL, exactly as the provider calls itself")
}

// safeAddress reports whether nobody on the way can read or change what is sent there: https, or this machine.
func safeAddress(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return false
	}
	return u.Scheme == "https" || u.Scheme == "http" && isLoopback(u.Hostname())
}
