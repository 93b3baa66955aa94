package stripe

import (
	"slices"
	"strconv"
	"time"
)

const (
	meterKind       = "billing.meter"
	meterEventKind  = "billing.meter_event"
	identifierLife  = 24 * time.Hour      // in which a meter event's identifier counts once
	meterEventLate  = 35 * 24 * time.Hour // how far in the past usage may lie
	meterEventEarly = 5 * time.Minute     // how far in the future usage may lie
)

func createMeter(c *call) (object, error) {
	name := text(c.params, "event_name")
	if c.meterOf(name) != nil {
		return nil, invalid("", "event_name", "There is already an active meter with the event name `%s`.", name)
	}
	o := c.e.state.add(object{
		"id": newID("mtr_test"), "object": meterKind, "livemode": false, "created": c.now(), "updated": c.now(), "status": "active",
		"customer_mapping": object{"event_payload_key": "stripe_customer_id", "type": "by_id"}, "value_settings": object{"event_payload_key": "value"},
		"status_transitions": object{"deactivated_at": nil}, "event_time_window": nil,
	})
	assign(o, c.params, "customer_mapping", "default_aggregation", "display_name", "event_name", "event_time_window", "value_settings")
	c.emit("billing.meter.created", o, nil)
	return o, nil
}

// meterOf is the active meter of the event name, or nil.
func (c *call) meterOf(eventName string) object {
	var found object
	c.e.state.each(meterKind, func(o object) {
		if o["event_name"] == eventName && o["status"] == "active" {
			found = o
		}
	})
	return found
}

func getMeter(c *call) (object, error) {
	if o := c.e.state.find(meterKind, c.id); o != nil {
		return o, nil
	}
	return nil, missing("billing meter", c.id, "id")
}

func listMeters(c *call) (object, error) {
	return c.list(meterKind, func(o object) bool { return c.matches(o, "status") })
}

func updateMeter(c *call) (object, error) {
	return c.changeMeter("billing.meter.updated", func(o object) error {
		assign(o, c.params, "display_name")
		return nil
	})
}

func deactivateMeter(c *call) (object, error) {
	return c.changeMeter("billing.meter.deactivated", func(o object) error {
		if o["status"] != "active" {
			return invalid("", "", "This meter is not active.")
		}
		o["status"], o["status_transitions"] = "inactive", object{"deactivated_at": c.now()}
		return nil
	})
}

func reactivateMeter(c *call) (object, error) {
	return c.changeMeter("billing.meter.reactivated", func(o object) error {
		if o["status"] == "active" || c.meterOf(text(o, "event_name")) != nil {
			return invalid("", "", "This meter is active, or another of its event name is.")
		}
		o["status"], o["status_transitions"] = "active", object{"deactivated_at": nil}
		return nil
	})
}

func (c *call) changeMeter(eventType string, change func(o object) error) (object, error) {
	o, err := getMeter(c)
	if err != nil {
		return nil, err
	}
	before := clone(o).(object)
	if err := change(o); err != nil {
		return nil, err
	}
	o["updated"] = c.now()
	c.emit(eventType, o, before)
	return o, nil
}

