package stripe

import (
	"slices"
	"strings"
)

func createCoupon(c *call) (object, error) {
	if err := c.checkCoupon(); err != nil {
		return nil, err
	}
	id := text(c.params, "id")
	if id == "" {
		id = randomText(8)
	}
	if c.e.state.index[id] != nil {
		return nil, invalid("resource_already_exists", "id", "Coupon already exists.")
	}
	o := newObject("coupon", object{
		"id": id, "created": c.now(), "amount_off": nil, "percent_off": nil, "currency": nil, "duration": "once", "duration_in_months": nil,
		"max_redemptions": nil, "redeem_by": nil, "name": nil, "times_redeemed": 0, "valid": true, "metadata": object{},
	})
	assign(o, c.params, "amount_off", "percent_off", "currency", "duration", "duration_in_months", "max_redemptions", "redeem_by", "name")
	mergeMetadata(o, c.params)
	c.e.state.add(o)
	c.emit("coupon.created", o, nil)
	return o, nil
}

// checkCoupon refuses what contradicts itself.
func (c *call) checkCoupon() error {
	amount, percent := c.params["amount_off"] != nil, c.params["percent_off"] != nil
	switch {
	case amount == percent:
		return invalid("parameter_missing", "", "Must provide percent_off or amount_off, and not both.")
	case amount && number(c.params, "amount_off") < 1:
		return invalid("parameter_invalid_integer", "amount_off", "This value must be greater than or equal to 1.")
	case amount && text(c.params, "currency") == "":
		return invalid("parameter_missing", "currency", "You must pass currency when passing amount_off.")
	case percent && (decimal(c.params, "percent_off") <= 0 || decimal(c.params, "percent_off") > 100):
		return invalid("", "percent_off", "Invalid percent_off: must be between 0 and 100.")
	case (c.params["duration"] == "repeating") != (c.params["duration_in_months"] != nil):
		return invalid("parameter_missing", "duration_in_months", "You must pass duration_in_months when, and only when, duration is repeating.")
	}
	return nil
}

// coupon finds a coupon and says whether it is still valid now.
func (c *call) coupon(id, param string) (object, error) {
	o := c.e.state.find("coupon", id)
	if o == nil {
		return nil, missing("coupon", id, param)
	}
	o["valid"] = !spent(o) && (o["redeem_by"] == nil || number(o, "redeem_by") > c.now())
	return o, nil
}

// spent reports whether a coupon or promotion code was redeemed as often as it may be.
func spent(o object) bool {
	return o["max_redemptions"] != nil && number(o, "times_redeemed") >= number(o, "max_redemptions")
}

func getCoupon(c *call) (object, error) { return c.coupon(c.id, "id") }

func listCoupons(c *call) (object, error) {
	return c.list("coupon", func(o object) bool { _, err := c.coupon(text(o, "id"), "id"); return err == nil })
}

func updateCoupon(c *call) (object, error) {
	o, err := getCoupon(c)
	if err != nil {
		return nil, err
	}
	before := clone(o).(object)
	assign(o, c.params, "name")
	mergeMetadata(o, c.params)
	c.emit("coupon.updated", o, before)
	return o, nil
}

// deleteCoupon ends its use by others; discounts that were granted stay.
func deleteCoupon(c *call) (object, error) {
	o, err := getCoupon(c)
	if err != nil {
		return nil, err
	}
	c.e.state.remove(o)
	c.emit("coupon.deleted", o, nil)
	return object{"id": c.id, "object": "coupon", "deleted": true}, nil
}

func createPromotionCode(c *call) (object, error) {
	coupon, err := c.coupon(text(c.params, "coupon"), "coupon")
	if err != nil {
		return nil, err
	}
	if id := text(c.params, "customer"); id != "" {
		if _, err := c.customer(id, "customer"); err != nil {
			return nil, err
		}
	}
	code := text(c.params, "code")
	if code == "" {
		code = strings.ToUpper(randomText(8))
	}
	if c.promotionOf(code, text(c.params, "customer")) != nil {
		return nil, invalid("resource_already_exists", "code", "An active promotion code with `code: %s` already exists.", code)
	}
	o := newObject("promotion_code", object{
		"id": newID("promo"), "created": c.now(), "active": true, "code": code, "coupon": clone(coupon), "customer": nil, "expires_at": nil,
		"max_redemptions": nil, "metadata": object{}, "times_redeemed": 0,
	})
	assign(o, c.params, "active", "customer", "expires_at", "max_redemptions")
	assign(child(o, "restrictions"), child(c.params, "restrictions"), "first_time_transaction", "minimum_amount", "minimum_amount_currency")
	mergeMetadata(o, c.params)
	c.e.state.add(o)
	c.emit("promotion_code.created", o, nil)
	return o, nil
}

// promotionOf is the code that works now, as customers type it (case does not matter), for anybody or the customer; or nil.
func (c *call) promotionOf(code, customer string) object {
	var found object
	c.e.state.each("promotion_code", func(o object) {
		c.refreshPromotion(o)
		if strings.EqualFold(text(o, "code"), code) && flag(o, "active") && (o["customer"] == nil || o["customer"] == customer) {
			found = o
		}
	})
	return found
}

// refreshPromotion ends a code whose time, redemptions or coupon are over, and shows the coupon as it is.
func (c *call) refreshPromotion(o object) {
	coupon, err := c.coupon(text(child(o, "coupon"), "id"), "coupon")
	if err == nil {
		o["coupon"] = clone(coupon)
	} else {
		child(o, "coupon")["valid"] = false
	}
	if spent(o) || !flag(child(o, "coupon"), "valid") || (o["expires_at"] != nil && number(o, "expires_at") <= c.now()) {
		o["active"] = false
	}
}

func (c *call) promotion(id, param string) (object, error) {
	o := c.e.state.find("promotion_code", id)
	if o == nil {
		return nil, missing("promotion code", id, param)
	}
	c.refreshPromotion(o)
	return o, nil
}

func getPromotionCode(c *call) (object, error) { return c.promotion(c.id, "id") }

func listPromotionCodes(c *call) (object, error) {
	coupon, code := text(c.params, "coupon"), text(c.params, "code")
	return c.list("promotion_code", func(o object) bool {
		c.refreshPromotion(o)
		return c.matches(o, "active", "customer") && (coupon == "" || child(o, "coupon")["id"] == coupon) &&
			(code == "" || strings.EqualFold(code, text(o, "code")))
	})
}

func updatePromotionCode(c *call) (object, error) {
	o, err := getPromotionCode(c)
	if err != nil {
		return nil, err
	}
	before := clone(o).(object)
	assign(o, c.params, "active")
	c.refreshPromotion(o)
	if flag(c.params, "active") && !flag(o, "active") {
		return nil, invalid("", "active", "This promotion code cannot be activated: it or its coupon has expired.")
	}
	mergeMetadata(o, c.params)
	c.emit("promotion_code.updated", o, before)
	return o, nil
}

// paidBefore reports whether the customer has paid an invoice: a first-time code is not for it.
func (c *call) paidBefore(customer string) bool {
	return customer != "" && slices.ContainsFunc(c.e.state.Tables["invoice"], func(o object) bool {
		return o["customer"] == customer && o["status"] == "paid" && number(o, "amount_paid") > 0
	})
}
