// Package modules is the list of features, and every edge between two of them.
package modules

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"maps"
	"sync"

	"github.com/google/uuid"

	"saaskit/modules/accounts"
	"saaskit/modules/apikeys"
	"saaskit/modules/billing"
	"saaskit/modules/factors"
	"saaskit/modules/identities"
	"saaskit/modules/invitations"
	"saaskit/modules/notes"
	"saaskit/modules/operator"
	"saaskit/platform/access"
	"saaskit/platform/app"
	"saaskit/platform/db"
	"saaskit/platform/oidc"
	"saaskit/platform/plan"
)

// All returns the manifests of all modules. A new feature is one more entry here.
func All(p *app.Platform) []app.Module {
	var all []app.Module
	permissions := func() access.Permissions { return app.Permissions(all) } // of the modules that stand below
	all = []app.Module{
		accounts.New(accountsDeps(p, permissions)),
		apikeys.New(apikeysDeps(p, permissions)),
		newFactors(p, permissions),
		newIdentities(p, permissions), // after factors, whose addresses are more precise
		newInvitations(p, permissions),
		notes.New(notes.Deps{DB: p.DB, Plans: p.Plans, Queue: p.Queue, Now: p.Now}),
		billing.New(billingDeps(p)),
		operator.New(operatorDeps(p)),
	}
	return all
}

// Plans checks the price list against what the modules let a plan grant.
func Plans() (*plan.Service, error) {
	entitlements := maps.Clone(accounts.Entitlements)
	maps.Copy(entitlements, apikeys.Entitlements)
	maps.Copy(entitlements, invitations.Entitlements)
	maps.Copy(entitlements, notes.Entitlements)
	return plan.New(catalogue, entitlements)
}

// Migrations lists the migrations of all modules.
func Migrations() []fs.FS {
	return app.Migrations(All(app.Describe(nil)))
}

// Provision makes users, tenants and sessions without their journeys by mail: for the local stack and tests.
func Provision(p *app.Platform) *accounts.Provision {
	permissions := app.Permissions(All(app.Describe(p.Plans)))
	return accounts.NewProvision(accountsDeps(p, func() access.Permissions { return permissions }))
}

// AddOperator makes the owner of the address an operator and returns the link on which they choose their password.
func AddOperator(ctx context.Context, p *app.Platform, email string) (string, error) {
	return operator.AddOperator(ctx, operatorDeps(p), email)
}

// DisableOperator shuts an operator out within a second.
func DisableOperator(ctx context.Context, p *app.Platform, email string) error {
	return operator.DisableOperator(ctx, operatorDeps(p), email)
}

// ProvisionOperator adds an operator with a password, without a mailed link: for the local stack and tests.
func ProvisionOperator(ctx context.Context, p *app.Platform, email, name, password string) (uuid.UUID, error) {
	return operator.Provision(ctx, operatorDeps(p), email, name, password)
}

// SyncBilling makes products, prices, meters, the customer portal and the webhook endpoint at Stripe what the price list and the
// configuration say, and writes a line for each change.
func SyncBilling(ctx context.Context, p *app.Platform, out io.Writer) error {
	return billing.Sync(ctx, billingDeps(p), out)
}

// ReconcileBilling finds and repairs what of Stripe's state is not ours, and writes what it looked at and what it repaired.
func ReconcileBilling(ctx context.Context, p *app.Platform, out io.Writer) error {
	return billing.Reconcile(ctx, billingDeps(p), out)
}

// DiffBilling writes what SyncBilling would change, and changes nothing.
func DiffBilling(ctx context.Context, p *app.Platform, out io.Writer) error {
	return billing.Diff(ctx, billingDeps(p), out)
}