// createMeterEvent records usage. Stripe checks the customer and the value later, in the background, and tells of mistakes by an event;
// the emulator refuses them at once.
func createMeterEvent(c *call) (object, error) {
	meter, payload := c.meterOf(text(c.params, "event_name")), child(c.params, "payload")
	if meter == nil {
		return nil, invalid("no_meter", "event_name", "No active meter found for the event name `%s`.", text(c.params, "event_name"))
	}
	mapping := text(child(meter, "customer_mapping"), "event_payload_key")
	customer, err := c.customer(text(payload, mapping), "payload["+mapping+"]")
	if err != nil {
		return nil, err
	}
	c = c.of(customer)
	key := text(child(meter, "value_settings"), "event_payload_key")
	if _, err := strconv.ParseFloat(text(payload, key), 64); err != nil && child(meter, "default_aggregation")["formula"] != "count" {
		return nil, invalid("meter_event_invalid_value", "payload["+key+"]", "The value of a meter event must be numeric.")
	}
	at := c.now()
	if _, given := c.params["timestamp"]; given {
		at = number(c.params, "timestamp")
	}
	if at < c.now()-int64(meterEventLate.Seconds()) || at > c.now()+int64(meterEventEarly.Seconds()) {
		return nil, invalid("timestamp_invalid", "timestamp", "The timestamp must be within the past 35 days and no more than 5 minutes in the future.")
	}
	identifier := text(c.params, "identifier")
	if identifier == "" {
		identifier = randomText(32)
	}
	if c.counted(identifier) {
		return nil, invalid("duplicate_meter_event", "identifier", "An event already exists with identifier %s.", identifier)
	}
	o := c.e.state.add(object{
		"id": newID("mevt"), "object": meterEventKind, "livemode": false, "created": c.now(), "event_name": meter["event_name"],
		"identifier": identifier, "payload": clone(payload), "timestamp": at,
	})
	answer := clone(o).(object)
	delete(answer, "id") // Stripe's meter events have none
	return answer, nil
}

// counted reports whether the identifier was used within its life.
func (c *call) counted(identifier string) bool {
	used := false
	c.e.state.each(meterEventKind, func(o object) {
		used = used || (o["identifier"] == identifier && number(o, "created")+int64(identifierLife.Seconds()) > c.now())
	})
	return used
}

// usage is what the meter counted for the customer from start until before end, in units as the meter sums or counts them.
func (c *call) usage(meter object, customer string, start, end int64) float64 {
	mapping, value := text(child(meter, "customer_mapping"), "event_payload_key"), text(child(meter, "value_settings"), "event_payload_key")
	counts, total := child(meter, "default_aggregation")["formula"] == "count", 0.0
	c.e.state.each(meterEventKind, func(o object) {
		payload, at := child(o, "payload"), number(o, "timestamp")
		if o["event_name"] != meter["event_name"] || payload[mapping] != customer || at < start || at >= end {
			return
		}
		if counts {
			total++
		} else if n, err := strconv.ParseFloat(text(payload, value), 64); err == nil {
			total += n
		}
	})
	return total
}

// meteredQuantity is the usage that a metered price bills to the customer for a period; whole units, rounded up. Stripe counts an event
// into the period in which it lies by its timestamp, so do we.
func (c *call) meteredQuantity(price object, customer string, start, end int64) int64 {
	meter := c.e.state.find(meterKind, text(child(price, "recurring"), "meter"))
	if meter == nil {
		return 0
	}
	used := c.usage(meter, customer, start, end)
	whole := int64(used)
	if float64(whole) < used {
		whole++
	}
	return max(0, whole)
}

func listMeterSummaries(c *call) (object, error) {
	meter, err := getMeter(c)
	if err != nil {
		return nil, err
	}
	customer := text(c.params, "customer")
	if _, err := c.customer(customer, "customer"); err != nil {
		return nil, err
	}
	start, end := number(c.params, "start_time"), number(c.params, "end_time")
	step := map[string]int64{"hour": 3600, "day": 86400, "": max(60, end-start)}[text(c.params, "value_grouping_window")]
	if grain := min(step, 86400); start >= end || start%60 != 0 || end%60 != 0 || (c.params["value_grouping_window"] != nil && (start%grain != 0 || end%grain != 0)) {
		return nil, invalid("", "start_time", "The start_time must be before the end_time, and both aligned with the window, or with the minute.")
	}
	rows := []object{}
	for at := start; at < end; at += step {
		rows = append(rows, object{
			"id": "mtrusg_test_" + text(meter, "id") + strconv.FormatInt(at, 10), "object": "billing.meter_event_summary", "livemode": false,
			"meter": meter["id"], "start_time": at, "end_time": min(end, at+step), "aggregated_value": c.usage(meter, customer, at, min(end, at+step)),
		})
	}
	slices.Reverse(rows)
	return c.page(rows)
}
