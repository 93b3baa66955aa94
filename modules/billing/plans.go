package billing

import (
	"context"
	"maps"
	"slices"

	"saaskit/platform/plan"
)

// Plan is an entry of the price list.
type Plan struct {
	Key       string    `json:"key" doc:"Identifies the plan" example:"pro"`
	Name      string    `json:"name" example:"Pro"`
	Summary   string    `json:"summary" doc:"For whom it is, in one line"`
	Prices    []Price   `json:"prices" doc:"One for each interval and currency; none is free"`
	PerSeat   bool      `json:"per_seat" doc:"The prices are for each active member"`
	TrialDays int64     `json:"trial_days" doc:"Free days before the first payment, once for each workspace" example:"14"`
	Metered   []Metered `json:"metered" doc:"What is charged by use, beside the prices"`
	Highlight bool      `json:"highlight" doc:"The plan to recommend"`
	Limits    []Limit   `json:"limits" doc:"What the plan grants"`
}

// Price is what a plan costs in each interval.
type Price struct {
	Interval string `json:"interval" enum:"month,year"`
	Currency string `json:"currency" example:"usd"`
	Amount   int64  `json:"amount" doc:"In minor units (cents)" example:"1200"`
}

// Metered is what a plan charges for the use of a meter.
type Metered struct {
	Key      plan.Key `json:"key" example:"api.calls"`
	Label    string   `json:"label" example:"API calls"`
	Unit     string   `json:"unit" doc:"What one is called" example:"call"`
	Included int64    `json:"included" doc:"Units of each month that are in the price" example:"10000"`
	Per      int64    `json:"per" doc:"The amounts are for so many units" example:"1000"`
	Amounts  []Amount `json:"amounts" doc:"What each further block of units costs, in each currency"`
}

// Amount is a sum of money.
type Amount struct {
	Currency string `json:"currency" example:"usd"`
	Amount   int64  `json:"amount" doc:"In minor units (cents)" example:"50"`
}

// Limit is what a plan grants of one entitlement.
type Limit struct {
	Key   plan.Key `json:"key" example:"notes.max"`
	Label string   `json:"label" example:"Notes"`
	Kind  string   `json:"kind" enum:"limit,feature,meter" doc:"A limit is a number of things, a meter a number of uses a month, a feature is there or not"`
	Limit int64    `json:"limit" doc:"-1 is unlimited; a feature is 1 or 0" example:"1000"`
}

// PlanList is the price list.
type PlanList struct {
	Items []Plan `json:"items"`
}

// PriceList is the catalogue as customers see it; the landing page is built from it.
func PriceList(plans *plan.Service) *PlanList {
	list := &PlanList{Items: []Plan{}}
	for _, p := range plans.Plans() {
		list.Items = append(list.Items, shown(plans, p))
	}
	return list
}

func (s *service) plans(context.Context, *struct{}) (*PlanList, error) {
	return PriceList(s.Plans), nil
}

var kinds = map[plan.Kind]string{plan.LimitKind: "limit", plan.FeatureKind: "feature", plan.MeterKind: "meter"}

// shown is a plan as customers see it.
func shown(plans *plan.Service, p plan.Plan) Plan {
	v := Plan{
		Key: p.Key, Name: p.Name, Summary: p.Summary, PerSeat: p.PerSeat, TrialDays: p.TrialDays, Highlight: p.Highlight,
		Prices: []Price{}, Metered: []Metered{}, Limits: []Limit{},
	}
	for _, price := range p.Prices {
		v.Prices = append(v.Prices, Price{Interval: string(price.Interval), Currency: price.Currency, Amount: price.Amount})
	}
	for _, m := range p.Metered {
		e := plans.Entitlement(m.Key)
		metered := Metered{Key: m.Key, Label: e.Label, Unit: e.Unit, Included: m.Included, Per: m.Per, Amounts: []Amount{}}
		for _, currency := range slices.Sorted(maps.Keys(m.Amounts)) {
			metered.Amounts = append(metered.Amounts, Amount{Currency: currency, Amount: m.Amounts[currency]})
		}
		v.Metered = append(v.Metered, metered)
	}
	for _, g := range plans.Granted(p) {
		v.Limits = append(v.Limits, Limit{Key: g.Key, Label: g.Label, Kind: kinds[g.Kind], Limit: g.Limit})
	}
	return v
}