func accountsDeps(p *app.Platform, permissions func() access.Permissions) accounts.Deps {
	return accounts.Deps{
		DB: p.DB, Tokens: p.Tokens, Sessions: p.Sessions, Changes: p.Changes, OneTime: p.OneTime, Passwords: p.Passwords,
		Limits: p.Limits, Plans: p.Plans, Mail: p.Mail, Queue: p.Queue, Places: p.Places, Now: p.Now, BaseURL: p.Config.BaseURL,
		Permissions: permissions,
		Summaries:   sync.OnceValue(func() access.Summaries { return app.Summaries(All(app.Describe(p.Plans))) }),
		Plan: func(ctx context.Context, tx *db.Tx) (string, error) {
			current, err := p.Plans.Current(ctx, tx)
			return current.Plan.Key, err
		},
		SecondFactor: factors.SecondFactor, VerifyCode: factors.NewCodes(factorsDeps(p)).Verify,
		Leaving: both(invitations.Leaving, apikeys.Leaving), RoleGoing: invitations.RoleGoing,
		MembersChanged: billing.MembersChanged(billingDeps(p)),
	}
}

// atEnd is what a module does when a membership is about to end.
type atEnd = func(ctx context.Context, tx *db.Tx, user uuid.UUID) error

// both does one after the other.
func both(first, second atEnd) atEnd {
	return func(ctx context.Context, tx *db.Tx, user uuid.UUID) error {
		if err := first(ctx, tx, user); err != nil {
			return err
		}
		return second(ctx, tx, user)
	}
}

func newFactors(p *app.Platform, permissions func() access.Permissions) app.Module {
	door := accounts.NewDoor(accountsDeps(p, permissions))
	deps := factorsDeps(p)
	deps.OtherWayIn = either(door.HasPassword, identities.Has)
	return factors.New(deps, factors.Door[accounts.Session]{SignIn: door.SignIn, Reauthenticate: door.Reauthenticate})
}

func newIdentities(p *app.Platform, permissions func() access.Permissions) app.Module {
	door := accounts.NewDoor(accountsDeps(p, permissions))
	return identities.New(identities.Deps{
		DB: p.DB, Sessions: p.Sessions, OneTime: p.OneTime, Limits: p.Limits, Mail: p.Mail, Now: p.Now, BaseURL: p.Config.BaseURL,
		Providers: oidc.New(p.Config, p.Now),
		Hold: func(ctx context.Context, tx *db.SystemTx, id uuid.UUID) (identities.Person, error) {
			held, err := accounts.HoldTx(ctx, tx, id)
			return identities.Person{ID: held.ID, Email: held.Email}, err
		},
		HoldActor: func(ctx context.Context, tx *db.SystemTx, actor access.Actor) (identities.Person, error) {
			held, err := accounts.HoldActorTx(ctx, tx, p.Sessions, actor)
			return identities.Person{ID: held.ID, Email: held.Email}, err
		},
		Create: func(ctx context.Context, tx *db.SystemTx, email, name string) (identities.Person, error) {
			made, err := door.CreateUserTx(ctx, tx, email, name)
			if errors.Is(err, accounts.ErrExists) {
				err = identities.ErrAccountExists
			}
			return identities.Person{ID: made.ID, Email: made.Email}, err
		},
		OtherWayIn: either(door.HasPassword, factors.HasPasskey), SecondFactor: factors.SecondFactor,
	}, identities.Door[accounts.Session]{SignIn: door.SignIn, Reauthenticate: door.Reauthenticate})
}

// aboutPerson is a question about a person that a module answers to another.
type aboutPerson = func(ctx context.Context, tx *db.SystemTx, person uuid.UUID) (bool, error)

// either asks until an answer is yes.
func either(questions ...aboutPerson) aboutPerson {
	return func(ctx context.Context, tx *db.SystemTx, person uuid.UUID) (bool, error) {
		for _, ask := range questions {
			if yes, err := ask(ctx, tx, person); yes || err != nil {
				return yes, err
			}
		}
		return false, nil
	}
}

