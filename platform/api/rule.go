package api

import (
	"context"

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
	limits     []limit.Rate
}

// Public lets anybody call the operation; the limits are by address. A token sent along is ignored.
func Public(limits ...limit.Rate) Rule { return Rule{kind: rulePublic, limits: limits} }

// SignedIn lets every user with a live session call the operation, in a tenant or outside any.
func SignedIn() Rule { return Rule{kind: ruleSignedIn} }

// Needs lets a user call the operation whose role in the token's tenant has the permission. A suspended tenant is refused.
func Needs(p access.Permission) Rule { return Rule{kind: rulePermission, permission: p} }

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
	errForbidden  = fault.New(fault.Forbidden, "forbidden", "Your role does not allow this.")
	errNoTenant   = fault.New(fault.Forbidden, "tenant_required", "Choose a workspace first.")
	errSuspended  = fault.New(fault.Forbidden, "tenant_suspended", "This workspace is suspended.")
	errNoRule     = fault.New(fault.Forbidden, "forbidden", "Nobody may do this.")
	errWrongActor = fault.New(fault.Unauthenticated, "invalid_token", "This sign-in is not valid here.")
)

// admit decides whether actor may pass the rule; whatever is not allowed here is refused.
func (a *API) admit(r Rule, actor access.Actor) error {
	switch r.kind {
	case rulePublic, ruleSignedIn, ruleOperator:
		return nil
	case rulePermission:
		switch {
		case !present(actor.Tenant):
			return errNoTenant
		case actor.Suspended:
			return errSuspended
		case !a.cfg.Permissions.Allows(actor.Role, r.permission):
			return errForbidden
		}
		return nil
	default:
		return errNoRule
	}
}

// spend takes one unit of each of the rule's limits for the caller's address.
func (a *API) spend(ctx context.Context, r Rule) error {
	if len(r.limits) == 0 {
		return nil
	}
	key := limit.Address(access.OriginFrom(ctx).IP)
	for _, rate := range r.limits {
		if err := a.cfg.Take(ctx, rate, key); err != nil {
			return err
		}
	}
	return nil
}
