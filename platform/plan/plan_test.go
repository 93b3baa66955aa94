package plan_test

import (
	"strings"
	"testing"

	"saaskit/platform/plan"
)

const (
	things plan.Key = "things.max"
	magic  plan.Key = "magic"
)

var entitlements = plan.Entitlements{things: plan.Limit("Things"), magic: plan.Feature("Magic")}

var catalogue = plan.Catalogue{
	{Key: "free", Name: "Free", Grants: map[plan.Key]int64{things: 3}},
	{Key: "pro", Name: "Pro", Price: &plan.Price{Currency: "usd", Monthly: 900}, Grants: map[plan.Key]int64{things: 50, magic: 1}},
	{Key: "business", Name: "Business", Price: &plan.Price{Currency: "usd", Monthly: 9900}, Grants: map[plan.Key]int64{things: plan.Unlimited, magic: 1}},
}

func TestNewRefusesACatalogueThatMakesNoSense(t *testing.T) {
	t.Parallel()
	free := plan.Plan{Key: "free", Name: "Free"}
	price := &plan.Price{Currency: "usd", Monthly: 1}
	for want, c := range map[string]plan.Catalogue{
		"no plans":                     {},
		"must be free":                 {{Key: "a", Name: "A", Price: price}},
		"a key of its own":             {free, free},
		"needs a name":                 {{Key: "a"}},
		"which no module declares":     {{Key: "a", Name: "A", Grants: map[plan.Key]int64{"unknown": 1}}},
		"cannot be -2":                 {{Key: "a", Name: "A", Grants: map[plan.Key]int64{things: -2}}},
		"is 0 or 1, not 2":             {{Key: "a", Name: "A", Grants: map[plan.Key]int64{magic: 2}}},
		"needs a currency":             {free, {Key: "a", Name: "A", Price: &plan.Price{Monthly: 1}}},
		"a currency and an amount":     {free, {Key: "a", Name: "A", Price: &plan.Price{Currency: "usd"}}},
		`plan "b": a price needs a cu`: {free, {Key: "b", Name: "B", Price: &plan.Price{}}},
	} {
		if _, err := plan.New(c, entitlements); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
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
	want := []plan.Granted{{Key: magic, Label: "Magic", Limit: 0}, {Key: things, Label: "Things", Limit: 3}}
	if len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Fatalf("%+v", got)
	}
	if _, known := s.Find("gold"); known {
		t.Fatal("gold is found")
	}
}