func factorsDeps(p *app.Platform) factors.Deps {
	return factors.Deps{
		DB: p.DB, Sessions: p.Sessions, OneTime: p.OneTime, Limits: p.Limits, Mail: p.Mail, Secret: p.Secret, Now: p.Now, BaseURL: p.Config.BaseURL,
		Person: func(ctx context.Context, tx *db.SystemTx, id uuid.UUID) (factors.Person, error) {
			found, err := accounts.Find(ctx, tx, id)
			return factors.Person{ID: found.ID, Email: found.Email, Name: found.Name}, err
		},
		Hold: func(ctx context.Context, tx *db.SystemTx, actor access.Actor) (factors.Person, error) {
			held, err := accounts.HoldActorTx(ctx, tx, p.Sessions, actor)
			return factors.Person{ID: held.ID, Email: held.Email, Name: held.Name}, err
		},
	}
}

func apikeysDeps(p *app.Platform, permissions func() access.Permissions) apikeys.Deps {
	door := accounts.NewDoor(accountsDeps(p, permissions))
	return apikeys.Deps{
		DB: p.DB, Limits: p.Limits, Mail: p.Mail, Changes: p.Changes, Plans: p.Plans, Log: p.Log, Now: p.Now, BaseURL: p.Config.BaseURL,
		Permissions: permissions,
		Standing: func(ctx context.Context, tx *db.SystemTx, tenant, user uuid.UUID) (apikeys.Standing, error) {
			standing, err := door.Standing(ctx, tx, tenant, user)
			return apikeys.Standing(standing), err
		},
		SecondFactor: either(factors.SecondFactor, factors.HasPasskey),
		People: func(ctx context.Context, tx *db.Tx, users []uuid.UUID) (map[uuid.UUID]apikeys.Person, error) {
			found, err := accounts.People(ctx, tx, users)
			people := map[uuid.UUID]apikeys.Person{}
			for id, user := range found {
				people[id] = apikeys.Person{Name: user.Name, Email: user.Email}
			}
			return people, err
		},
	}
}

func operatorDeps(p *app.Platform) operator.Deps {
	return operator.Deps{
		DB: p.DB, Tokens: p.Tokens, Sessions: p.Sessions, Changes: p.Changes, OneTime: p.OneTime, Passwords: p.Passwords,
		Limits: p.Limits, Plans: p.Plans, Mail: p.Mail, Queue: p.Queue, Secret: p.Secret, Now: p.Now, BaseURL: p.Config.BaseURL,
		SignOutEverywhere: func(ctx context.Context, tx *db.SystemTx, user uuid.UUID) error {
			return accounts.SignOutEverywhereTx(ctx, tx, p.Sessions, p.OneTime, user)
		},
		UserEmail: accounts.UserEmail, RemoveFactors: factors.RemoveAll, OwnedBy: accounts.OwnedBy, OwnerEmails: accounts.OwnerEmails,
		CountMembers: accounts.CountMembers, CountNotes: notes.CountByTenant,
		Members: func(ctx context.Context, tx *db.SystemTx, tenant uuid.UUID, limit int) ([]operator.Member, error) {
			found, err := accounts.MembersOf(ctx, tx, tenant, limit)
			members := make([]operator.Member, len(found))
			for i, member := range found {
				members[i] = operator.Member{UserID: member.UserID, Name: member.Name, Email: member.Email, Role: member.RoleName, JoinedAt: member.JoinedAt}
			}
			return members, err
		},
	}
}

func billingDeps(p *app.Platform) billing.Deps {
	return billing.Deps{
		DB: p.DB, Plans: p.Plans, Queue: p.Queue, Secret: p.Secret, Log: p.Log, Now: p.Now, BaseURL: p.Config.BaseURL,
		Stripe: billing.Config{
			SecretKey: p.Config.StripeSecretKey, APIURL: p.Config.StripeAPIURL,
			WebhookSecret: p.Config.StripeWebhookSecret, WebhookURL: p.Config.StripeWebhookURL, Tax: p.Config.StripeTax,
		},
		Mail: p.Mail, Seats: accounts.Seats, CountMembers: accounts.CountMembers, AsOperator: operator.As,
		OwnerEmail: accounts.OwnerEmail, OwnerEmails: accounts.OwnerEmails,
	}
}
