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
	portalSetting   = "portal_configuration"
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
	err = s.keptSetting(ctx, endpointSetting, &e)
	return e, err
}

// keptPortal is the id of the customer portal's configuration that Sync made at Stripe; "" when there is none.
func (s *service) keptPortal(ctx context.Context) (id string, err error) {
	err = s.keptSetting(ctx, portalSetting, &id)
	return id, err
}

// keptSetting reads what is kept under the key into v, which stays as it is when nothing is.
func (s *service) keptSetting(ctx context.Context, key string, v any) error {
	var sealed [][]byte
	err := s.DB.System(ctx, "read what billing sync kept", func(tx *db.SystemTx) error {
		return tx.Raw("SELECT value FROM billing_settings WHERE key = ?", key).Scan(&sealed).Error
	})
	if err != nil || len(sealed) == 0 {
		return err
	}
	raw, err := s.Secret.Open(sealLabel, sealed[0], []byte(key))
	if err != nil {
		return fmt.Errorf("open the setting %s (was SECRET_KEY changed? then run app billing sync): %w", key, err)
	}
	return json.Unmarshal(raw, v)
}

func (s *service) keepSetting(ctx context.Context, key string, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	sealed := s.Secret.Seal(sealLabel, raw, []byte(key))
	return s.DB.System(ctx, "keep what billing sync made", func(tx *db.SystemTx) error {
		return tx.Exec("INSERT INTO billing_settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = now()",
			key, sealed).Error
	})
}
