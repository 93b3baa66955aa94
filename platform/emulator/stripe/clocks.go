package stripe

import "time"

const (
	clockKind = "test_helpers.test_clock"
	clockLife = 30 * 24 * time.Hour // after which Stripe would delete the clock; the emulator keeps it
)

// of is the call in the time of the customer that o is or belongs to: that of its test clock, or the call's own.
func (c *call) of(o object) *call {
	if text(o, "object") != "customer" {
		o = c.e.state.find("customer", text(o, "customer"))
	}
	clock := c.e.state.find(clockKind, text(o, "test_clock"))
	if clock == nil {
		return c
	}
	return c.at(number(clock, "frozen_time"))
}

// at is the call at another time.
func (c *call) at(unix int64) *call {
	moved := *c
	moved.moment = time.Unix(unix, 0).UTC()
	return &moved
}

func createClock(c *call) (object, error) {
	o := newObject(clockKind, object{
		"id": newID("clock"), "created": c.now(), "deletes_after": c.now() + int64(clockLife.Seconds()), "frozen_time": number(c.params, "frozen_time"),
		"status": "ready", "name": nil,
	})
	assign(o, c.params, "name")
	c.e.state.add(o)
	c.emit("test_helpers.test_clock.created", o, nil)
	return o, nil
}

func getClock(c *call) (object, error) {
	if o := c.e.state.find(clockKind, c.id); o != nil {
		return o, nil
	}
	return nil, missing("test clock", c.id, "id")
}

func listClocks(c *call) (object, error) {
	return c.list(clockKind, func(object) bool { return true })
}

// advanceClock does all that happens until the new time before it answers. The answer says "advancing" as Stripe's does, which goes on
// behind it; who asks again is told "ready". Stripe limits a step to two periods of the shortest subscription; here any step is taken.
func advanceClock(c *call) (object, error) {
	o, err := getClock(c)
	if err != nil {
		return nil, err
	}
	until := number(c.params, "frozen_time")
	if until <= number(o, "frozen_time") {
		return nil, invalid("", "frozen_time", "The frozen_time must be after the clock's current frozen_time.")
	}
	o["status"] = "advancing"
	c.emit("test_helpers.test_clock.advancing", o, nil)
	answer := clone(o).(object)
	answer["frozen_time"] = until
	caused := *c
	caused.origin = nil // what time does has no request
	caused.pass(text(o, "id"), number(o, "frozen_time"), until, func(at int64) { o["frozen_time"] = at })
	o["frozen_time"], o["status"] = until, "ready"
	c.emit("test_helpers.test_clock.ready", o, nil)
	return answer, nil
}

// deleteClock removes the clock with its customers and their subscriptions.
func deleteClock(c *call) (object, error) {
	o, err := getClock(c)
	if err != nil {
		return nil, err
	}
	var customers []object
	c.e.state.each("customer", func(customer object) {
		if customer["test_clock"] == c.id {
			customers = append(customers, customer)
		}
	})
	for _, customer := range customers {
		gone := *c.of(customer)
		gone.id = text(customer, "id")
		if _, err := deleteCustomer(&gone); err != nil {
			return nil, err
		}
	}
	c.emit("test_helpers.test_clock.deleted", o, nil)
	c.e.state.remove(o)
	return object{"id": c.id, "object": clockKind, "deleted": true}, nil
}
