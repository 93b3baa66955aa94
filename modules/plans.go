package modules

import (
	"saaskit/modules/accounts"
	"saaskit/modules/notes"
	"saaskit/platform/plan"
)

// catalogue is the price list: what each plan costs and grants. The first plan is the one of a tenant that never chose.
// After a change of prices run `app billing sync`, which creates them at Stripe.
var catalogue = plan.Catalogue{
	{
		Key: "free", Name: "Free", Summary: "Try it with a small team.",
		Grants: map[plan.Key]int64{accounts.MaxMembers: 5, notes.MaxNotes: 10},
	},
	{
		Key: "pro", Name: "Pro", Summary: "For teams that write every day.", Highlight: true,
		Price:  &plan.Price{Currency: "usd", Monthly: 1200, PerSeat: true},
		Grants: map[plan.Key]int64{accounts.MaxMembers: plan.Unlimited, notes.MaxNotes: 1000},
	},
	{
		Key: "business", Name: "Business", Summary: "One price for the whole company.",
		Price:  &plan.Price{Currency: "usd", Monthly: 9900},
		Grants: map[plan.Key]int64{accounts.MaxMembers: plan.Unlimited, notes.MaxNotes: plan.Unlimited},
	},
}
