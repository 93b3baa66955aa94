package stripe

import "slices"

const portalConfigKind = "billing_portal.configuration"

// defaultFeatures are what a portal allows whose session names no configuration. Stripe wants it saved in the dashboard once; here it is there.
func defaultFeatures() object {
	return object{
		"customer_update":       object{"allowed_updates": []any{"email", "name", "address", "tax_id"}, "enabled": true},
		"invoice_history":       object{"enabled": true},
		"payment_method_update": object{"enabled": true},
		"subscription_cancel": object{
			"cancellation_reason": object{"enabled": true, "options": []any{"too_expensive", "missing_features", "switched_service", "unused", "other"}},
			"enabled":             true, "mode": "at_period_end", "proration_behavior": "none",
		},
		"subscription_pause":  object{"enabled": false},
		"subscription_update": object{"default_allowed_updates": []any{}, "enabled": false, "products": []any{}, "proration_behavior": "none"},
	}
}

func (c *call) newPortalConfig(features object, isDefault bool) object {
	o := newObject(portalConfigKind, object{
		"id": newID("bpc"), "created": c.now(), "updated": c.now(), "active": true, "is_default": isDefault, "features": features,
		"business_profile": object{"headline": nil, "privacy_policy_url": nil, "terms_of_service_url": nil}, "default_return_url": nil,
		"login_page": object{"enabled": false, "url": nil}, "metadata": object{}, "application": nil,
	})
	o["livemode"] = false
	return o
}

// defaultPortalConfig is the account's own configuration, made when it is first needed.
func (c *call) defaultPortalConfig() object {
	var found object
	c.e.state.each(portalConfigKind, func(o object) {
		if flag(o, "is_default") {
			found = o
		}
	})
	if found == nil {
		found = c.e.state.add(c.newPortalConfig(defaultFeatures(), true))
	}
	return found
}

// createPortalConfig starts with everything off, as Stripe does.
func createPortalConfig(c *call) (object, error) {
	off := defaultFeatures()
	for _, feature := range off {
		feature.(object)["enabled"] = false
	}
	child(off, "customer_update")["allowed_updates"] = []any{}
	child(off, "subscription_cancel")["cancellation_reason"] = object{"enabled": false, "options": []any{}}
	o := c.newPortalConfig(off, false)
	if err := c.writePortalConfig(o); err != nil {
		return nil, err
	}
	c.e.state.add(o)
	c.emit("billing_portal.configuration.created", o, nil)
	return o, nil
}

// writePortalConfig checks before it changes anything.
func (c *call) writePortalConfig(o object) error {
	update := child(child(c.params, "features"), "subscription_update")
	if flag(child(c.params, "login_page"), "enabled") {
		return c.e.unsupported("The portal's login page")
	}
	for _, product := range items(update, "products") {
		product := product.(object)
		for _, id := range items(product, "prices") {
			price := c.e.state.find("price", id.(string))
			if price == nil || price["product"] != product["product"] {
				return missing("price", id.(string), "features[subscription_update][products][0][prices][0]")
			}
		}
	}
	if flag(update, "enabled") && len(items(update, "products")) == 0 {
		return invalid("parameter_missing", "features[subscription_update][products]", "`products` is required when `subscription_update` is enabled.")
	}
	for name, given := range child(c.params, "features") {
		feature := child(child(o, "features"), name)
		for field, value := range given.(object) {
			switch {
			case value == "" && feature[field] != nil:
				feature[field] = []any{}
			case field == "cancellation_reason":
				assign(child(feature, field), value.(object), "enabled", "options")
			default:
				feature[field] = clone(value)
			}
		}
	}
	assign(child(o, "business_profile"), child(c.params, "business_profile"), "headline", "privacy_policy_url", "terms_of_service_url")
	assign(o, c.params, "active", "default_return_url")
	mergeMetadata(o, c.params)
	o["updated"] = c.now()
	return nil
}

func getPortalConfig(c *call) (object, error) {
	if o := c.e.state.find(portalConfigKind, c.id); o != nil {
		return o, nil
	}
	return nil, missing("configuration", c.id, "id")
}

func listPortalConfigs(c *call) (object, error) {
	return c.list(portalConfigKind, func(o object) bool { return c.matches(o, "active", "is_default") })
}

func updatePortalConfig(c *call) (object, error) {
	o, err := getPortalConfig(c)
	if err != nil {
		return nil, err
	}
	if flag(o, "is_default") && c.params["active"] == false {
		return nil, invalid("", "active", "The default configuration cannot be deactivated.")
	}
	before := clone(o).(object)
	if err := c.writePortalConfig(o); err != nil {
		return nil, err
	}
	c.emit("billing_portal.configuration.updated", o, before)
	return o, nil
}

// portalFeature is what the configuration of the session says of a feature; nil when it is off.
func (c *call) portalFeature(session object, name string) object {
	config := c.e.state.find(portalConfigKind, text(session, "configuration"))
	if feature := child(child(config, "features"), name); flag(feature, "enabled") {
		return feature
	}
	return nil
}

// offered reports whether the portal may change a subscription to the price.
func offered(update object, price string) bool {
	return slices.ContainsFunc(items(update, "products"), func(product any) bool {
		return slices.Contains(items(product.(object), "prices"), any(price))
	})
}
