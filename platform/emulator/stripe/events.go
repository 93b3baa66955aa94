package stripe

import (
	"reflect"
	"slices"
)

// emit records that something happened to o and queues its delivery. before is o as it was, for an update.
func (c *call) emit(eventType string, o, before object) {
	data := object{"object": clone(o)}
	if before != nil {
		previous := object{}
		for name, value := range before {
			if !reflect.DeepEqual(value, o[name]) {
				previous[name] = value
			}
		}
		if len(previous) == 0 {
			return
		}
		data["previous_attributes"] = previous
	}
	origin := object{"id": nil, "idempotency_key": nil}
	if c.origin != nil {
		origin = clone(c.origin).(object)
	}
	event := newObject("event", object{
		"id": newID("evt"), "created": c.now(), "api_version": APIVersion, "type": eventType, "data": data, "request": origin,
	})
	waiting := 0
	c.e.state.each("webhook_endpoint", func(endpoint object) {
		if wants(endpoint, eventType) {
			if c.e.enqueue(text(event, "id"), text(endpoint, "id")) {
				waiting++
			}
		}
	})
	conceal(data)
	event["pending_webhooks"] = waiting
	c.e.state.add(event)
}

func getEvent(c *call) (object, error) {
	if o := c.e.state.find("event", c.id); o != nil {
		return o, nil
	}
	return nil, missing("event", c.id, "id")
}

func listEvents(c *call) (object, error) {
	types := items(c.params, "types")
	return c.list("event", func(o object) bool {
		return c.matches(o, "type") && (types == nil || slices.Contains(types, o["type"]))
	})
}
