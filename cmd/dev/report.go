package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// report prints where everything is, who can sign in, what is on, and what is off and why.
func (s *stack) report(out io.Writer, took time.Duration) {
	base := s.settings.baseURL
	fmt.Fprintf(out, "\n  SaaSKit is up (%s). Ctrl-C stops it; the data stays in %s.\n\n", took.Round(10*time.Millisecond), s.dir)
	row := func(name, value string) { fmt.Fprintf(out, "  %-19s %s\n", name, value) }
	row("Web app", base)
	row("API reference", base+"/api/docs")
	row("Operator console", base+"/operator")
	row("Mailbox", s.pages.URL())
	row("Stripe emulator", s.settings.stripeURL+"   pay with 4242 4242 4242 4242")
	row("Identity providers", s.identity.URL()+"   Google, GitHub and Example SSO ask who you want to be")
	row("DNS records", s.names.pages.URL()+"   add a TXT record to prove a domain")
	row("Postgres", s.settings.adminURL)
	fmt.Fprintf(out, "\n  Sign in (password %s):\n", demoPassword)
	for _, u := range demoUsers {
		row("  "+u.email, string(u.role)+" of Acme and Globex")
	}
	row("  "+demoOperator, "operator; the code comes to the mailbox")
	fmt.Fprintln(out)
	row("On", fmt.Sprintf("jobs, mail to the mailbox, billing and sign-in with providers at emulators, metrics at http://127.0.0.1:%d/metrics", s.settings.metrics))
	row("Off", "https and trusted proxies: only this machine reaches the stack")
	for _, note := range s.ports.notes {
		row("Note", note)
	}
	fmt.Fprintln(out)
}

// ready is what a program that drives the stack needs to know.
type ready struct {
	BaseURL    string  `json:"base_url"`
	MailboxURL string  `json:"mailbox_url"`
	StripeURL  string  `json:"stripe_url"`
	DNSURL     string  `json:"dns_url"`
	Providers  string  `json:"providers_url"`
	AdminURL   string  `json:"admin_url"`
	DemoLogin  string  `json:"demo_password"`
	Operator   string  `json:"operator"`
	Users      []login `json:"users"`
}

// writeReadyFile tells a program that all is up.
func (s *stack) writeReadyFile(path string) error {
	if path == "" {
		return nil
	}
	users := make([]login, len(demoUsers))
	for i, u := range demoUsers {
		users[i] = login{Email: u.email, Role: string(u.role)}
	}
	return writeReady(path, ready{
		BaseURL: s.settings.baseURL, MailboxURL: s.pages.URL(), StripeURL: s.settings.stripeURL, DNSURL: s.names.pages.URL(), Providers: s.identity.URL(), AdminURL: s.settings.adminURL,
		DemoLogin: demoPassword, Operator: demoOperator, Users: users,
	})
}

// writeReady makes the file appear whole or not at all.
func writeReady(path string, r ready) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	partial := filepath.Join(filepath.Dir(path), ".ready")
	if err := os.WriteFile(partial, text, 0o600); err != nil {
		return fmt.Errorf("write the ready file: %w", err)
	}
	return os.Rename(partial, path)
}
