package stripe

import "time"

const (
	trialNotice     = 3 * 24 * time.Hour // before the trial's end
	upcomingNotice  = 7 * 24 * time.Hour // before the period's end; Stripe lets the account choose 3, 7, 15, 30 or 45 days
	incompleteLife  = 23 * time.Hour     // for the first payment, after which the subscription is given up
	draftLife       = time.Hour          // of a renewal's invoice before it is finalized and charged
	noticeOfTrial   = "trial_will_end"
	noticeOfInvoice = "invoice_upcoming"
)

// deed is something that time does by itself.
type deed struct {
	at int64 // unix seconds
	do func(*call)
}

// Tick does what time does by itself to all that follows the emulator's own clock: sessions expire, trials and periods end, subscriptions
// renew, invoices are finalized, failed payments are tried again. What is late is done with the time at which it was due. The emulator ticks
// every minute; a test that moves its clock calls it. Customers with a test clock move only with that.
func (e *Emulator) Tick() {
	e.mu.Lock()
	defer e.mu.Unlock()
	c := &call{e: e}
	before := e.lastEvent()
	e.state.each("checkout.session", func(o object) { _, _ = c.session(text(o, "id")) })
	c.pass("", e.state.Ticked, c.now(), func(int64) {})
	e.state.Ticked = c.now()
	if e.lastEvent() != before {
		e.persist()
		e.wakeUp()
	}
}

func (e *Emulator) lastEvent() string {
	events := e.state.Tables["event"]
	if len(events) == 0 {
		return ""
	}
	return text(events[len(events)-1], "id")
}

// pass does in the order of their times all deeds that are due until then, for what follows the test clock; "" is the emulator's clock. What
// should have been done before from is done at that time. tell is called with each time before it is acted upon.
func (c *call) pass(clock string, from, until int64, tell func(at int64)) {
	for {
		first := c.firstDeed(clock)
		if first == nil || first.at > until {
			return
		}
		from = max(from, first.at)
		tell(from)
		first.do(c.at(from))
	}
}

func (c *call) firstDeed(clock string) *deed {
	var first *deed
	consider := func(deeds []deed) {
		for _, d := range deeds {
			if first == nil || d.at < first.at {
				first = &d
			}
		}
	}
	c.e.state.each("invoice", func(o object) {
		if text(o, "test_clock") == clock {
			consider(c.invoiceDeeds(o))
		}
	})
	c.e.state.each("subscription", func(o object) {
		if text(o, "test_clock") == clock {
			consider(c.subscriptionDeeds(o))
		}
	})
	return first
}

func (c *call) invoiceDeeds(o object) []deed {
	if !flag(o, "auto_advance") || o["next_payment_attempt"] == nil {
		return nil
	}
	at := number(o, "next_payment_attempt")
	switch o["status"] {
	case "draft":
		return []deed{{at, func(c *call) { c.advanceDraft(o) }}}
	case "open":
		return []deed{{at, func(c *call) { c.retry(o) }}}
	}
	return nil
}

// subscriptionDeeds are in the order in which they are done when their times are the same.
func (c *call) subscriptionDeeds(o object) []deed {
	var deeds []deed
	status := text(o, "status")
	if over(o) {
		return nil
	}
	if o["cancel_at"] != nil {
		deeds = append(deeds, deed{number(o, "cancel_at"), func(c *call) { c.endAsPlanned(o) }})
	}
	if pause := child(o, "pause_collection"); pause["resumes_at"] != nil {
		deeds = append(deeds, deed{number(pause, "resumes_at"), func(c *call) { c.unpause(o) }})
	}
	end := number(o, "current_period_end")
	switch status {
	case "incomplete":
		deeds = append(deeds, deed{number(o, "created") + seconds(incompleteLife), func(c *call) { c.expireIncomplete(o) }})
	case "trialing":
		if notice := c.notice(o, noticeOfTrial, number(o, "trial_end"), trialNotice); notice != nil {
			deeds = append(deeds, *notice)
		}
		deeds = append(deeds, deed{number(o, "trial_end"), func(c *call) { c.endTrial(o) }})
	case "active", "past_due", "unpaid":
		if notice := c.notice(o, noticeOfInvoice, end, upcomingNotice); notice != nil && !flag(o, "cancel_at_period_end") && notice.at > number(o, "current_period_start") {
			deeds = append(deeds, *notice)
		}
		deeds = append(deeds, deed{end, func(c *call) { c.renew(o) }})
	}
	return deeds
}

// notice is the deed of telling, once, of what will come at the time, that long before; nil when that was done.
func (c *call) notice(o object, subject string, about int64, ahead time.Duration) *deed {
	key := text(o, "id") + " " + subject
	if c.e.state.Marks[key] == about {
		return nil
	}
	return &deed{max(number(o, "created"), about-seconds(ahead)), func(c *call) {
		c.e.state.Marks[key] = about
		if subject == noticeOfTrial {
			c.emit("customer.subscription.trial_will_end", o, nil)
			return
		}
		c.emit("invoice.upcoming", c.nextInvoice(o), nil)
	}}
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }

// over reports whether nothing more will happen to the subscription.
func over(o object) bool { return o["status"] == "canceled" || o["status"] == "incomplete_expired" }
