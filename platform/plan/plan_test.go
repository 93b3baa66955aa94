package plan_test

import (
	"slices"
	"strings"
	"testing"

	"saaskit/platform/plan"
)

const (
	things plan.Key = "things.max"
	magic  plan.Key = "magic"
	spells plan.Key = "spells.cast"
)

var entitlements = plan.Entitlements{things: plan.Limit("Things"), magic: plan.Feature("Magic"), spells: plan.Meter("Spells", "spell")}

var catalogue = plan.Catalogue{
	{Key: "free", Name: "Free", Grants: map[plan.Key]int64{things: 3}},
	{Key: "pro", Name: "Pro", Prices: monthly(900), Grants: map[plan.Key]int64{things: 50, magic: 1}},
	{Key: "business", Name: "Business", Prices: monthly(9900), Grants: map[plan.Key]int64{things: plan.Unlimited, magic: 1}},
}

func monthly(amount int64) []plan.Price {
	return []plan.Price{{Interval: plan.Month, Currency: "usd", Amount: amount}}
}

func TestNewRefusesACatalogueThatMakesNoSense(t *testing.T) {
	t.Parallel()
	free := plan.Plan{Key: "free", Name: "Free"}
	for want, c := range map[string]plan.Catalogue{
		"no plans":                 {},
		"must be free":             {{Key: "a", Name: "A", Prices: monthly(1)}},
		"a key of its own":         {free, free},
		"needs a name":             {{Key: "a"}},
		"which no module declares": {{Key: "a", Name: "A", Grants: map[plan.Key]int64{"unknown": 1}}},
		"cannot be -2":             {{Key: "a", Name: "A", Grants: map[plan.Key]int64{things: -2}}},
		"is 0 or 1, not 2":         {{Key: "a", Name: "A", Grants: map[plan.Key]int64{magic: 2}}},
	} {
		if _, err := plan.New(c, entitlements); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}

func TestNewRefusesPricesThatMakeNoSense(t *testing.T) {
	t.Parallel()
	month, year := plan.Price{Interval: plan.Month, Currency: "usd", Amount: 1}, plan.Price{Interval: plan.Year, Currency: "usd", Amount: 10}
	euro := plan.Price{Interval: plan.Month, Currency: "eur", Amount: 1}
	with := func(change func(*plan.Plan)) plan.Plan {
		p := plan.Plan{Key: "b", Name: "B", Prices: []plan.Price{month}}
		change(&p)
		return p
	}
	priced := func(prices ...plan.Price) plan.Plan { return with(func(p *plan.Plan) { p.Prices = prices }) }
	metered := func(m plan.Metered) plan.Plan { return with(func(p *plan.Plan) { p.Metered = []plan.Metered{m} }) }
	amounts := map[string]int64{"usd": 5}
	for name, c := range map[string]struct {
		plan plan.Plan
		want string
	}{
		"no interval":            {priced(plan.Price{Currency: "usd", Amount: 1}), "needs an interval"},
		"another interval":       {priced(plan.Price{Interval: "week", Currency: "usd", Amount: 1}), "needs an interval"},
		"no currency":            {priced(plan.Price{Interval: plan.Month, Amount: 1}), "a currency"},
		"upper case":             {priced(plan.Price{Interval: plan.Month, Currency: "USD", Amount: 1}), "a currency"},
		"not a code":             {priced(plan.Price{Interval: plan.Month, Currency: "u-d", Amount: 1}), "a currency"},
		"no amount":              {priced(plan.Price{Interval: plan.Month, Currency: "usd"}), "an amount"},
		"less than nothing":      {priced(plan.Price{Interval: plan.Month, Currency: "usd", Amount: -1}), "an amount"},
		"the same twice":         {priced(month, month), "two prices a month in usd"},
		"no yearly euro":         {priced(month, year, euro), "lacks the price of an interval"},
		"a free plan's trial":    {with(func(p *plan.Plan) { p.Prices, p.TrialDays = nil, 14 }), "a free plan"},
		"a free plan's seats":    {with(func(p *plan.Plan) { p.Prices, p.PerSeat = nil, true }), "a free plan"},
		"a negative trial":       {with(func(p *plan.Plan) { p.TrialDays = -1 }), "trial"},
		"a trial of three years": {with(func(p *plan.Plan) { p.TrialDays = 1000 }), "trial"},
		"no meter":               {metered(plan.Metered{Key: things, Per: 1, Amounts: amounts}), "no module declares as a meter"},
		"no block":               {metered(plan.Metered{Key: spells, Amounts: amounts}), "a block of units"},
		"less than included":     {metered(plan.Metered{Key: spells, Included: -1, Per: 1, Amounts: amounts}), "a block of units"},
		"no meter's amount":      {metered(plan.Metered{Key: spells, Per: 1}), "an amount for each currency"},
		"a third of a cent":      {metered(plan.Metered{Key: spells, Per: 3, Amounts: amounts}), "more than 12 decimal places"},
		"another currency":       {metered(plan.Metered{Key: spells, Per: 1, Amounts: map[string]int64{"eur": 5}}), "no amount in usd"},
		"the same meter twice": {with(func(p *plan.Plan) {
			p.Metered = []plan.Metered{{Key: spells, Per: 1, Amounts: amounts}, {Key: spells, Per: 2, Amounts: amounts}}
		}), "twice"},
	} {
		_, err := plan.New(plan.Catalogue{{Key: "free", Name: "Free"}, c.plan}, entitlements)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: want %q, got %v", name, c.want, err)
		}
	}
	good := with(func(p *plan.Plan) {
		p.Prices, p.TrialDays, p.PerSeat = []plan.Price{month, year}, 14, true
		p.Metered = []plan.Metered{{Key: spells, Included: 100, Per: 10, Amounts: amounts}}
	})
	if _, err := plan.New(plan.Catalogue{{Key: "free", Name: "Free"}, good}, entitlements); err != nil {
		t.Errorf("a good plan: %v", err)
	}
	if p, sold := good.Price(plan.Year, "usd"); !sold || p.Amount != 10 {
		t.Errorf("got %+v", p)
	}
	if p, sold := good.Price(plan.Year, "eur"); sold {
		t.Errorf("it is sold for %+v", p)
	}
}

func TestGrantedListsEverythingThatExists(t *testing.T) {
	t.Parallel()
	s, err := plan.New(catalogue, entitlements)
	if err != nil {
		t.Fatal(err)
	}
	free, known := s.Find("free")
	if !known {
		t.Fatal("free is not found")
	}
	got := s.Granted(free)
	want := []plan.Granted{
		{Key: magic, Label: "Magic", Kind: plan.FeatureKind}, {Key: spells, Label: "Spells", Kind: plan.MeterKind},
		{Key: things, Label: "Things", Kind: plan.LimitKind, Limit: 3},
	}
	if !slices.Equal(got, want) {
		t.Fatalf("%+v", got)
	}
	if _, known := s.Find("gold"); known {
		t.Fatal("gold is found")
	}
}
