package accounts

import (
	"context"

	"github.com/google/uuid"

	"saaskit/platform/api"
	"saaskit/platform/audit"
	"saaskit/platform/db"
	"saaskit/platform/session"
)

// Door is how other modules sign people in and let them into tenants: each of its ways makes the same checks as accounts' own.
type Door struct{ s *service }

// NewDoor returns a Door that works on the same tables as the module.
func NewDoor(d Deps) *Door { return &Door{s: newService(d)} }

// SignIn starts a session for a person who has proved who they are. A person with a second factor that proof lacks gets a challenge and ErrSecondFactor.
// Who is disabled is refused as after a wrong password.
func (d *Door) SignIn(ctx context.Context, user uuid.UUID, proof session.Proof) (*Session, error) {
	var person User
	err := d.s.DB.System(ctx, "look up a person", func(tx *db.SystemTx) (err error) {
		var enabled bool
		person, enabled, err = findUser(tx, user)
		if err == nil && !enabled {
			err = errSignIn
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return d.s.enter(ctx, person, proof, nil)
}

// Reauthenticate replaces the actor's session by one that has just been proved.
func (d *Door) Reauthenticate(ctx context.Context, proof session.Proof) (*Session, error) {
	return d.s.proveAgain(ctx, proof, nil)
}

// CreateUserTx adds a person without a password whose address is proved. An address that is taken changes nothing: that is ErrExists.
func (d *Door) CreateUserTx(ctx context.Context, tx *db.SystemTx, email, name string) (User, error) {
	clean, err := api.CleanName(name)
	if err != nil {
		return User{}, err
	}
	user, err := createUserTx(tx, email, clean, "")
	if err != nil {
		return User{}, err
	}
	return user, audit.RecordSecurity(actingAs(ctx, user), tx, "user.sign_up", target(user.ID), nil)
}

// FindByEmail returns the person with the address, and whether there is one.
func (d *Door) FindByEmail(_ context.Context, tx *db.SystemTx, email string) (User, bool, error) {
	known, err := findCredential(tx, email)
	return known.User, known.Email != "", err
}

// FindUser returns the enabled person with the id, and whether there is one.
func (d *Door) FindUser(_ context.Context, tx *db.SystemTx, user uuid.UUID) (User, bool, error) {
	return findUser(tx, user)
}

// HasPassword reports whether the person can sign in with a password.
func (d *Door) HasPassword(_ context.Context, tx *db.SystemTx, user uuid.UUID) (bool, error) {
	c, err := credentialOf(tx, user)
	return c.PasswordHash != "", err
}

// JoinTx adds a person to a tenant, within the seats of its plan (plan.ErrLimitReached), in a role that was checked when it was granted. A member
// stays what they are: that is ErrExists. The owners are told of a new one.
func (d *Door) JoinTx(ctx context.Context, tx *db.SystemTx, tenant, user uuid.UUID, role RoleRef) error {
	if err := d.s.joinTx(ctx, tx, tenant, user, role); err != nil {
		return err
	}
	if err := d.s.tellOfJoined(ctx, tx, tenant, user, role); err != nil {
		return err
	}
	return audit.RecordFor(ctx, tx, tenant, "member.add", target(user), map[string]any{"role": role.Key()})
}

// TenantOf returns the tenant as the person, a member, sees it.
func (d *Door) TenantOf(_ context.Context, tx *db.SystemTx, tenant, user uuid.UUID) (TenantRef, error) {
	var ref TenantRef
	err := tenantsOf(tx, user).Where("t.id = ?", tenant).Take(&ref).Error
	return ref, err
}

// GrantableTx finds the role that the key names, and its name, for an actor whose own permissions cover it. Only an owner makes owners,
// after a recent proof.
func (d *Door) GrantableTx(ctx context.Context, tx *db.Tx, key string) (RoleRef, string, error) {
	return d.s.grantableTx(ctx, tx, key)
}
