package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/google/uuid"

	"saaskit/modules"
)

// account is a tenant, and what it has at Stripe.
type account struct {
	tenant         uuid.UUID
	owner          string // address
	customer       string
	good, bad      string // ids of a card that pays and of one that does not
	subscription   string
	fresh          []string // the events of the last changes
	freshDelivered bool     // whether one of them is not lost
}

// price is what a plan costs at Stripe.
type price struct {
	ID        string
	Currency  string
	Metadata  map[string]string
	Recurring struct {
		UsageType string `json:"usage_type"`
	}
}

// subscription is a tenant's at Stripe.
type subscription struct {
	ID                string
	Status            string
	CancelAt          int64 `json:"cancel_at"`
	CancelAtPeriodEnd bool  `json:"cancel_at_period_end"`
	CurrentPeriodEnd  int64 `json:"current_period_end"`
	PauseCollection   *struct {
		Behavior string
	} `json:"pause_collection"`
	LatestInvoice string `json:"latest_invoice"`
	Items         struct {
		Data []struct {
			ID       string
			Quantity int64
			Price    price
		}
	}
}

// ask sends a request to Stripe's API.
func ask[T any](ctx context.Context, s *storm, method, path string, params url.Values) (answer T, err error) {
	request, err := http.NewRequestWithContext(ctx, method, s.stripe.URL()+path, strings.NewReader(params.Encode()))
	if err != nil {
		return answer, err
	}
	request.Header.Set("Authorization", "Bearer "+s.stripe.SecretKey)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return answer, fmt.Errorf("ask Stripe: %w", err)
	}
	defer response.Body.Close()
	var raw json.RawMessage
	if err := json.NewDecoder(response.Body).Decode(&raw); err != nil {
		return answer, fmt.Errorf("read Stripe's answer: %w", err)
	}
	if response.StatusCode != http.StatusOK {
		return answer, fmt.Errorf("%s %s: %s: %s", method, path, response.Status, raw)
	}
	return answer, json.Unmarshal(raw, &answer)
}

// readShop learns which prices there are and which events the product asked for.
func (s *storm) readShop(ctx context.Context) error {
	prices, err := ask[struct{ Data []price }](ctx, s, "GET", "/v1/prices?limit=100&active=true", nil)
	if err != nil {
		return err
	}
	for _, p := range prices.Data {
		if p.Currency == "usd" && p.Recurring.UsageType != "metered" && p.Metadata["plan"] != "" {
			s.prices = append(s.prices, p)
		}
	}
	if len(s.prices) == 0 {
		return errors.New("the product sells nothing")
	}
	endpoints, err := ask[struct {
		Data []struct {
			EnabledEvents []string `json:"enabled_events"`
		}
	}](ctx, s, "GET", "/v1/webhook_endpoints", nil)
	if err != nil {
		return err
	}
	for _, endpoint := range endpoints.Data {
		for _, name := range endpoint.EnabledEvents {
			s.wanted[name] = true
		}
	}
	return nil
}

// populate makes the tenants, each with an owner and a customer at Stripe.
func (s *storm) populate(ctx context.Context) error {
	const atOnce = 8
	s.accounts = make([]*account, s.tenants)
	errs := make([]error, atOnce)
	var making sync.WaitGroup
	for worker := range atOnce {
		making.Go(func() {
			for i := worker; i < s.tenants && errs[worker] == nil; i += atOnce {
				s.accounts[i], errs[worker] = s.newAccount(ctx, i)
			}
		})
	}
	making.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	for _, a := range s.accounts {
		s.owners[a.customer] = a
	}
	return nil
}

func (s *storm) newAccount(ctx context.Context, number int) (*account, error) {
	a := &account{owner: fmt.Sprintf("owner-%d@storm.test", number)}
	name := fmt.Sprintf("Storm %d", number)
	provision := modules.Provision(s.platform)
	user, err := provision.User(ctx, a.owner, name, "")
	if err != nil {
		return nil, err
	}
	if a.tenant, err = provision.Tenant(ctx, user, name, ""); err != nil {
		return nil, err
	}
	type made struct{ ID string }
	customer, err := ask[made](ctx, s, "POST", "/v1/customers", url.Values{
		"name": {name}, "email": {a.owner}, "metadata[tenant_id]": {a.tenant.String()},
	})
	if err != nil {
		return nil, err
	}
	a.customer = customer.ID
	for name, id := range map[string]*string{"pm_card_visa": &a.good, "pm_card_chargeCustomerFail": &a.bad} {
		card, err := ask[made](ctx, s, "POST", "/v1/payment_methods/"+name+"/attach", url.Values{"customer": {a.customer}})
		if err != nil {
			return nil, err
		}
		*id = card.ID
	}
	_, err = s.db.Exec(ctx, "INSERT INTO billing_customers (tenant_id, name, email, stripe_id) VALUES ($1, $2, $3, $4)", a.tenant, name, a.owner, a.customer)
	if err != nil {
		return nil, fmt.Errorf("write down a customer: %w", err)
	}
	return a, nil
}
