package config_test

import (
	"strings"
	"testing"

	"saaskit/platform/config"
)

const key = "q3lYkLQJ0aGfRrV2o0y0cZ2s1bq2b0m3v8yT0m9dQ1s="

func TestLoad(t *testing.T) {
	t.Parallel()
	c, err := config.Load([]string{"BASE_URL=https://app.example.com/", "SECRET_KEY=" + key, "TRUSTED_PROXIES=10.0.0.0/8, 192.0.2.1"}, "BASE_URL", "SECRET_KEY")
	if err != nil {
		t.Fatal(err)
	}
	if c.BaseURL != "https://app.example.com" || c.Local() {
		t.Errorf("base URL %q, local %v", c.BaseURL, c.Local())
	}
	if len(c.TrustedProxies) != 2 || c.TrustedProxies[1].String() != "192.0.2.1/32" {
		t.Errorf("trusted proxies %v", c.TrustedProxies)
	}
	if c.Addr != ":8080" || len(config.Config{}.TrustedProxies) != 0 {
		t.Errorf("defaults: %+v", c.Addr)
	}
}

// A10, L2: every broken value is named with what was expected, and none is repeated.
func TestA10_BrokenValuesAreNamed(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ variable, want string }{
		"missing":         {"IGNORED=1", "DATABASE_URL is not set"},
		"short key":       {"SECRET_KEY=hunter2hunter2", "SECRET_KEY"},
		"name server":     {"DNS_SERVER=hunter2", "DNS_SERVER must be host:port"},
		"plain http":      {"BASE_URL=http://hunter2.example.com", "BASE_URL must begin with https://"},
		"path in base":    {"BASE_URL=https://example.com/hunter2", "BASE_URL must be an origin"},
		"database":        {"DATABASE_URL=hunter2", "DATABASE_URL must be a URL"},
		"pooler":          {"DATABASE_POOLER=hunter2", "DATABASE_POOLER must be empty or transaction"},
		"number":          {"DATABASE_CONNS=hunter2", "DATABASE_CONNS must be a whole number"},
		"negative":        {"DATABASE_CONNS=-1", "DATABASE_CONNS must be 0 or more"},
		"duration":        {"REQUEST_TIMEOUT=hunter2", "REQUEST_TIMEOUT must be a duration"},
		"wait":            {"DATABASE_MAX_WAIT=0s", "DATABASE_MAX_WAIT must be a duration"},
		"proxies":         {"TRUSTED_PROXIES=hunter2", "TRUSTED_PROXIES must be addresses or networks"},
		"mail":            {"SMTP_URL=hunter2", "SMTP_URL must be a URL"},
		"stripe key":      {"STRIPE_SECRET_KEY=hunter2", "STRIPE_SECRET_KEY must begin with"},
		"stripe address":  {"STRIPE_API_URL=hunter2", "STRIPE_API_URL must be an http or https URL"},
		"google secret":   {"GOOGLE_CLIENT_ID=hunter2", "GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET must be set together"},
		"github address":  {"GITHUB_URL=http://hunter2.example.com", "GITHUB_URL must be an https:// URL"},
		"oidc issuer":     {"OIDC_ISSUER=http://hunter2.example.com", "OIDC_ISSUER must be an https:// URL"},
		"oidc client":     {"OIDC_ISSUER=https://hunter2.example.com", "OIDC_ISSUER and OIDC_CLIENT_ID must be set together"},
		"log level":       {"LOG_LEVEL=hunter2", "LOG_LEVEL must be"},
		"log format":      {"LOG_FORMAT=hunter2", "LOG_FORMAT must be"},
		"body limit zero": {"BODY_LIMIT=0", "BODY_LIMIT must be"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := config.Load([]string{test.variable}, "DATABASE_URL")
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("error %v, want %q in it", err, test.want)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the value is repeated: %v", err)
			}
		})
	}
}

func TestTableDescribesEveryVariable(t *testing.T) {
	t.Parallel()
	table := config.Table()
	for line := range strings.Lines(table) {
		if strings.Contains(line, "|  |\n") || strings.HasPrefix(line, "| `` |") {
			t.Errorf("a variable has no name or no meaning: %s", line)
		}
	}
}
