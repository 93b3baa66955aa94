// Package plan knows what each plan grants and keeps count of what each tenant uses of it. It answers from stored state alone, and never asks
// whoever sells the plans.
//
// There are three kinds of entitlement. A module declares one in its manifest, modules/plans.go says how much of it each plan grants, and the
// use case asks in its own transaction:
//
//   - A limit is how many of something a tenant may have, as 10 notes: [Limit] declares it, [Service.Reserve] takes from it when a note is made,
//     and [Service.Release] gives back when it is deleted.
//   - A feature is on or off, as joining by e-mail domain: [Feature] declares it, and [Service.Check] refuses where the plan does not have it.
//   - A meter is how much of something a tenant uses in a month, as API calls: [Meter] declares it, and [Service.Record] counts. A plan bounds it,
//     or charges for it, or both.
//
// All three refuse with [ErrLimitReached], which says what the plan lacks and which plan has it.
package plan

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	"saaskit/platform/db"
)

// Key names an entitlement, such as "notes.max".
type Key string

// Unlimited is the grant of a limit without a number.
const Unlimited = -1

// Kind is the sort of entitlement.
type Kind uint8

// The kinds of entitlement: a limit has a number, a feature is on or off, a meter counts what is used in each month.
const (
	LimitKind Kind = iota + 1
	FeatureKind
	MeterKind
)

// Entitlement is something that plans grant. Label is its name for people; Unit is what one of a meter is called, such as "call".
type Entitlement struct {
	Label string
	Kind  Kind
	Unit  string
}

// Entitlements are the entitlements that modules declare.
type Entitlements map[Key]Entitlement

// Limit declares an entitlement with a number, counted by Reserve and Release.
func Limit(label string) Entitlement { return Entitlement{Label: label, Kind: LimitKind} }

// Feature declares an entitlement that is on or off, asked by Check.
func Feature(label string) Entitlement { return Entitlement{Label: label, Kind: FeatureKind} }

// Meter declares an entitlement whose use is recorded by Record and limited by the month. A plan grants the most that a month may have.
func Meter(label, unit string) Entitlement {
	return Entitlement{Label: label, Kind: MeterKind, Unit: unit}
}

// Interval is how often a subscription renews, in Stripe's words.
type Interval string

// The intervals.
const (
	Month Interval = "month"
	Year  Interval = "year"
)

// Months is how many months the interval has.
func (i Interval) Months() int64 {
	if i == Year {
		return 12
	}
	return 1
}

// Price is what a plan costs in each interval, in minor units of the currency (cents). Currency is ISO 4217 in lower case.
type Price struct {
	Interval Interval
	Currency string
	Amount   int64
}

// Metered is what a plan charges for the use of a meter: Included units of each month are in the plan's price, and each Per units beyond them
// cost the amount of the currency, in minor units. Units are charged one by one: half of Per costs half.
type Metered struct {
	Key      Key
	Included int64
	Per      int64
	Amounts  map[string]int64
}

// Plan is one entry of the price list. One without Prices is free. With PerSeat the prices are of each active member. TrialDays are free, once
// for each tenant. Grants holds the number of each limit and meter (or Unlimited) and 1 for each feature; what is missing is not granted.
// Highlight marks the plan to recommend.
type Plan struct {
	Key       string
	Name      string
	Summary   string
	Prices    []Price
	PerSeat   bool
	TrialDays int64
	Metered   []Metered
	Grants    map[Key]int64
	Highlight bool
}

// Free reports whether the plan costs nothing.
func (p Plan) Free() bool { return len(p.Prices) == 0 }

// Price returns what the plan costs in that interval and currency, and whether it is sold so.
func (p Plan) Price(i Interval, currency string) (Price, bool) {
	at := slices.IndexFunc(p.Prices, func(price Price) bool { return price.Interval == i && price.Currency == currency })
	if at < 0 {
		return Price{}, false
	}
	return p.Prices[at], true
}

// Catalogue is the price list, cheapest first. Its first plan is the default: the one of a tenant that never chose.
type Catalogue []Plan

// Service answers what a tenant may do, and counts.
type Service struct {
	catalogue    Catalogue
	entitlements Entitlements
	grants       map[Key]string // entitlement -> {"plan": grant} as JSON, the form in which statements take it
	meters       map[Key]string // meter -> {"plan": meterGrant} as JSON
	crossed      func(context.Context, *db.Tx, Crossing) error
}

