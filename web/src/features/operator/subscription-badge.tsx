import type { MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import { useLingui } from "@lingui/react/macro";
import { Badge } from "@/components/ui/badge";
import type { SubscriptionStatus } from "./filters";

export const subscriptionWords: Record<SubscriptionStatus, MessageDescriptor> = {
  active: msg`Active`,
  trialing: msg`Trial`,
  past_due: msg`Past due`,
  unpaid: msg`Unpaid`,
  paused: msg`Paused`,
  incomplete: msg`Incomplete`,
  canceled: msg`Canceled`,
};

const tones: Record<SubscriptionStatus, "success" | "accent" | "warning" | "danger" | "neutral"> = {
  active: "success",
  trialing: "accent",
  past_due: "danger",
  unpaid: "danger",
  paused: "warning",
  incomplete: "warning",
  canceled: "neutral",
};

const known = (status: string): status is SubscriptionStatus => status in subscriptionWords;

export function SubscriptionBadge({ status }: { status: string }) {
  const { i18n } = useLingui();
  return known(status) ? <Badge tone={tones[status]}>{i18n._(subscriptionWords[status])}</Badge> : <Badge>{status}</Badge>;
}
