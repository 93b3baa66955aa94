package modules

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"saaskit/modules/accounts"
	"saaskit/modules/apikeys"
	"saaskit/modules/invitations"
	"saaskit/platform/access"
	"saaskit/platform/app"
	"saaskit/platform/db"
)

func newInvitations(p *app.Platform, permissions func() access.Permissions) app.Module {
	door := accounts.NewDoor(accountsDeps(p, permissions))
	return invitations.New(invitations.Deps{
		DB: p.DB, Limits: p.Limits, Mail: p.Mail, Queue: p.Queue, Passwords: p.Passwords, Plans: p.Plans, Now: p.Now, BaseURL: p.Config.BaseURL, DNSServer: p.Config.DNSServer,
		Grantable: func(ctx context.Context, tx *db.Tx, key string) (invitations.Role, error) {
			role, name, err := door.GrantableTx(ctx, tx, key)
			return invitations.Role{Key: role.Key(), Name: name}, err
		},
		RoleNames: accounts.RoleNames, Names: names, Members: accounts.MembersAt, OwnerEmails: accounts.OwnerEmails,
		MayGrant: mayGrant(door, apikeys.NewAsk(apikeysDeps(p, permissions))),
		Person: func(ctx context.Context, tx *db.SystemTx, user uuid.UUID) (invitations.Person, bool, error) {
			found, enabled, err := door.FindUser(ctx, tx, user)
			return invitations.Person{ID: found.ID, Email: found.Email, Name: found.Name}, enabled, err
		},
		PersonAt: func(ctx context.Context, tx *db.SystemTx, email string) (invitations.Person, bool, error) {
			found, known, err := door.FindByEmail(ctx, tx, email)
			return invitations.Person{ID: found.ID, Email: found.Email, Name: found.Name}, known, err
		},
		SignUp: func(ctx context.Context, tx *db.SystemTx, email, name, hash string) (uuid.UUID, error) {
			made, err := door.CreateUserTx(ctx, tx, email, name)
			if err != nil {
				return uuid.Nil, err
			}
			return made.ID, door.SetFirstPasswordTx(ctx, tx, made.ID, hash)
		},
		Join: func(ctx context.Context, tx *db.SystemTx, tenant, user uuid.UUID, key string) (bool, error) {
			role, _, err := door.RoleTx(ctx, tx, tenant, key)
			if err != nil {
				return false, err
			}
			err = door.JoinTx(ctx, tx, tenant, user, role.RoleRef)
			if errors.Is(err, accounts.ErrExists) {
				return false, nil
			}
			return err == nil, err
		},
	}, invitations.Entrance[accounts.Session, accounts.TenantRef]{SignIn: door.SignIn, TenantOf: door.TenantOf})
}

// mayGrant asks whether whoever invited may still do so, and has all that the role has. Only an owner makes owners.
func mayGrant(door *accounts.Door, key func(context.Context, *db.SystemTx, uuid.UUID, uuid.UUID) (access.Set, error),
) func(context.Context, *db.SystemTx, uuid.UUID, invitations.Inviter, string) (string, bool, error) {
	return func(ctx context.Context, tx *db.SystemTx, tenant uuid.UUID, by invitations.Inviter, wanted string) (string, bool, error) {
		role, found, err := door.RoleTx(ctx, tx, tenant, wanted)
		if err != nil || !found {
			return "", false, err
		}
		var standing accounts.Standing
		if by.Kind == access.APIKey {
			standing.Permissions, err = key(ctx, tx, tenant, by.ID)
		} else {
			standing, err = door.Standing(ctx, tx, tenant, by.ID)
		}
		may := standing.Permissions.Has(invitations.Write) && standing.Permissions.Covers(role.Permissions) && (role.Role != access.Owner || standing.Owner)
		return role.Name, may && err == nil, err
	}
}

// names tells the names of those of the people who are members of the transaction's tenant.
func names(ctx context.Context, tx *db.Tx, people []uuid.UUID) (map[uuid.UUID]string, error) {
	found, err := accounts.People(ctx, tx, people)
	named := make(map[uuid.UUID]string, len(found))
	for id, person := range found {
		named[id] = person.Name
	}
	return named, err
}
