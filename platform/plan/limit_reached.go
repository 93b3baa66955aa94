package plan

import (
	"fmt"
	"slices"
	"strconv"

	"saaskit/platform/fault"
)

// ErrLimitReached is what Reserve, Check and Record return when the tenant's plan does not allow it. The message and the error's Limit say what
// the plan lacks and which plan has it.
var ErrLimitReached = fault.New(fault.LimitReached, "limit_reached", "Your plan does not include this.")

// refuse is ErrLimitReached for a tenant on the plan that wants n of the entitlement beside what it used; used is nil for a feature.
func (s *Service) refuse(key Key, on string, used *int64, n int64) error {
	own, _ := s.Find(on)
	e := s.entitlements[key]
	limit := fault.Limit{Key: string(key), Label: e.Label, Used: used, Max: own.Grants[key], Plan: own.Key}
	all := n
	if used != nil {
		all += *used
	}
	wanted, more := s.wanted(key, own, all)
	limit.WantedPlan = wanted.Key

	c := *ErrLimitReached
	c.Limit = &limit
	switch e.Kind {
	case FeatureKind:
		c.Message = fmt.Sprintf("The %s plan does not include %q.", own.Name, e.Label)
	case MeterKind:
		c.Message = fmt.Sprintf("The %s plan allows %s of %q in a month.", own.Name, grouped(limit.Max), e.Label)
	default:
		c.Message = fmt.Sprintf("The %s plan allows %s of %q.", own.Name, grouped(limit.Max), e.Label)
	}
	switch {
	case more && e.Kind == FeatureKind:
		c.Message += fmt.Sprintf(" Choose the %s plan to use it.", wanted.Name)
	case more:
		c.Message += fmt.Sprintf(" Choose the %s plan to go on.", wanted.Name)
	case e.Kind != FeatureKind:
		c.Message += " No plan allows more."
	}
	return &c
}

// wanted is the cheapest plan that grants n of the entitlement, or else the cheapest that grants more of it than own, and whether there is one.
func (s *Service) wanted(key Key, own Plan, n int64) (Plan, bool) {
	grants := func(least int64) func(Plan) bool {
		return func(p Plan) bool { return p.Grants[key] == Unlimited || p.Grants[key] >= least }
	}
	at := slices.IndexFunc(s.catalogue, grants(max(n, own.Grants[key]+1)))
	if at < 0 {
		at = slices.IndexFunc(s.catalogue, grants(own.Grants[key]+1))
	}
	if at < 0 {
		return Plan{}, false
	}
	return s.catalogue[at], true
}

// grouped writes a number with its thousands apart, for people.
func grouped(n int64) string {
	text := strconv.FormatInt(n, 10)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}
