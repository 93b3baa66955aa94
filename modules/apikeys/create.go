package apikeys

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"saaskit/platform/access"
	"saaskit/platform/api"
	"saaskit/platform/audit"
	"saaskit/platform/db"
	"saaskit/platform/fault"
	"saaskit/platform/limit"
)

var createRate = limit.Rate{Name: "apikeys.create", Count: 120, Per: time.Hour}

var (
	errUnknownScope = fault.New(fault.Invalid, "scope_unknown", "There is no such permission.")
	errAboveOwn     = fault.New(fault.Forbidden, "scope_above_own", "A key cannot do what you may not do yourself.")
	errOwnersOnly   = fault.New(fault.Forbidden, "scope_owners_only", "Only an owner may give this scope to a key.")
	errExpiry       = fault.New(fault.Invalid, "expiry_invalid", "The expiry must be in the future.").
			With(fault.Field{Location: "body.expires_at", Message: "must be in the future"})
	errTooMany = fault.New(fault.Conflict, "too_many_keys", "The workspace has "+strconv.Itoa(MaxKeys)+" keys. Revoke one that is not needed any more.")
)

type createInput struct {
	Body struct {
		Name      string              `json:"name" minLength:"1" maxLength:"100" example:"Nightly import"`
		Scopes    []access.Permission `json:"scopes" minItems:"1" maxItems:"100" example:"[\"notes:read\"]" doc:"Permissions of yours"`
		ExpiresAt *time.Time          `json:"expires_at,omitempty" doc:"When the key stops to work. Absent: when it is revoked"`
	}
}

// CreatedKey is a new key with its secret.
type CreatedKey struct {
	Key    Key    `json:"api_key"`
	Secret string `json:"secret" doc:"The key itself. Keep it now: it is not shown again"`
}

// tenantRow is the tenant of a transaction.
type tenantRow struct{ ID, Slug string }

func (s *service) create(ctx context.Context, in *createInput) (*CreatedKey, error) {
	actor := access.From(ctx)
	name, err := api.CleanName(in.Body.Name)
	if err != nil {
		return nil, err
	}
	scopes, err := s.grantable(actor, in.Body.Scopes)
	if err != nil {
		return nil, err
	}
	if in.Body.ExpiresAt != nil && !in.Body.ExpiresAt.After(s.Now()) {
		return nil, errExpiry
	}
	if err := s.Limits.Take(ctx, createRate, actor.Tenant.String()); err != nil {
		return nil, err
	}
	secret := newSecret()
	hash, _ := parse(secret)
	out := &CreatedKey{Secret: secret}
	err = s.DB.Tenant(ctx, func(tx *db.Tx) error {
		tenant, err := s.placeTx(tx, actor.Tenant)
		if err != nil {
			return err
		}
		id := db.NewID()
		err = tx.Exec(`INSERT INTO api_keys (id, name, prefix, hash, scopes, created_by, expires_at) VALUES (?, ?, ?, ?, string_to_array(?, ' '), ?, ?)`,
			id, name, secret[:shownLength], hash[:], strings.Join(scopes, " "), actor.ID, in.Body.ExpiresAt).Error
		if err != nil {
			return err
		}
		people, err := s.takeTx(ctx, tx, id, &out.Key)
		if err != nil {
			return err
		}
		creator := people[actor.ID]
		if err := s.Mail.Send(ctx, tx, s.createdMail(creator.Email, tenant.Slug, out.Key)); err != nil {
			return err
		}
		return audit.Record(ctx, tx, "api_key.create", out.Key.target(),
			map[string]any{"name": name, "prefix": out.Key.Prefix, "scopes": scopes, "expires_at": in.Body.ExpiresAt})
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// grantable returns the scopes in order if the actor may give them all to a key.
func (s *service) grantable(actor access.Actor, wanted []access.Permission) ([]string, error) {
	all := s.Permissions()
	var scopes []string
	for i, scope := range wanted {
		at := fault.Field{Location: "body.scopes[" + strconv.Itoa(i) + "]"}
		_, known := all[scope]
		var refused *fault.Error
		switch {
		case !known:
			refused = errUnknownScope
		case !actor.Permissions.Has(scope):
			refused = errAboveOwn
		case actor.Role != access.Owner && administers(all, scope):
			refused = errOwnersOnly
		default:
			scopes = append(scopes, string(scope))
			continue
		}
		at.Message = refused.Message
		return nil, refused.With(at)
	}
	slices.Sort(scopes)
	return slices.Compact(scopes), nil
}

// administers reports whether the scope reaches what only administrators do: members, billing, settings. Only an owner may give it to a key, and
// it works only while they are one.
func administers(all access.Permissions, scope access.Permission) bool {
	return all[scope].AtLeast(access.Admin)
}

// placeTx returns the tenant once there is room for another key, and holds it, so that no more keys come than are allowed.
func (s *service) placeTx(tx *db.Tx, tenant uuid.UUID) (tenantRow, error) {
	var row tenantRow
	err := tx.Table("tenants").Select("id, slug").Where("id = ?", tenant).Clauses(clause.Locking{Strength: "NO KEY UPDATE"}).Take(&row).Error
	if err != nil {
		return row, err
	}
	var keys int64
	err = tx.Table("api_keys").Where(working).Count(&keys).Error
	if err == nil && keys >= MaxKeys {
		err = errTooMany
	}
	return row, err
}