// New checks that every plan grants only entitlements that exist, with numbers that make sense, and that no two plans share a key.
func New(c Catalogue, e Entitlements) (*Service, error) {
	if len(c) == 0 {
		return nil, errors.New("plan catalogue: no plans")
	}
	if !c[0].Free() {
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
	var err error
	s.meters, err = meterGrants(c, e)
	return s, err
}

func (p Plan) check(e Entitlements) error {
	if err := p.checkPrices(e); err != nil {
		return err
	}
	for key, n := range p.Grants {
		switch e[key].Kind {
		case LimitKind, MeterKind:
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

// maxTrialDays is Stripe's own limit.
const maxTrialDays = 730

// checkPrices wants each currency in each interval that any has, so that who pays in one can choose as who pays in another.
func (p Plan) checkPrices(e Entitlements) error {
	if p.Free() && (p.PerSeat || p.TrialDays != 0 || len(p.Metered) > 0) {
		return errors.New("a free plan has no seats to pay, no trial and nothing metered")
	}
	if p.TrialDays < 0 || p.TrialDays > maxTrialDays {
		return fmt.Errorf("a trial of %d days: it has 0 to %d", p.TrialDays, maxTrialDays)
	}
	seen, currencies, intervals := map[Price]bool{}, map[string]bool{}, map[Interval]bool{}
	for _, price := range p.Prices {
		if !isCurrency(price.Currency) || price.Amount <= 0 || (price.Interval != Month && price.Interval != Year) {
			return errors.New("a price needs an interval, a currency and an amount")
		}
		key := Price{Interval: price.Interval, Currency: price.Currency}
		if seen[key] {
			return fmt.Errorf("two prices a %s in %s", price.Interval, price.Currency)
		}
		seen[key], currencies[price.Currency], intervals[price.Interval] = true, true, true
	}
	if len(seen) != len(currencies)*len(intervals) {
		return errors.New("a currency lacks the price of an interval that another has")
	}
	return p.checkMetered(e, currencies)
}

// unitDigits is how many decimal places of a minor unit Stripe takes for the price of one unit.
const unitDigits = 12

func (p Plan) checkMetered(e Entitlements, currencies map[string]bool) error {
	seen := map[Key]bool{}
	for _, m := range p.Metered {
		if e[m.Key].Kind != MeterKind {
			return fmt.Errorf("charges for %q, which no module declares as a meter", m.Key)
		}
		if seen[m.Key] {
			return fmt.Errorf("charges for %q twice", m.Key)
		}
		seen[m.Key] = true
		if m.Included < 0 || m.Per < 1 || len(m.Amounts) != len(currencies) {
			return fmt.Errorf("the meter %q needs a block of units and an amount for each currency", m.Key)
		}
		for currency := range currencies {
			if m.Amounts[currency] <= 0 {
				return fmt.Errorf("the meter %q has no amount in %s", m.Key, currency)
			}
			if digits, exact := big.NewRat(m.Amounts[currency], m.Per).FloatPrec(); !exact || digits > unitDigits {
				return fmt.Errorf("the meter %q: a unit's price in %s has more than %d decimal places", m.Key, currency, unitDigits)
			}
		}
	}
	return nil
}

// isCurrency reports whether the text has the form of a currency's code at Stripe: three lower-case letters.
func isCurrency(text string) bool {
	return len(text) == 3 && strings.Trim(text, "abcdefghijklmnopqrstuvwxyz") == ""
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

// Entitlement returns what the modules declared under the key; the zero value when none did.
func (s *Service) Entitlement(key Key) Entitlement { return s.entitlements[key] }

// Granted is one entitlement of a plan, with its label for people. Limit is a number, Unlimited, or 1 and 0 for a feature.
type Granted struct {
	Key   Key
	Label string
	Kind  Kind
	Limit int64
}

// Granted lists what p grants of every limit and feature that exists, sorted by key.
func (s *Service) Granted(p Plan) []Granted {
	out := make([]Granted, 0, len(s.entitlements))
	for _, key := range slices.Sorted(maps.Keys(s.entitlements)) {
		out = append(out, Granted{Key: key, Label: s.entitlements[key].Label, Kind: s.entitlements[key].Kind, Limit: p.Grants[key]})
	}
	return out
}
