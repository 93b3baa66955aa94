package stripe

import (
	"net/url"
	"time"
)

const portalLife = time.Hour

func createPortal(c *call) (object, error) {
	id := text(c.params, "customer")
	if _, err := c.customer(id, "customer"); err != nil {
		return nil, err
	}
	if u, err := url.Parse(text(c.params, "return_url")); text(c.params, "return_url") != "" && (err != nil || u.Host == "") {
		return nil, invalid("url_invalid", "return_url", "Not a valid URL")
	}
	config := c.defaultPortalConfig()
	if given := text(c.params, "configuration"); given != "" {
		if config = c.e.state.find(portalConfigKind, given); config == nil || !flag(config, "active") {
			return nil, missing("configuration", given, "configuration")
		}
	}
	token := "test_" + randomText(40)
	o := newObject("billing_portal.session", object{
		"id": newID("bps"), "created": c.now(), "customer": id, "configuration": config["id"], "return_url": config["default_return_url"], "flow": nil,
		"url": c.e.URL() + "/p/session/" + token,
	})
	assign(o, c.params, "return_url", "locale")
	if err := c.openFlow(o); err != nil {
		return nil, err
	}
	c.e.state.add(o)
	c.e.state.Portals[token] = text(o, "id")
	c.emit("billing_portal.session.created", o, nil)
	return o, nil
}

// openFlow reads the one thing that the session is for, if any: the page opens at it.
func (c *call) openFlow(session object) error {
	given := child(c.params, "flow_data")
	if given == nil {
		return nil
	}
	kind := text(given, "type")
	feature := map[string]string{
		"payment_method_update": "payment_method_update", "subscription_cancel": "subscription_cancel",
		"subscription_update": "subscription_update", "subscription_update_confirm": "subscription_update",
	}[kind]
	update := c.portalFeature(session, feature)
	if update == nil {
		return invalid("", "flow_data[type]", "This %s flow in the portal configuration is disabled.", kind)
	}
	flow := object{"type": kind, "after_completion": object{"type": "portal_homepage", "hosted_confirmation": nil, "redirect": nil},
		"subscription_cancel": nil, "subscription_update": nil, "subscription_update_confirm": nil}
	assign(child(flow, "after_completion"), child(given, "after_completion"), "type", "hosted_confirmation", "redirect")
	if details := child(given, kind); details != nil {
		subscription := c.e.state.find("subscription", text(details, "subscription"))
		if subscription == nil || subscription["customer"] != session["customer"] || over(subscription) {
			return missing("subscription", text(details, "subscription"), "flow_data["+kind+"][subscription]")
		}
		if details["retention"] != nil || details["discounts"] != nil {
			return c.e.unsupported("The parameter flow_data[" + kind + "] with retention or discounts")
		}
		flow[kind] = clone(details)
		for _, item := range items(details, "items") {
			item := item.(object)
			if itemOf(subscription, text(item, "id")) == nil {
				return missing("subscription item", text(item, "id"), "flow_data["+kind+"][items][0][id]")
			}
			if price := text(item, "price"); price != "" && !offered(update, price) {
				return invalid("", "flow_data["+kind+"][items][0][price]", "The price `%s` is not in the portal configuration.", price)
			}
		}
		if kind == "subscription_update_confirm" {
			child(flow, kind)["discounts"] = nil
		}
		if kind == "subscription_cancel" {
			child(flow, kind)["retention"] = nil
		}
	} else if kind != "payment_method_update" {
		return invalid("parameter_missing", "flow_data["+kind+"]", "Missing required param: flow_data[%s].", kind)
	}
	session["flow"] = flow
	return nil
}

// portal finds the session by the token of its URL, or nil when there is none or its time is over; the lock is held.
func (c *call) portal(token string) object {
	o := c.e.state.find("billing_portal.session", c.e.state.Portals[token])
	if o == nil || number(o, "created")+int64(portalLife.Seconds()) <= c.now() {
		return nil
	}
	return o
}
