package stripe

import "math"

// redeemable is a coupon, and the promotion code by which it was found, if any.
type redeemable struct{ coupon, promotion object }

// amountOff is what a coupon takes off an amount, in minor units of the currency: never more than the amount, and nothing when the coupon
// is an amount of another currency.
func amountOff(coupon object, amount int64, currency string) int64 {
	if off := number(coupon, "amount_off"); off > 0 {
		if text(coupon, "currency") != currency {
			return 0
		}
		return min(off, max(0, amount))
	}
	return int64(math.Round(float64(max(0, amount)) * decimal(coupon, "percent_off") / 100))
}

// redeemable reads one entry {coupon} or {promotion_code} of a request, for a customer ("" is a new one) who buys for the amount.
func (c *call) redeemable(given object, param, customer string, amount int64, currency string) (redeemable, error) {
	if id := text(given, "promotion_code"); id != "" {
		promotion, err := c.promotion(id, param)
		if err != nil {
			return redeemable{}, err
		}
		return c.admitPromotion(promotion, param, customer, amount, currency)
	}
	coupon, err := c.coupon(text(given, "coupon"), param)
	if err != nil {
		return redeemable{}, err
	}
	return redeemable{coupon: coupon}, admitCoupon(coupon, param, currency)
}

func admitCoupon(coupon object, param, currency string) error {
	if !flag(coupon, "valid") {
		return invalid("coupon_expired", param, "Coupon expired: %s", text(coupon, "id"))
	}
	if coupon["amount_off"] != nil && currency != "" && text(coupon, "currency") != currency {
		return invalid("", param, "The coupon's currency (%s) is not that of the purchase (%s).", text(coupon, "currency"), currency)
	}
	return nil
}

// admitPromotion checks a code's restrictions.
func (c *call) admitPromotion(promotion object, param, customer string, amount int64, currency string) (redeemable, error) {
	found := redeemable{promotion: promotion}
	rules := child(promotion, "restrictions")
	switch {
	case !flag(promotion, "active"):
		return found, invalid("promotion_code_expired", param, "This promotion code is not active.")
	case promotion["customer"] != nil && promotion["customer"] != customer:
		return found, invalid("", param, "This promotion code cannot be redeemed by this customer.")
	case flag(rules, "first_time_transaction") && c.paidBefore(customer):
		return found, invalid("", param, "This promotion code cannot be redeemed because the associated customer has prior transactions.")
	case rules["minimum_amount"] != nil && (number(rules, "minimum_amount") > amount || text(rules, "minimum_amount_currency") != currency):
		return found, invalid("", param, "This promotion code cannot be redeemed because the purchase is below its minimum amount.")
	}
	coupon, err := c.coupon(text(child(promotion, "coupon"), "id"), param)
	if err != nil {
		return found, err
	}
	found.coupon = coupon
	return found, admitCoupon(coupon, param, currency)
}

// grant gives the discount to the subscription or, when target is a customer, to all that this buys. It counts as a redemption.
func (c *call) grant(target object, r redeemable) {
	customer, subscription := any(text(target, "id")), any(nil)
	if text(target, "object") == "subscription" {
		customer, subscription = target["customer"], target["id"]
	}
	r.coupon["times_redeemed"] = number(r.coupon, "times_redeemed") + 1
	_, _ = c.coupon(text(r.coupon, "id"), "") // it may be spent now
	code := any(nil)
	if r.promotion != nil {
		r.promotion["times_redeemed"] = number(r.promotion, "times_redeemed") + 1
		c.refreshPromotion(r.promotion)
		code = r.promotion["id"]
	}
	end := any(nil)
	if r.coupon["duration"] == "repeating" {
		end = addMonths(c.time(), int(number(r.coupon, "duration_in_months"))).Unix()
	}
	discount := c.e.state.add(newObject("discount", object{
		"id": newID("di"), "start": c.now(), "end": end, "coupon": clone(r.coupon), "customer": customer, "subscription": subscription,
		"promotion_code": code, "checkout_session": nil, "invoice": nil, "invoice_item": nil,
	}))
	target["discount"] = clone(discount)
	c.emit("customer.discount.created", discount, nil)
}

// revoke ends the discount of a customer or subscription.
func (c *call) revoke(target object) {
	discount := child(target, "discount")
	if discount == nil {
		return
	}
	target["discount"] = nil
	gone := clone(discount).(object)
	gone["end"] = c.now()
	c.emit("customer.discount.deleted", gone, nil)
}

// writeDiscount sets the discount that the parameters coupon, promotion_code or discounts name, for a purchase of the amount.
func (c *call) writeDiscount(target object, customer string, amount int64, currency string) error {
	given := object{"coupon": c.params["coupon"], "promotion_code": c.params["promotion_code"]}
	param := "coupon"
	if list := items(c.params, "discounts"); len(list) > 0 {
		given, param = list[0].(object), "discounts[0]"
	}
	if given["coupon"] == "" || given["promotion_code"] == "" || c.params["discounts"] == "" {
		c.revoke(target)
		return nil
	}
	if text(given, "coupon") == "" && text(given, "promotion_code") == "" {
		return nil
	}
	found, err := c.redeemable(given, param, customer, amount, currency)
	if err != nil {
		return err
	}
	target["discount"] = nil
	c.grant(target, found)
	return nil
}

func getCustomerDiscount(c *call) (object, error) {
	o, err := c.customer(c.r.PathValue("customer"), "id")
	if err != nil {
		return nil, err
	}
	if discount := child(o, "discount"); discount != nil {
		return discount, nil
	}
	return nil, missing("discount", text(o, "id"), "id")
}

func deleteCustomerDiscount(c *call) (object, error) {
	o, err := c.customer(c.r.PathValue("customer"), "id")
	if err != nil {
		return nil, err
	}
	return c.deleteDiscount(o)
}

func deleteSubscriptionDiscount(c *call) (object, error) {
	o, err := c.subscription()
	if err != nil {
		return nil, err
	}
	return c.deleteDiscount(o)
}

func (c *call) deleteDiscount(target object) (object, error) {
	discount := child(target, "discount")
	if discount == nil {
		return nil, missing("discount", text(target, "id"), "id")
	}
	answer := clone(discount).(object)
	answer["deleted"] = true
	delete(answer, "end")
	c.revoke(target)
	return answer, nil
}
