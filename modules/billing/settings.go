package billing

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"saaskit/platform/db"
)

// endpoint is the webhook endpoint that Sync made at Stripe. Its secret is told only once, so it is kept, sealed.
type endpoint struct {
	ID     string `json:"id"`
	Secret string `json:"secret"`
}

const (
	endpointSetting = "webhook_endpoint"
	sealLabel       = "billing/settings"
	endpointFresh   = 5 * time.Second
)

// endpointCache spares the database when somebody sends a flood of forged events.
type endpointCache struct {
	mu     sync.Mutex
	secret string
	read   time.Time
}

// webhookSecret is the configured signing secret, else the kept one; "" when there is none.
func (s *service) webhookSecret(ctx context.Context) (string, error) {
	if s.Stripe.WebhookSecret != "" {
		return s.Stripe.WebhookSecret, nil
	}
	c := &s.endpoint
	c.mu.Lock()
	defer c.mu.Unlock()
	if age := time.Since(c.read); c.secret != "" && age < endpointFresh {
		return c.secret, nil
	}
	e, err := s.keptEndpoint(ctx)
	if err != nil {
		return "", err
	}
	c.secret, c.read = e.Secret, time.Now()
	return e.Secret, nil
}

// keptEndpoint is the zero value when there is none.
func (s *service) keptEndpoint(ctx context.Context) (e endpoint, err error) {
	var sealed [][]byte
	err = s.DB.System(ctx, "read the webhook endpoint's secret", func(tx *db.SystemTx) error {
		return tx.Raw("SELECT value FROM billing_settings WHERE key = ?", endpointSetting).Scan(&sealed).Error
	})
	if err != nil || len(sealed) == 0 {
		return e, err
	}
	raw, err := s.Secret.Open(sealLabel, sealed[0], []byte(endpointSetting))
	if err != nil {
		return e, fmt.Errorf("open the webhook endpoint's secret (was SECRET_KEY changed? then run app billing sync): %w", err)
	}
	return e, json.Unmarshal(raw, &e)
}

func (s *service) keepEndpoint(ctx context.Context, e endpoint) error {
	raw, err := json.Marshal(e) //nolint:gosec // it is sealed in the next line
	if err != nil {
		return err
	}
	sealed := s.Secret.Seal(sealLabel, raw, []byte(endpointSetting))
	return s.DB.System(ctx, "keep the webhook endpoint's secret", func(tx *db.SystemTx) error {
		return tx.Exec("INSERT INTO billing_settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = now()",
			endpointSetting, sealed).Error
	})
}
