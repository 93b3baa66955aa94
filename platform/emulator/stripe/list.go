package stripe

import (
	"slices"
	"strings"
)

// list answers a list operation: newest first, with Stripe's cursors.
func (c *call) list(kind string, keep func(object) bool) (object, error) {
	rows := []object{}
	c.e.state.each(kind, func(o object) {
		if keep(o) && !flag(o, "deleted") && createdIn(o, c.params["created"]) {
			rows = append(rows, o)
		}
	})
	slices.Reverse(rows)
	return c.page(rows)
}

// page cuts the rows, which are in the order of the answer, by limit, starting_after and ending_before.
func (c *call) page(rows []object) (object, error) {
	limit := 10
	if _, given := c.params["limit"]; given {
		limit = int(number(c.params, "limit"))
	}
	if limit < 1 || limit > 100 {
		return nil, invalid("parameter_invalid_integer", "limit", "This value must be between 1 and 100.")
	}
	at := func(param string) (int, error) {
		id := text(c.params, param)
		if i := slices.IndexFunc(rows, func(o object) bool { return text(o, "id") == id }); i >= 0 {
			return i, nil
		}
		return 0, invalid("resource_missing", param, "No such object: '%s'", id)
	}
	var more bool
	switch {
	case text(c.params, "ending_before") != "":
		end, err := at("ending_before")
		if err != nil {
			return nil, err
		}
		start := max(0, end-limit)
		rows, more = rows[start:end], start > 0
	default:
		if text(c.params, "starting_after") != "" {
			i, err := at("starting_after")
			if err != nil {
				return nil, err
			}
			rows = rows[i+1:]
		}
		more = len(rows) > limit
		rows = rows[:min(limit, len(rows))]
	}
	data := make([]any, len(rows))
	for i, o := range rows {
		data[i] = o
	}
	return object{"object": "list", "url": c.r.URL.Path, "has_more": more, "data": data}, nil
}

// createdIn applies Stripe's filter on the created time: a second, or bounds.
func createdIn(o object, filter any) bool {
	at := number(o, "created")
	switch f := filter.(type) {
	case int:
		return at == int64(f)
	case object:
		for bound, holds := range map[string]func(a, b int64) bool{
			"gt":  func(a, b int64) bool { return a > b },
			"gte": func(a, b int64) bool { return a >= b },
			"lt":  func(a, b int64) bool { return a < b },
			"lte": func(a, b int64) bool { return a <= b },
		} {
			if _, given := f[bound]; given && !holds(at, number(f, bound)) {
				return false
			}
		}
	}
	return true
}

// matches reports whether every named parameter that was sent equals the object's field.
func (c *call) matches(o object, names ...string) bool {
	for _, name := range names {
		if value, given := c.params[name]; given && o[name] != value {
			return false
		}
	}
	return true
}

const deepestExpansion = 4

// expand answers a copy of o in which the ids that the request names are replaced by their objects.
func (c *call) expand(o object) (object, error) {
	o = clone(o).(object)
	conceal(o)
	for _, path := range items(c.params, "expand") {
		path, _ := path.(string)
		steps := strings.Split(path, ".")
		if len(steps) > deepestExpansion {
			return nil, invalid("", "expand", "You cannot expand more than %d levels of a property. Property: %s", deepestExpansion, path)
		}
		if !c.expandAt(o, steps) {
			return nil, invalid("", "expand", "This property cannot be expanded (%s).", path)
		}
	}
	return o, nil
}

func (c *call) expandAt(v any, steps []string) bool {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			if !c.expandAt(item, steps) {
				return false
			}
		}
		return true
	case object:
		value, has := v[steps[0]]
		if !has {
			if value = c.concealed(v, steps[0]); value == nil {
				return slices.Contains(concealedFields[text(v, "object")], steps[0]) // there are none, such as tiers of a price by the unit
			}
			v[steps[0]] = value
		}
		if id, isID := value.(string); isID {
			target := c.e.state.index[id]
			if target == nil {
				return false
			}
			value = clone(target)
			conceal(value)
			v[steps[0]] = value
		}
		return value == nil || len(steps) == 1 || c.expandAt(value, steps[1:])
	}
	return false
}

// concealedFields are what Stripe sends only to who expands it.
var concealedFields = map[string][]string{"price": {"currency_options", "tiers"}}

// conceal takes the fields away that must be asked for, in o and all that is in it.
func conceal(v any) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			conceal(item)
		}
	case object:
		for _, name := range concealedFields[text(v, "object")] {
			delete(v, name)
		}
		for _, value := range v {
			conceal(value)
		}
	}
}

// concealed is the value of a field that o shows only when it is asked for, or nil when there is no such field.
func (c *call) concealed(o object, name string) any {
	kind, id := text(o, "object"), text(o, "id")
	switch kind + "." + name {
	case "checkout.session.line_items":
		if o["mode"] == "subscription" {
			return clone(c.e.sessionItems(o))
		}
	case "price.currency_options", "price.tiers":
		return clone(c.e.state.find(kind, id)[name])
	case "customer.tax_ids":
		return c.ofCustomer("tax_id", id, "/v1/customers/"+id+"/tax_ids")
	case "customer.subscriptions":
		return c.ofCustomer("subscription", id, "/v1/customers/"+id+"/subscriptions")
	}
	return nil
}

// ofCustomer is the list of what belongs to the customer, newest first, without what has ended.
func (c *call) ofCustomer(kind, customer, address string) object {
	data := []any{}
	c.e.state.each(kind, func(o object) {
		if o["customer"] == customer && o["status"] != "canceled" {
			data = append([]any{clone(o)}, data...)
		}
	})
	conceal(data)
	return object{"object": "list", "url": address, "has_more": false, "data": data}
}
