// By what the lists are filtered. Apart from the queries: the routes check addresses with these, and they come with the first page.
export const subscriptionStatuses = ["active", "trialing", "past_due", "unpaid", "paused", "incomplete", "canceled"] as const;
export type SubscriptionStatus = (typeof subscriptionStatuses)[number];

export const eventStates = ["pending", "applied", "ignored"] as const;
export type EventState = (typeof eventStates)[number];
