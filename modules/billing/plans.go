package billing

import (
	"context"

	"saaskit/platform/plan"
)

// Plan is an entry of the price list.
type Plan struct {
	Key       string  `json:"key" doc:"Identifies the plan" example:"pro"`
	Name      string  `json:"name" example:"Pro"`
	Summary   string  `json:"summary" doc:"For whom it is, in one line"`
	Price     *Price  `json:"price" doc:"null is free"`
	Highlight bool    `json:"highlight" doc:"The plan to recommend"`
	Limits    []Limit `json:"limits" doc:"What the plan grants"`
}

// Price is what a plan costs.
type Price struct {
	_ struct{} `nullable:"true"` // a free plan has null

	Currency string `json:"currency" example:"usd"`
	Monthly  int64  `json:"monthly" doc:"In minor units (cents)" example:"1200"`
	PerSeat  bool   `json:"per_seat" doc:"For each active member"`
}

// Limit is what a plan grants of one entitlement.
type Limit struct {
	Key   plan.Key `json:"key" example:"notes.max"`
	Label string   `json:"label" example:"Notes"`
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

// shown is a plan as customers see it.
func shown(plans *plan.Service, p plan.Plan) Plan {
	v := Plan{Key: p.Key, Name: p.Name, Summary: p.Summary, Highlight: p.Highlight, Limits: []Limit{}}
	if p.Price != nil {
		v.Price = &Price{Currency: p.Price.Currency, Monthly: p.Price.Monthly, PerSeat: p.Price.PerSeat}
	}
	for _, g := range plans.Granted(p) {
		v.Limits = append(v.Limits, Limit{Key: g.Key, Label: g.Label, Limit: g.Limit})
	}
	return v
}
