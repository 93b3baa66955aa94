package billing

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/stripe/stripe-go/v76"

	"saaskit/platform/access"
	"saaskit/platform/db"
)

// customer is who a tenant is at Stripe. Name and email are what it was, or will be, made with.
type customer struct {
	Name       string
	Email      string
	StripeID   *string
	Generation int64
}

const (
	tenantMetadata = "tenant_id"
	planMetadata   = "plan"
	meterMetadata  = "meter"
)

// customerOf returns the id of the tenant's customer at Stripe, made when there is none. It is committed in our table before it is
// returned. Whoever tries at the same time sends the same request under the same idempotency key, and so gets the same customer.
func (s *service) customerOf(ctx context.Context, name, email string) (string, error) {
	tenant := access.From(ctx).Tenant
	for range attempts {
		c, err := s.intend(ctx, tenant, name, email)
		if err != nil || c.StripeID != nil {
			return value(c.StripeID), err
		}
		id, err := s.makeCustomer(ctx, tenant, c)
		if err != nil {
			return "", asFault("create the customer", err)
		}
		if id != "" {
			kept, err := s.keepCustomer(ctx, tenant, c.Generation, id)
			if err != nil || kept {
				return id, err
			}
			continue // somebody gave this generation up meanwhile: theirs counts
		}
		if err := s.nextGeneration(ctx, tenant, c.Generation); err != nil {
			return "", err
		}
	}
	return "", errBusy
}

// makeCustomer makes the customer of that generation, or finds the one that an attempt made whose answer was a failure and will stay it;
// "" when that made none.
func (s *service) makeCustomer(ctx context.Context, tenant uuid.UUID, c customer) (string, error) {
	params := &stripe.CustomerParams{Name: stripe.String(c.Name), Email: stripe.String(c.Email)}
	params.Context = ctx
	params.AddMetadata(tenantMetadata, tenant.String())
	params.SetIdempotencyKey(fmt.Sprintf("customer-%s-%d", tenant, c.Generation))
	made, err := s.stripe.Customers.New(params)
	if err == nil {
		return made.ID, nil
	}
	if !settled(err) {
		return "", err
	}
	find := &stripe.CustomerListParams{Email: stripe.String(c.Email)}
	find.Context, find.Limit = ctx, stripe.Int64(100)
	list := s.stripe.Customers.List(find)
	for list.Next() {
		if found := list.Customer(); found.Metadata[tenantMetadata] == tenant.String() {
			return found.ID, nil
		}
	}
	return "", list.Err()
}

// keepCustomer reports whether the generation still counted.
func (s *service) keepCustomer(ctx context.Context, tenant uuid.UUID, generation int64, id string) (kept bool, err error) {
	err = s.DB.System(ctx, "keep a tenant's customer at Stripe", func(tx *db.SystemTx) error {
		res := tx.Exec("UPDATE billing_customers SET stripe_id = ? WHERE tenant_id = ? AND generation = ? AND (stripe_id IS NULL OR stripe_id = ?)",
			id, tenant, generation, id)
		kept = res.RowsAffected == 1
		return res.Error
	})
	return kept, err
}

// nextGeneration gives up a customer that could not be made, so that the next request for it is another.
func (s *service) nextGeneration(ctx context.Context, tenant uuid.UUID, old int64) error {
	return s.DB.System(ctx, "number a tenant's next customer at Stripe", func(tx *db.SystemTx) error {
		return tx.Exec("UPDATE billing_customers SET generation = generation + 1 WHERE tenant_id = ? AND generation = ? AND stripe_id IS NULL", tenant, old).Error
	})
}

// intend writes down what the customer will be made with, unless that stands already, and returns what stands.
func (s *service) intend(ctx context.Context, tenant uuid.UUID, name, email string) (c customer, err error) {
	err = s.DB.System(ctx, "prepare a tenant's customer at Stripe", func(tx *db.SystemTx) error {
		err := tx.Exec("INSERT INTO billing_customers (tenant_id, name, email) VALUES (?, ?, ?) ON CONFLICT (tenant_id) DO NOTHING", tenant, name, email).Error
		if err != nil {
			return err
		}
		return tx.Raw("SELECT name, email, stripe_id, generation FROM billing_customers WHERE tenant_id = ?", tenant).Scan(&c).Error
	})
	return c, err
}

// forgetCustomer makes place for a new customer when Stripe does not have this one: it was deleted there, or the key is now of another account.
func (s *service) forgetCustomer(ctx context.Context, id string) error {
	tenant := access.From(ctx).Tenant
	s.Log.WarnContext(ctx, "Stripe does not have a tenant's customer; a new one will be made", "tenant", tenant, "customer", id)
	return s.DB.System(ctx, "forget a customer that Stripe does not have", func(tx *db.SystemTx) error {
		return tx.Exec("UPDATE billing_customers SET stripe_id = NULL, generation = generation + 1 WHERE tenant_id = ? AND stripe_id = ?", tenant, id).Error
	})
}

// tenantOfTx finds the tenant of a customer; uuid.Nil when it is nobody's.
func tenantOfTx(tx *db.SystemTx, customer string) (uuid.UUID, error) {
	var found []uuid.UUID
	err := tx.Raw("SELECT tenant_id FROM billing_customers WHERE stripe_id = ?", customer).Scan(&found).Error
	if err != nil || len(found) == 0 {
		return uuid.Nil, err
	}
	return found[0], nil
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
