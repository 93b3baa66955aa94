package invitations

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/audit"
	"saaskit/platform/db"
	"saaskit/platform/fault"
	"saaskit/platform/plan"
	"saaskit/platform/session"
)

// Joinable is a workspace that is open to people of a domain.
type Joinable struct {
	TenantID uuid.UUID `json:"tenant_id"`
	Name     string    `json:"name" example:"Acme Ltd"`
	Domain   string    `json:"domain" example:"example.com" doc:"Your domain, which the workspace has proved"`
}

// JoinableList is the answer of the list.
type JoinableList struct {
	Items []Joinable `json:"items"`
}

var errNotOpen = fault.New(fault.NotFound, "not_found", "There is no such workspace to join.")

// openTenants are the workspaces with a proof that holds and whose record was there when it was last looked for, an owner who said so, and no
// suspension. To who left or was removed they are not open.
const openTenants = `FROM domains d JOIN tenants t ON t.id = d.tenant_id
WHERE d.domain = @domain AND d.verified_at IS NOT NULL AND d.missing_since IS NULL AND d.auto_join AND t.status = 'active'
	AND NOT EXISTS (SELECT FROM former_members f WHERE f.tenant_id = d.tenant_id AND f.user_id = @person)`

// joinable lists the workspaces of the actor's domain that they are not in.
func (s *service) joinable(ctx context.Context, _ *struct{}) (*JoinableList, error) {
	out := JoinableList{Items: []Joinable{}}
	err := s.DB.System(ctx, "find workspaces open to a domain", func(tx *db.SystemTx) error {
		person, err := s.actor(ctx, tx)
		if err != nil {
			return err
		}
		var found []Joinable
		err = tx.Raw("SELECT d.tenant_id, t.name, d.domain "+openTenants+`
			AND NOT EXISTS (SELECT FROM memberships m WHERE m.tenant_id = d.tenant_id AND m.user_id = @person) ORDER BY t.name`,
			map[string]any{"domain": domainOf(person.Email), "person": person.ID}).Scan(&found).Error
		if err != nil {
			return err
		}
		for _, workspace := range found { // one at most: a domain is proved by one
			included, err := s.included(ctx, tx, workspace.TenantID)
			if err != nil {
				return err
			}
			if included {
				out.Items = append(out.Items, workspace)
			}
		}
		return nil
	})
	return &out, err
}

// included reports whether the plan of the tenant has domains. Those of a tenant that fell back to a plan without them are kept, and let nobody in.
func (s *service) included(ctx context.Context, tx *db.SystemTx, tenant uuid.UUID) (bool, error) {
	err := s.Plans.CheckFor(ctx, tx, tenant, JoinByDomain)
	if errors.Is(err, plan.ErrLimitReached) {
		return false, nil
	}
	return err == nil, err
}

func (s *service) actor(ctx context.Context, tx *db.SystemTx) (Person, error) {
	person, enabled, err := s.Person(ctx, tx, access.From(ctx).ID)
	if err == nil && !enabled {
		err = session.ErrExpired
	}
	return person, err
}

type joinInput struct {
	TenantID uuid.UUID `path:"tenant_id"`
}

// join makes the actor a member of a workspace that is open to their domain. Any other workspace does not exist.
func (e *entrance[Session, Tenant]) join(ctx context.Context, in *joinInput) (*Tenant, error) {
	if err := e.Limits.Take(ctx, joinByPerson, access.From(ctx).ID.String()); err != nil {
		return nil, err
	}
	var out Tenant
	err := e.DB.System(ctx, "join by a domain", func(tx *db.SystemTx) error {
		person, err := e.actor(ctx, tx)
		if err != nil {
			return err
		}
		// The lock keeps the workspace open until the member is in.
		var found []struct {
			ID   uuid.UUID
			Role string
		}
		err = tx.Raw("SELECT d.id, d.role "+openTenants+" AND d.tenant_id = @tenant FOR SHARE OF d",
			map[string]any{"domain": domainOf(person.Email), "person": person.ID, "tenant": in.TenantID}).Scan(&found).Error
		if err != nil {
			return err
		}
		if len(found) != 1 {
			return errNotOpen
		}
		included, err := e.included(ctx, tx, in.TenantID)
		if err != nil {
			return err
		}
		if !included {
			return errNotOpen
		}
		joined, err := e.Join(ctx, tx, in.TenantID, person.ID, found[0].Role)
		if err != nil {
			return err
		}
		if !joined {
			return errMember
		}
		if err := stillWelcomeTx(tx, in.TenantID, person.ID); err != nil {
			return err
		}
		err = audit.RecordFor(ctx, tx, in.TenantID, "domain.join", domainTarget(found[0].ID), map[string]any{"email": person.Email})
		if err != nil {
			return err
		}
		out, err = e.TenantOf(ctx, tx, in.TenantID, person.ID)
		return err
	})
	return &out, err
}

// stillWelcomeTx refuses who left or was removed. It is asked once the person is in: whoever leaves at the same moment has then left before, and
// that shows.
func stillWelcomeTx(tx *db.SystemTx, tenant, person uuid.UUID) error {
	var left bool
	err := tx.Raw("SELECT EXISTS (SELECT FROM former_members WHERE tenant_id = ? AND user_id = ?)", tenant, person).Scan(&left).Error
	if err == nil && left {
		err = errNotOpen
	}
	return err
}
