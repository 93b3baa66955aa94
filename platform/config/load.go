package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"github.com/caarlos0/env/v11"

	"saaskit/platform/secret"
)

// Load reads the settings from environ ("NAME=value", as os.Environ gives them). The named variables must be set.
// The error has one line for each setting that is wrong: its name, what was expected, never the value.
func Load(environ []string, required ...string) (Config, error) {
	vars := env.ToMap(environ)
	var c Config
	err := env.ParseWithOptions(&c, env.Options{Environment: vars, FuncMap: map[reflect.Type]env.ParserFunc{
		reflect.TypeFor[secret.Root](): func(s string) (any, error) { return secret.Parse(s) },
	}})
	problems := parseProblems(err)
	for _, name := range required {
		if vars[name] == "" {
			problems = append(problems, fmt.Sprintf("%s is not set. %s", name, docs()[name]))
		}
	}
	problems = append(problems, c.problems()...)
	if len(problems) > 0 {
		return Config{}, errors.New("configuration:\n  " + strings.Join(problems, "\n  "))
	}
	c.BaseURL = strings.TrimSuffix(c.BaseURL, "/")
	return c, nil
}

func (c Config) problems() []string {
	var found []string
	wrong := func(bad bool, text string) {
		if bad {
			found = append(found, text)
		}
	}
	if c.BaseURL != "" {
		u, err := url.Parse(c.BaseURL)
		plain := err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" &&
			strings.Trim(u.Path, "/") == "" && u.RawQuery == "" && u.Fragment == "" && u.User == nil
		wrong(!plain, "BASE_URL must be an origin such as https://app.example.com")
		wrong(plain && u.Scheme == "http" && !isLoopback(u.Hostname()), "BASE_URL must begin with https:// (plain http is accepted for localhost only)")
	}
	for name, value := range map[string]string{"DATABASE_URL": c.DatabaseURL, "DATABASE_DIRECT_URL": c.DirectURL, "ADMIN_DATABASE_URL": c.AdminURL} {
		wrong(value != "" && !isURL(value, "postgres", "postgresql"), name+" must be a URL such as postgres://host:5432/database")
	}
	wrong(c.SMTPURL != "" && !isURL(c.SMTPURL, "smtp", "smtps"), "SMTP_URL must be a URL such as smtp://user:password@host:587")
	for name, value := range map[string]string{"STRIPE_API_URL": c.StripeAPIURL, "STRIPE_WEBHOOK_URL": c.StripeWebhookURL} {
		wrong(value != "" && !isURL(value, "http", "https"), name+" must be an http or https URL")
	}
	_, port, err := net.SplitHostPort(c.DNSServer)
	wrong(c.DNSServer != "" && (err != nil || port == ""), "DNS_SERVER must be host:port such as 192.0.2.53:53")
	stripeKey := strings.HasPrefix(c.StripeSecretKey, "sk_") || strings.HasPrefix(c.StripeSecretKey, "rk_")
	wrong(c.StripeSecretKey != "" && !stripeKey, "STRIPE_SECRET_KEY must begin with sk_test_, sk_live_ or rk_")
	c.providerProblems(wrong)
	wrong(c.Pooler != "" && c.Pooler != "transaction", "DATABASE_POOLER must be empty or transaction")
	wrong(c.LogFormat != "" && c.LogFormat != "json" && c.LogFormat != "text", "LOG_FORMAT must be json or text")
	wrong(!slices.Contains([]string{"debug", "info", "warn", "error"}, c.LogLevel), "LOG_LEVEL must be debug, info, warn or error")
	wrong(c.AppConns < 0, "DATABASE_CONNS must be 0 or more")
	wrong(c.SystemConns < 0, "DATABASE_SYSTEM_CONNS must be 0 or more")
	wrong(c.MaxWait <= 0, "DATABASE_MAX_WAIT must be a duration such as 5s")
	wrong(c.UserRate < 1 || c.KeyRate < 1 || c.TenantRate < 1, "RATE_LIMIT_USER, RATE_LIMIT_API_KEY and RATE_LIMIT_TENANT must be numbers above 0")
	wrong(c.BodyLimit <= 0, "BODY_LIMIT must be a number of bytes above 0")
	wrong(c.RequestTimeout <= 0, "REQUEST_TIMEOUT must be a duration such as 15s")
	wrong(c.StopTimeout <= 0, "STOP_TIMEOUT must be a duration such as 20s")
	slices.Sort(found)
	return found
}

func isURL(value string, schemes ...string) bool {
	u, err := url.Parse(value)
	return err == nil && u.Host != "" && slices.Contains(schemes, u.Scheme)
}

// parseProblems turns the parser's errors into lines that name the variable. The parser's own text repeats the value, which may be a secret.
func parseProblems(err error) []string {
	if err == nil {
		return nil
	}
	aggregate, ok := errors.AsType[env.AggregateError](err)
	if !ok {
		return []string{err.Error()}
	}
	var lines []string
	for _, one := range aggregate.Errors {
		parse, ok := errors.AsType[env.ParseError](one)
		if !ok {
			lines = append(lines, one.Error())
			continue
		}
		field, _ := reflect.TypeFor[Config]().FieldByName(parse.Name)
		lines = append(lines, field.Tag.Get("env")+" "+expected(field.Type, parse.Err))
	}
	return lines
}

func expected(t reflect.Type, cause error) string {
	switch t {
	case reflect.TypeFor[int]():
		return "must be a whole number"
	case reflect.TypeFor[secret.Root](), reflect.TypeFor[Networks]():
		return cause.Error()
	default:
		return "must be a duration such as 15s"
	}
}
