import type { MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import { useLingui } from "@lingui/react/macro";
import { Badge } from "@/components/ui/badge";

type Tone = "success" | "warning" | "danger" | "neutral";
type State = { tone: Tone; text: MessageDescriptor };

// The words of the payment provider for the state of a subscription, and of an invoice.
const subscription: Record<string, State> = {
  active: { tone: "success", text: msg`Active` },
  trialing: { tone: "success", text: msg`Trial` },
  past_due: { tone: "danger", text: msg`Payment overdue` },
  unpaid: { tone: "danger", text: msg`Unpaid` },
  paused: { tone: "warning", text: msg`Paused` },
  incomplete: { tone: "warning", text: msg`Payment not finished` },
  canceled: { tone: "neutral", text: msg`Canceled` },
};
const invoice: Record<string, State> = {
  draft: { tone: "neutral", text: msg`Draft` },
  open: { tone: "warning", text: msg`Open` },
  paid: { tone: "success", text: msg`Paid` },
  void: { tone: "neutral", text: msg`Void` },
  uncollectible: { tone: "danger", text: msg`Unpaid` },
};

type Props = { of: "subscription" | "invoice"; status: string };

export function BillingStatus({ of, status }: Props) {
  const { i18n } = useLingui();
  const state = (of === "invoice" ? invoice : subscription)[status];
  return state ? <Badge tone={state.tone}>{i18n._(state.text)}</Badge> : null;
}
