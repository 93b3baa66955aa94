package accounts

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/api"
	"saaskit/platform/audit"
	"saaskit/platform/db"
	"saaskit/platform/mail"
	"saaskit/platform/session"
)

// Provision makes users, tenants and sessions without their journeys by mail: for the command line, the local stack and tests.
// No route leads to it. What exists already is left as it is: its id comes back together with ErrExists.
type Provision struct{ s *service }

// NewProvision returns a Provision that works on the same tables as the module.
func NewProvision(d Deps) *Provision { return &Provision{s: newService(d)} }

// Provisioned is a live session.
type Provisioned struct {
	Session       uuid.UUID
	AccessToken   string // works in the tenant it was made for
	AccessExpires time.Time
	RefreshToken  string // value of the session cookie
	Expires       time.Time
}

// User adds a person with a proved address. Without a password they can sign in after a reset only.
func (p *Provision) User(ctx context.Context, email, name, pass string) (uuid.UUID, error) {
	email, err := mail.Address(email)
	if err != nil {
		return uuid.Nil, err
	}
	if name, err = api.CleanName(name); err != nil {
		return uuid.Nil, err
	}
	hash := ""
	if pass != "" {
		if err := checkPassword(pass, name, email); err != nil {
			return uuid.Nil, err
		}
		if hash, err = p.s.Passwords.Hash(ctx, pass); err != nil {
			return uuid.Nil, err
		}
	}
	var user User
	err = p.s.DB.System(ctx, "provision a user", func(tx *db.SystemTx) (err error) {
		if user, err = createUserTx(tx, email, name, hash); err != nil {
			return err
		}
		return audit.RecordSecurity(ctx, tx, "user.provision", target(user.ID), nil)
	})
	return user.ID, err
}

// Tenant adds a tenant with its owner. An empty slug is made from the name.
func (p *Provision) Tenant(ctx context.Context, owner uuid.UUID, name, slug string) (uuid.UUID, error) {
	name, err := api.CleanName(name)
	if err != nil {
		return uuid.Nil, err
	}
	wanted := slugs(name)
	if slug != "" {
		wanted = []string{slug}
	}
	var out TenantRef
	err = p.s.DB.System(ctx, "provision a tenant", func(tx *db.SystemTx) (err error) {
		out, err = p.s.createTenantTx(ctx, tx, owner, name, wanted...)
		if !errors.Is(err, errSlugTaken) {
			return err
		}
		if err := tx.Table("tenants").Select("id").Where("slug = ?", slug).Take(&out).Error; err != nil {
			return err
		}
		return ErrExists
	})
	return out.ID, err
}

// Member adds a user to a tenant. The role of one who is a member already stays.
func (p *Provision) Member(ctx context.Context, tenant, user uuid.UUID, role access.Role) error {
	return p.s.DB.System(ctx, "provision a member", func(tx *db.SystemTx) error {
		if err := p.s.joinTx(ctx, tx, tenant, user, RoleRef{Role: role}); err != nil {
			return err
		}
		return audit.RecordFor(ctx, tx, tenant, "member.add", target(user), map[string]any{"role": role})
	})
}

// Session signs the user in, in the tenant (or in none, when it is zero), without a password.
func (p *Provision) Session(ctx context.Context, user, tenant uuid.UUID) (Provisioned, error) {
	var started session.Started
	var person User
	var place TenantRef
	err := p.s.DB.System(ctx, "provision a session", func(tx *db.SystemTx) (err error) {
		if err := tx.Where("id = ?", user).Take(&person).Error; err != nil {
			return err
		}
		if tenant != uuid.Nil {
			if err := tenantsOf(tx, user).Where("t.id = ?", tenant).Take(&place).Error; err != nil {
				return err
			}
		}
		started, err = p.s.Sessions.StartTx(ctx, tx, session.App, user, session.Proof{Method: "provisioned"})
		return err
	})
	if err != nil {
		return Provisioned{}, err
	}
	opened, err := p.s.openSession(ctx, person, started.Session, place.Slug)
	if err != nil {
		return Provisioned{}, err
	}
	return Provisioned{
		Session: started.Session, AccessToken: opened.AccessToken, AccessExpires: opened.ExpiresAt,
		RefreshToken: started.Refresh, Expires: started.Expires,
	}, nil
}
