package apikeys

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/db"
	"saaskit/platform/fault"
)

// errKey is the answer to every key that does not work, whatever the reason.
var errKey = fault.New(fault.Unauthenticated, "api_key_invalid", "This API key does not work: it is wrong, revoked or expired, or its creator has left.")

// looksAtOnce is how many keys are looked up at once: half of the smallest pool, so that made-up keys leave the other half to people.
const looksAtOnce = 2

// bearer is who bears a key, as it is remembered for a moment.
type bearer struct {
	actor   access.Actor
	creator uuid.UUID
	until   time.Time // when the key expires by our clock; zero: never
}

// concerns reports whether a change of a key, person or tenant is one of the bearer's.
func concerns(id uuid.UUID, _ hash, b *bearer) bool {
	return b == nil || id == b.actor.ID || id == b.creator || id == b.actor.Tenant
}

// actor finds out who bears a key: api.KeyFunc.
func (s *service) actor(ctx context.Context, raw string) (access.Actor, error) {
	key, ok := parse(raw)
	if !ok {
		return access.Actor{}, errKey
	}
	b, err := s.bearers.Get(ctx, key)
	if err == nil && !b.until.IsZero() && !s.Now().Before(b.until) {
		// It was good a moment ago; whether its time has come is for the database to say.
		s.bearers.Drop(key)
		b, err = s.bearers.Get(ctx, key)
	}
	return b.actor, err
}

// keyRow is a key that is neither revoked nor expired.
type keyRow struct {
	ID, TenantID, CreatedBy uuid.UUID
	Name                    string
	Scopes                  string
	CreatedAt               time.Time
	ExpiresAt               *time.Time
	Now                     time.Time
	Unnoted                 bool
	Status                  string
	RequireSecondFactor     bool
	ReadOnly                bool
}

// load asks the database who bears the key. Nobody knows its tenant before, so it goes through the system's door.
func (s *service) load(ctx context.Context, key hash) (bearer, error) {
	began := s.Now()
	var out bearer
	var unnoted bool
	err := s.DB.System(ctx, "find who bears an API key", func(tx *db.SystemTx) error {
		var found []keyRow
		err := tx.Raw(`
SELECT k.id, k.tenant_id, k.created_by, k.name, array_to_string(k.scopes, ' ') AS scopes, k.created_at, k.expires_at, now() AS now,
	k.last_used_at IS NULL OR k.last_used_at <= now() - interval '1 minute' AS unnoted, t.status, t.require_second_factor,
	coalesce(p.read_only_at <= now(), false) AS read_only
FROM api_keys k JOIN tenants t ON t.id = k.tenant_id LEFT JOIN tenant_plans p ON p.tenant_id = k.tenant_id
WHERE k.hash = ? AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())`, key[:]).Scan(&found).Error
		if err != nil {
			return err
		}
		if len(found) != 1 {
			return errKey
		}
		row := found[0]
		unnoted = row.Unnoted
		if out, err = s.bearerTx(ctx, tx, row); err == nil && row.ExpiresAt != nil {
			out.until = began.Add(row.ExpiresAt.Sub(row.Now)) // not later than by the database's clock: it was read after began
		}
		return err
	})
	if err != nil {
		return bearer{}, err
	}
	if unnoted {
		s.noteUse(ctx, out.actor)
	}
	return out, nil
}

// bearerTx decides what a key may do: what its creator may do now, and no more than its scopes.
func (s *service) bearerTx(ctx context.Context, tx *db.SystemTx, row keyRow) (bearer, error) {
	creator, err := s.Standing(ctx, tx, row.TenantID, row.CreatedBy)
	if err != nil {
		return bearer{}, err
	}
	// Who left and came back is a member anew, and their old keys stay dead.
	if creator.Since.IsZero() || creator.Since.After(row.CreatedAt) {
		return bearer{}, errKey
	}
	scopes := permissions(row.Scopes)
	if !creator.Owner {
		all := s.Permissions()
		scopes = slices.DeleteFunc(scopes, func(p access.Permission) bool { return administers(all, p) })
	}
	actor := access.Actor{
		Kind: access.APIKey, ID: row.ID, Label: row.Name, Tenant: row.TenantID, Role: access.Custom,
		Permissions: access.NewSet(scopes...).And(creator.Permissions), Suspended: row.Status != "active", ReadOnly: row.ReadOnly,
	}
	if row.RequireSecondFactor {
		has := false
		if s.SecondFactor != nil {
			if has, err = s.SecondFactor(ctx, tx, row.CreatedBy); err != nil {
				return bearer{}, err
			}
		}
		actor.SecondFactorMissing = !has
	}
	return bearer{actor: actor, creator: row.CreatedBy}, nil
}
