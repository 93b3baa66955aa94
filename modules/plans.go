package modules

import (
	"saaskit/modules/accounts"
	"saaskit/modules/apikeys"
	"saaskit/modules/invitations"
	"saaskit/modules/notes"
	"saaskit/platform/plan"
)

// catalogue is the price list: what each plan costs and grants. The first plan is the one of a tenant that never chose.
// After a change run `app billing sync`, which brings it to Stripe (--dry-run shows what that changes). Who subscribes at an old price keeps it.
var catalogue = plan.Catalogue{
	{
		Key: "free", Name: "Free", Summary: "Try it with a small team.",
		Grants: map[plan.Key]int64{accounts.MaxMembers: 5, notes.MaxNotes: 10, apikeys.APICalls: 1000},
	},
	{
		Key: "pro", Name: "Pro", Summary: "For teams that write every day.", Highlight: true,
		PerSeat: true, TrialDays: 14,
		Prices: []plan.Price{
			{Interval: plan.Month, Currency: "usd", Amount: 1200}, {Interval: plan.Year, Currency: "usd", Amount: 12000},
			{Interval: plan.Month, Currency: "eur", Amount: 1100}, {Interval: plan.Year, Currency: "eur", Amount: 11000},
		},
		Metered: []plan.Metered{{Key: apikeys.APICalls, Included: 10_000, Per: 1000, Amounts: map[string]int64{"usd": 50, "eur": 45}}},
		Grants:  map[plan.Key]int64{accounts.MaxMembers: plan.Unlimited, notes.MaxNotes: 1000, apikeys.APICalls: plan.Unlimited, invitations.JoinByDomain: 1},
	},
	{
		Key: "business", Name: "Business", Summary: "One price for the whole company.",
		Prices: []plan.Price{
			{Interval: plan.Month, Currency: "usd", Amount: 9900}, {Interval: plan.Year, Currency: "usd", Amount: 99000},
			{Interval: plan.Month, Currency: "eur", Amount: 8900}, {Interval: plan.Year, Currency: "eur", Amount: 89000},
		},
		Metered: []plan.Metered{{Key: apikeys.APICalls, Included: 100_000, Per: 1000, Amounts: map[string]int64{"usd": 40, "eur": 36}}},
		Grants:  map[plan.Key]int64{accounts.MaxMembers: plan.Unlimited, notes.MaxNotes: plan.Unlimited, apikeys.APICalls: plan.Unlimited, invitations.JoinByDomain: 1},
	},
}
