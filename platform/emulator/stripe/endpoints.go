package stripe

import (
	"net/url"
	"slices"
)

func createEndpoint(c *call) (object, error) {
	o := newObject("webhook_endpoint", object{
		"id": newID("we"), "created": c.now(), "status": "enabled", "api_version": nil, "application": nil, "description": nil,
	})
	if err := c.writeEndpoint(o); err != nil {
		return nil, err
	}
	assign(o, c.params, "api_version")
	c.e.state.add(o)
	secret := "whsec_" + randomText(32)
	c.e.state.Secrets[text(o, "id")] = secret
	answer := clone(o).(object)
	answer["secret"] = secret // told once, as Stripe does
	return answer, nil
}

func (c *call) writeEndpoint(o object) error {
	if raw, given := c.params["url"]; given {
		u, err := url.Parse(raw.(string))
		if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
			return invalid("url_invalid", "url", "Invalid URL: An explicit scheme (such as https) must be provided.")
		}
	}
	if disabled, given := c.params["disabled"].(bool); given {
		o["status"] = map[bool]string{true: "disabled", false: "enabled"}[disabled]
	}
	assign(o, c.params, "description", "enabled_events", "url")
	mergeMetadata(o, c.params)
	return nil
}

func getEndpoint(c *call) (object, error) {
	if o := c.e.state.find("webhook_endpoint", c.id); o != nil {
		return o, nil
	}
	return nil, missing("webhook endpoint", c.id, "id")
}

func listEndpoints(c *call) (object, error) {
	return c.list("webhook_endpoint", func(object) bool { return true })
}

func updateEndpoint(c *call) (object, error) {
	o, err := getEndpoint(c)
	if err != nil {
		return nil, err
	}
	return o, c.writeEndpoint(o)
}

func deleteEndpoint(c *call) (object, error) {
	o, err := getEndpoint(c)
	if err != nil {
		return nil, err
	}
	c.e.state.remove(o)
	delete(c.e.state.Secrets, c.id)
	c.e.state.Queue = slices.DeleteFunc(c.e.state.Queue, func(d *delivery) bool { return d.Endpoint == c.id })
	return object{"id": c.id, "object": "webhook_endpoint", "deleted": true}, nil
}

// wants reports whether the endpoint receives events of the type.
func wants(endpoint object, eventType string) bool {
	enabled := items(endpoint, "enabled_events")
	return endpoint["status"] == "enabled" && (slices.Contains(enabled, any("*")) || slices.Contains(enabled, any(eventType)))
}
