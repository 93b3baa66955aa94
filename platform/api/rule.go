package api

import (
	"context"
	"time"

	"saaskit/platform/access"
	"saaskit/platform/fault"
	"saaskit/platform/limit"
)

type ruleKind uint8

const (
	ruleNone ruleKind = iota
	rulePublic
	ruleSignedIn
	rulePermission
	ruleOperator
)

// Rule says who may call an operation and how often. The zero Rule is refused when the program starts.
type Rule struct {
	kind       ruleKind
	permission access.Permission
	recent     bool
	reads      bool // of an operation that changes nothing: a GET
	inReadOnly bool
	limits     []limit.Rate
}

// Public lets anybody call the operation; the limits are by address. A token sent along is ignored.
func Public(limits ...limit.Rate) Rule { return Rule{kind: rulePublic, limits: limits} }

// SignedIn lets every user with a live session call the operation, in a tenant or outside any. API keys are refused: they are nobody.
func SignedIn() Rule { return Rule{kind: ruleSignedIn} }

// Needs lets a user call the operation whose role in the token's tenant has the permission, and an API key of which it is a scope.
// A suspended tenant is refused, and a session without the second factor that its tenant requires.
func Needs(p access.Permission) Rule { return Rule{kind: rulePermission, permission: p} }

// RecentFor is how long a proof of identity counts as recent.
const RecentFor = 10 * time.Minute

// skew is how far the clock of the replica that noted a proof may be ahead of this one's.
const skew = time.Minute

// Recent returns the rule for users only, who have proved in this session who they are within RecentFor: for what a stolen session must not do.
func (r Rule) Recent() Rule {
	r.recent = true
	return r
}

// WhileReadOnly returns the rule for an operation that changes something also in a tenant that is read only because a payment failed, where
// other operations that need a permission only read: for what pays, and for what takes access away.
func (r Rule) WhileReadOnly() Rule {
	r.inReadOnly = true
	return r
}

// changes reports whether a tenant that is read only refuses the rule's operation.
func (r Rule) changes() bool { return r.kind == rulePermission && !r.reads && !r.inReadOnly }

// Operator lets operators call the operation, and nobody else.
func Operator() Rule { return Rule{kind: ruleOperator} }

// Limit returns the rule with limits by address added; they are checked before anything else.
func (r Rule) Limit(rates ...limit.Rate) Rule {
	r.limits = append(append([]limit.Rate(nil), r.limits...), rates...)
	return r
}

// access is the value of x-access in the document.
func (r Rule) access() string {
	switch r.kind {
	case rulePublic:
		return "public"
	case ruleSignedIn:
		return "signed-in"
	case ruleOperator:
		return "operator"
	case rulePermission:
		return string(r.permission)
	default:
		return ""
	}
}

// audience is whose tokens the rule takes; "" for a public rule.
func (r Rule) audience() string {
	switch r.kind {
	case ruleSignedIn, rulePermission:
		return AudienceApp
	case ruleOperator:
		return AudienceOperator
	default:
		return ""
	}
}

var (
	errForbidden    = fault.New(fault.Forbidden, "forbidden", "Your role does not allow this.")
	errNoTenant     = fault.New(fault.Forbidden, "tenant_required", "Choose a workspace first.")
	errSuspended    = fault.New(fault.Forbidden, "tenant_suspended", "This workspace is suspended.")
	errNoRule       = fault.New(fault.Forbidden, "forbidden", "Nobody may do this.")
	errWrongActor   = fault.New(fault.Unauthenticated, "invalid_token", "This sign-in is not valid here.")
	errNotRecent    = fault.New(fault.Forbidden, "reauthentication_required", "Confirm that it is you, then try again.")
	errSecondFactor = fault.New(fault.Forbidden, "second_factor_required_here", "This workspace requires a second factor. Set one up, or sign in again with it.")
)

// ErrNotUser refuses an API key where a person has to act.
var ErrNotUser = fault.New(fault.Forbidden, "user_required", "Only a person who is signed in may do this, not an API key.")

// ErrReadOnly refuses to change something in a tenant that is read only.
var ErrReadOnly = fault.New(fault.Forbidden, "workspace_read_only", "This workspace is read only because a payment failed. Pay under Billing to go on.")

// admit decides whether actor may pass the rule; whatever is not allowed here is refused.
func (a *API) admit(r Rule, actor access.Actor) error {
	switch r.kind {
	case rulePublic:
		return nil
	case ruleSignedIn, ruleOperator:
		if actor.Kind == access.APIKey {
			return ErrNotUser
		}
	case rulePermission:
		switch {
		case !present(actor.Tenant):
			return errNoTenant
		case actor.Suspended:
			return errSuspended
		case actor.SecondFactorMissing:
			return errSecondFactor
		case !actor.Permissions.Has(r.permission):
			return errForbidden
		case actor.ReadOnly && r.changes():
			return ErrReadOnly
		}
	default:
		return errNoRule
	}
	if !r.recent {
		return nil
	}
	return NeedRecent(actor, a.cfg.Now())
}

// NeedRecent refuses whom Rule.Recent refuses, with the same problems: for an operation that needs a recent proof for some of its input only.
func NeedRecent(actor access.Actor, now time.Time) error {
	if actor.Kind != access.User {
		return ErrNotUser
	}
	if age := now.Sub(actor.ProvedAt); age < -skew || age >= RecentFor {
		return errNotRecent
	}
	return nil
}

// spend takes one unit of each of the rule's limits for the caller's address.
func (a *API) spend(ctx context.Context, r Rule) error {
	if len(r.limits) == 0 {
		return nil
	}
	key := addressOf(ctx)
	for _, rate := range r.limits {
		state, err := a.cfg.Take(ctx, rate, key, 1)
		RecordFrom(ctx).spent(state)
		if err != nil {
			return err
		}
	}
	return nil
}

// Spend takes one unit of what an actor may ask, for its user, key and tenant, and tells what is left of each.
type Spend func(ctx context.Context, actor access.Actor) ([]limit.State, error)

// noteUse has a request of an API key counted. Each request is one, whatever its headers say and whatever comes of it.
func (a *API) noteUse(ctx context.Context) error {
	if a.cfg.Used == nil || access.From(ctx).Kind != access.APIKey {
		return nil
	}
	return a.cfg.Used(ctx)
}

// spendAs takes from the limits of whoever acts.
func (a *API) spendAs(ctx context.Context) error {
	actor := access.From(ctx)
	if a.cfg.Spend == nil || actor.Kind == access.Nobody {
		return nil
	}
	states, err := a.cfg.Spend(ctx, actor)
	RecordFrom(ctx).spent(states...)
	return err
}
