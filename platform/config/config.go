// Package config reads the product's settings from the environment, names every wrong one, and describes them all for the README.
package config

import (
	"errors"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"saaskit/platform/secret"
)

// Config is every setting of the product. A field's tags are its documentation: `scripts/gen` prints the README's table from them.
type Config struct {
	BaseURL        string      `env:"BASE_URL" doc:"Public address of the product, such as https://app.example.com. Plain http is accepted for this machine only."`
	SecretKey      secret.Root `env:"SECRET_KEY" doc:"32 random bytes in base64 (openssl rand -base64 32). Database passwords, signing-key encryption and peppers derive from it."`
	DatabaseURL    string      `env:"DATABASE_URL" doc:"Where Postgres is. Credentials in it are ignored: the roles are saaskit_app and saaskit_system, their passwords derive from SECRET_KEY."`
	SMTPURL        string      `env:"SMTP_URL" doc:"Mail server: smtp://user:password@host:587 or smtps://user:password@host:465."`
	AdminURL       string      `env:"ADMIN_DATABASE_URL" doc:"For app migrate only: a role that may create roles. On Postgres 15 and older that is a superuser; app migrate --print-bootstrap prints the SQL for whoever has one."`
	Addr           string      `env:"ADDR" envDefault:":8080" doc:"Address the web server listens on."`
	MetricsAddr    string      `env:"METRICS_ADDR" envDefault:"127.0.0.1:9090" doc:"Internal address of Prometheus metrics; off turns it off."`
	MailFrom       string      `env:"MAIL_FROM" envDefault:"SaaSKit <no-reply@localhost>" doc:"Sender of all mail."`
	TrustedProxies Networks    `env:"TRUSTED_PROXIES" doc:"Networks of the proxies whose X-Forwarded-For is believed, comma separated. Empty: nobody's."`
	GeoIPDatabase  string      `env:"GEOIP_DATABASE" doc:"File of a MaxMind database (GeoLite2 City), to name the place of a session in words. Empty: places are not named."`

	StripeSecretKey     string `env:"STRIPE_SECRET_KEY" doc:"Stripe secret key (sk_test_... or sk_live_...). Empty: billing is off."`
	StripeAPIURL        string `env:"STRIPE_API_URL" envDefault:"https://api.stripe.com" doc:"Stripe's address; the local stack points it at the emulator."`
	StripeWebhookSecret string `env:"STRIPE_WEBHOOK_SECRET" doc:"Signing secret of the webhook endpoint. Empty: the one that app billing sync stored."`
	StripeWebhookURL    string `env:"STRIPE_WEBHOOK_URL" doc:"Public address Stripe sends events to. Empty: BASE_URL/hooks/stripe."`
	StripeTax           bool   `env:"STRIPE_TAX" envDefault:"false" doc:"true: Stripe Tax reckons taxes, and checkout asks for tax ids. Set up Stripe Tax in Stripe's dashboard first."`

	GoogleClientID     string `env:"GOOGLE_CLIENT_ID" doc:"Client id of Sign in with Google. Empty: off. The redirect address to register with every provider is BASE_URL/sign-in/callback."`
	GoogleClientSecret string `env:"GOOGLE_CLIENT_SECRET" doc:"Client secret of Sign in with Google."`
	GoogleIssuer       string `env:"GOOGLE_ISSUER" envDefault:"https://accounts.google.com" doc:"Google's address; the local stack points it at the emulator."`
	GitHubClientID     string `env:"GITHUB_CLIENT_ID" doc:"Client id of Sign in with GitHub. Empty: off."`
	GitHubClientSecret string `env:"GITHUB_CLIENT_SECRET" doc:"Client secret of Sign in with GitHub."`
	GitHubURL          string `env:"GITHUB_URL" envDefault:"https://github.com" doc:"GitHub's address, or that of a GitHub Enterprise Server."`
	OIDCIssuer         string `env:"OIDC_ISSUER" doc:"Issuer of another OpenID Connect provider, exactly as it calls itself. Empty: off."`
	OIDCClientID       string `env:"OIDC_CLIENT_ID" doc:"Client id at OIDC_ISSUER."`
	OIDCClientSecret   string `env:"OIDC_CLIENT_SECRET" doc:"Client secret at OIDC_ISSUER."`
	OIDCName           string `env:"OIDC_NAME" envDefault:"Single sign-on" doc:"What people call OIDC_ISSUER, for its button."`

	DNSServer string `env:"DNS_SERVER" doc:"Name server, host:port, that proofs of domains are asked of. Empty: the system's."`

	DirectURL       string        `env:"DATABASE_DIRECT_URL" doc:"Postgres without the pooler, for jobs and notifications. Empty: DATABASE_URL."`
	Pooler          string        `env:"DATABASE_POOLER" doc:"transaction when DATABASE_URL is a pooler in transaction mode, such as PgBouncer."`
	AppConns        int           `env:"DATABASE_CONNS" envDefault:"0" doc:"Connections as saaskit_app. 0: 4 for each core."`
	SystemConns     int           `env:"DATABASE_SYSTEM_CONNS" envDefault:"0" doc:"Connections as saaskit_system. 0: 4."`
	MaxWait         time.Duration `env:"DATABASE_MAX_WAIT" envDefault:"5s" doc:"Longest wait for a free connection before a request is told that the service is busy."`
	AppPassword     string        `env:"DATABASE_APP_PASSWORD" doc:"Password of saaskit_app. Empty: derived from SECRET_KEY."`
	SystemPassword  string        `env:"DATABASE_SYSTEM_PASSWORD" doc:"Password of saaskit_system. Empty: derived from SECRET_KEY."`
	MigratePassword string        `env:"DATABASE_MIGRATE_PASSWORD" doc:"Password of saaskit_migrate. Empty: derived from SECRET_KEY."`
	RequestTimeout  time.Duration `env:"REQUEST_TIMEOUT" envDefault:"15s" doc:"Longest time one request may take."`
	StopTimeout     time.Duration `env:"STOP_TIMEOUT" envDefault:"20s" doc:"Longest time a graceful stop may take."`
	UserRate        int           `env:"RATE_LIMIT_USER" envDefault:"1200" doc:"Requests that one user may make in a minute."`
	KeyRate         int           `env:"RATE_LIMIT_API_KEY" envDefault:"1200" doc:"Requests that one API key may make in a minute."`
	TenantRate      int           `env:"RATE_LIMIT_TENANT" envDefault:"12000" doc:"Requests that one tenant may make in a minute, by all its users and keys."`
	BodyLimit       int           `env:"BODY_LIMIT" envDefault:"1048576" doc:"Largest request body in bytes."`
	LogFormat       string        `env:"LOG_FORMAT" doc:"json or text. Empty: json, or text when BASE_URL is this machine."`
	LogLevel        string        `env:"LOG_LEVEL" envDefault:"info" doc:"debug, info, warn or error."`
}

// Networks is a list of address ranges.
type Networks []netip.Prefix

// UnmarshalText reads comma-separated addresses and networks.
func (n *Networks) UnmarshalText(text []byte) error {
	for part := range strings.SplitSeq(string(text), ",") {
		part = strings.TrimSpace(part)
		prefix, err := netip.ParsePrefix(part)
		if ip, addrErr := netip.ParseAddr(part); addrErr == nil {
			prefix, err = netip.PrefixFrom(ip, ip.BitLen()), nil
		}
		if err != nil {
			return errors.New("must be addresses or networks such as 10.0.0.0/8, comma separated")
		}
		*n = append(*n, prefix)
	}
	return nil
}

// Local reports whether BASE_URL is on this machine: the only place where plain http and its cookies are accepted.
func (c Config) Local() bool {
	u, err := url.Parse(c.BaseURL)
	return err == nil && isLoopback(u.Hostname())
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}
