package app

import (
	"context"
	"time"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/api"
	"saaskit/platform/config"
	"saaskit/platform/limit"
)

// requestRates limits what each user, API key, operator and tenant may ask in a minute, over all replicas.
func requestRates(cfg config.Config, leases *limit.Leases) api.Spend {
	rates := map[access.Kind]limit.Rate{
		access.User:     {Name: "user", Count: cfg.UserRate, Per: time.Minute},
		access.Operator: {Name: "operator", Count: cfg.UserRate, Per: time.Minute},
		access.APIKey:   {Name: "api-key", Count: cfg.KeyRate, Per: time.Minute},
	}
	tenantRate := limit.Rate{Name: "tenant", Count: cfg.TenantRate, Per: time.Minute}
	return func(ctx context.Context, actor access.Actor) ([]limit.State, error) {
		own, err := leases.Take(ctx, rates[actor.Kind], actor.ID.String())
		if err != nil || actor.Kind == access.Operator || actor.Tenant == uuid.Nil {
			return []limit.State{own}, err
		}
		tenant, err := leases.Take(ctx, tenantRate, actor.Tenant.String())
		return []limit.State{own, tenant}, err
	}
}
