package main

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// settings are what the product is configured with on this machine.
type settings struct {
	secretKey string
	baseURL   string
	appPort   int
	metrics   int
	adminURL  string // superuser of the private Postgres
	smtpURL   string
	dnsServer string
	stripeURL string
	stripeKey string
	providers map[string]string // configuration of the identity providers
}

// environ is the environment of the product's processes: ours, without what would configure the product otherwise.
func (s settings) environ() []string {
	own := map[string]string{
		"BASE_URL":           s.baseURL,
		"SECRET_KEY":         s.secretKey,
		"DATABASE_URL":       s.adminURL, // its credentials are ignored
		"ADMIN_DATABASE_URL": s.adminURL,
		"SMTP_URL":           s.smtpURL,
		"DNS_SERVER":         s.dnsServer,
		"ADDR":               "127.0.0.1:" + strconv.Itoa(s.appPort),
		"METRICS_ADDR":       "127.0.0.1:" + strconv.Itoa(s.metrics),
		"STRIPE_SECRET_KEY":  s.stripeKey,
		"STRIPE_API_URL":     s.stripeURL,
		"STRIPE_WEBHOOK_URL": "http://127.0.0.1:" + strconv.Itoa(s.appPort) + "/hooks/stripe",
		"LOG_LEVEL":          logLevel(),
	}
	maps.Copy(own, s.providers)
	foreign := []string{"STRIPE_WEBHOOK_SECRET", "DATABASE_DIRECT_URL", "DATABASE_POOLER", "DATABASE_APP_PASSWORD", "DATABASE_SYSTEM_PASSWORD", "DATABASE_MIGRATE_PASSWORD", "TRUSTED_PROXIES"}
	environ := slices.DeleteFunc(os.Environ(), func(pair string) bool {
		name, _, _ := strings.Cut(pair, "=")
		return own[name] != "" || slices.Contains(foreign, name)
	})
	for name, value := range own {
		environ = append(environ, name+"="+value)
	}
	return environ
}

// logLevel keeps the terminal for the report: the product's own lines show from warnings up, unless asked for.
func logLevel() string {
	if level := os.Getenv("LOG_LEVEL"); level != "" {
		return level
	}
	return "warn"
}

// secretKey reads the folder's SECRET_KEY, or makes it on the first start.
func secretKey(dir string) (string, error) {
	path := filepath.Join(dir, "secret")
	text, err := os.ReadFile(path)
	if err == nil {
		return strings.TrimSpace(string(text)), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("read the secret key: %w", err)
	}
	key := make([]byte, 32)
	rand.Read(key)
	made := base64.StdEncoding.EncodeToString(key)
	if err := os.WriteFile(path, []byte(made+"\n"), 0o600); err != nil {
		return "", fmt.Errorf("keep the secret key: %w", err)
	}
	return made, nil
}
