package stripe

// billingRoutes are the operations of what is charged: payment methods, subscriptions, invoices, payments, refunds, disputes, test clocks.
var billingRoutes = []route{
	{"POST", "/v1/payment_methods", createPaymentMethod, []string{"billing_details", "card", "metadata", "type"}},
	{"GET", "/v1/payment_methods", listPaymentMethods, []string{"customer", "type"}},
	{"GET", "/v1/payment_methods/{payment_method}", getPaymentMethod, nil},
	{"POST", "/v1/payment_methods/{payment_method}/attach", attachPaymentMethod, []string{"customer"}},
	{"POST", "/v1/payment_methods/{payment_method}/detach", detachPaymentMethod, nil},
	{"GET", "/v1/customers/{customer}/payment_methods", listCustomerPaymentMethods, []string{"type"}},
	{"GET", "/v1/customers/{customer}/payment_methods/{payment_method}", getCustomerPaymentMethod, nil},

	{"POST", "/v1/subscriptions", createSubscription, []string{"automatic_tax", "cancel_at_period_end", "collection_method", "coupon", "currency", "customer", "default_payment_method", "description", "items", "metadata", "off_session", "payment_behavior", "promotion_code", "proration_behavior", "trial_end", "trial_period_days", "trial_settings"}},
	{"GET", "/v1/subscriptions", listSubscriptions, []string{"customer", "price", "status", "test_clock"}},
	{"GET", "/v1/subscriptions/{subscription_exposed_id}", getSubscription, nil},
	{"POST", "/v1/subscriptions/{subscription_exposed_id}", updateSubscription, []string{"automatic_tax", "billing_cycle_anchor", "cancel_at", "cancel_at_period_end", "cancellation_details", "coupon", "default_payment_method", "description", "items", "metadata", "off_session", "pause_collection", "payment_behavior", "promotion_code", "proration_behavior", "proration_date", "trial_end", "trial_settings"}},
	{"DELETE", "/v1/subscriptions/{subscription_exposed_id}", cancelSubscription, []string{"cancellation_details", "invoice_now", "prorate"}},
	{"POST", "/v1/subscriptions/{subscription}/resume", resumeSubscription, []string{"billing_cycle_anchor", "proration_behavior"}},

	{"GET", "/v1/subscription_items", listItems, []string{"subscription"}},
	{"POST", "/v1/subscription_items", createItem, []string{"payment_behavior", "price", "proration_behavior", "proration_date", "quantity", "subscription"}},
	{"GET", "/v1/subscription_items/{item}", getItem, nil},
	{"POST", "/v1/subscription_items/{item}", updateItem, []string{"off_session", "payment_behavior", "price", "proration_behavior", "proration_date", "quantity"}},
	{"DELETE", "/v1/subscription_items/{item}", deleteItem, []string{"proration_behavior", "proration_date"}},

	{"GET", "/v1/invoiceitems", listInvoiceItems, []string{"customer", "invoice", "pending"}},
	{"GET", "/v1/invoices", listInvoices, []string{"customer", "status", "subscription"}},
	{"GET", "/v1/invoices/upcoming", upcomingInvoice, []string{"customer", "subscription", "subscription_billing_cycle_anchor", "subscription_items", "subscription_proration_behavior", "subscription_proration_date", "subscription_trial_end"}},
	{"GET", "/v1/invoices/upcoming/lines", upcomingLines, []string{"customer", "subscription", "subscription_billing_cycle_anchor", "subscription_items", "subscription_proration_behavior", "subscription_proration_date", "subscription_trial_end"}},
	{"GET", "/v1/invoices/{invoice}", getInvoice, nil},
	{"GET", "/v1/invoices/{invoice}/lines", listInvoiceLines, nil},
	{"POST", "/v1/invoices/{invoice}/finalize", finalizeInvoice, []string{"auto_advance"}},
	{"POST", "/v1/invoices/{invoice}/pay", payInvoice, []string{"off_session", "paid_out_of_band", "payment_method"}},
	{"POST", "/v1/invoices/{invoice}/void", voidInvoice, nil},

	{"GET", "/v1/payment_intents", listPaymentIntents, []string{"customer"}},
	{"GET", "/v1/payment_intents/{intent}", getPaymentIntent, nil},
	{"GET", "/v1/charges", listCharges, []string{"customer", "payment_intent"}},
	{"GET", "/v1/charges/{charge}", getCharge, nil},
	{"POST", "/v1/refunds", createRefund, []string{"amount", "charge", "metadata", "payment_intent", "reason"}},
	{"GET", "/v1/refunds", listRefunds, []string{"charge", "payment_intent"}},
	{"GET", "/v1/refunds/{refund}", getRefund, nil},
	{"GET", "/v1/disputes", listDisputes, []string{"charge", "payment_intent"}},
	{"GET", "/v1/disputes/{dispute}", getDispute, nil},

	{"POST", "/v1/test_helpers/test_clocks", createClock, []string{"frozen_time", "name"}},
	{"GET", "/v1/test_helpers/test_clocks", listClocks, nil},
	{"GET", "/v1/test_helpers/test_clocks/{test_clock}", getClock, nil},
	{"POST", "/v1/test_helpers/test_clocks/{test_clock}/advance", advanceClock, []string{"frozen_time"}},
	{"DELETE", "/v1/test_helpers/test_clocks/{test_clock}", deleteClock, nil},
}
