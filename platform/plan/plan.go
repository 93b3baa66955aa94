// Package plan knows what each plan grants and keeps count of what each tenant uses of it.
package plan

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// Key names an entitlement, such as "notes.max".
type Key string

// Unlimited is the grant of a limit without a number.
const Unlimited = -1

// Kind is the sort of entitlement.
type Kind uint8

// The kinds of entitlement: a limit has a number, a feature is on or off.
const (
	LimitKind Kind = iota + 1
	FeatureKind
)

// Entitlement is something that plans grant. Label is its name for people.
type Entitlement struct {
	Label string
	Kind  Kind
}

// Entitlements are the entitlements that modules declare.
type Entitlements map[Key]Entitlement

// Limit declares an entitlement with a number, counted by Reserve and Release.
func Limit(label string) Entitlement { return Entitlement{Label: label, Kind: LimitKind} }

// Feature declares an entitlement that is on or off, asked by Check.
func Feature(label string) Entitlement { return Entitlement{Label: label, Kind: FeatureKind} }

// Price is what a plan costs a month, in minor units of the currency (cents). With PerSeat it is the price of each active member.
type Price struct {
	Currency string
	Monthly  int64
	PerSeat  bool
}

// Plan is one entry of the price list. A nil Price is free. Grants holds the number of each limit (or Unlimited) and 1 for each
// feature; what is missing is not granted. Highlight marks the plan to recommend.
type Plan struct {
	Key       string
	Name      string
	Summary   string
	Price     *Price
	Grants    map[Key]int64
	Highlight bool
}

// Catalogue is the price list, cheapest first. Its first plan is the default: the one of a tenant that never chose.
type Catalogue []Plan

// Service answers what a tenant may do, and counts.
type Service struct {
	catalogue    Catalogue
	entitlements Entitlements
	grants       map[Key]string // entitlement -> {"plan": grant} as JSON, the form in which statements take it
}

// New checks that every plan grants only entitlements that exist, with numbers that make sense, and that no two plans share a key.
func New(c Catalogue, e Entitlements) (*Service, error) {
	if len(c) == 0 {
		return nil, errors.New("plan catalogue: no plans")
	}
	if c[0].Price != nil {
		return nil, fmt.Errorf("plan catalogue: the first plan, %q, is the default and must be free", c[0].Key)
	}
	seen := map[string]bool{}
	for _, p := range c {
		if p.Key == "" || p.Name == "" || seen[p.Key] {
			return nil, fmt.Errorf("plan catalogue: plan %q needs a name and a key of its own", p.Key)
		}
		seen[p.Key] = true
		if err := p.check(e); err != nil {
			return nil, fmt.Errorf("plan catalogue: plan %q: %w", p.Key, err)
		}
	}
	s := &Service{catalogue: c, entitlements: e, grants: map[Key]string{}}
	for key := range e {
		byPlan := map[string]int64{}
		for _, p := range c {
			byPlan[p.Key] = p.Grants[key]
		}
		text, err := json.Marshal(byPlan)
		if err != nil {
			return nil, fmt.Errorf("plan catalogue: %w", err)
		}
		s.grants[key] = string(text)
	}
	return s, nil
}

func (p Plan) check(e Entitlements) error {
	if p.Price != nil && (p.Price.Currency == "" || p.Price.Monthly <= 0) {
		return errors.New("a price needs a currency and an amount")
	}
	for key, n := range p.Grants {
		switch e[key].Kind {
		case LimitKind:
			if n < Unlimited {
				return fmt.Errorf("limit %q cannot be %d", key, n)
			}
		case FeatureKind:
			if n != 0 && n != 1 {
				return fmt.Errorf("feature %q is 0 or 1, not %d", key, n)
			}
		default:
			return fmt.Errorf("grants %q, which no module declares", key)
		}
	}
	return nil
}

// Plans returns the price list.
func (s *Service) Plans() Catalogue { return s.catalogue }

// Find returns the plan with the key, and whether there is one.
func (s *Service) Find(key string) (Plan, bool) {
	i := slices.IndexFunc(s.catalogue, func(p Plan) bool { return p.Key == key })
	if i < 0 {
		return Plan{}, false
	}
	return s.catalogue[i], true
}

// Granted is one entitlement of a plan, with its label for people. Limit is a number, Unlimited, or 1 and 0 for a feature.
type Granted struct {
	Key   Key
	Label string
	Limit int64
}

// Granted lists what p grants of every limit and feature that exists, sorted by key.
func (s *Service) Granted(p Plan) []Granted {
	out := make([]Granted, 0, len(s.entitlements))
	for _, key := range slices.Sorted(maps.Keys(s.entitlements)) {
		out = append(out, Granted{Key: key, Label: s.entitlements[key].Label, Limit: p.Grants[key]})
	}
	return out
}
