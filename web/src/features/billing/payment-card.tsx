import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { CreditCard } from "lucide-react";
import type { Billing, Card } from "@/api/types";
import { useWorkspace } from "@/api/workspace";
import { ItemRow, RowList } from "@/components/row-list";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { CardSection } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { cardQuery } from "./billing";
import { brandName, expires } from "./card";
import { usePortal } from "./use-redirects";

/** How the subscription is paid. */
export function PaymentCard({ billing }: { billing: Billing }) {
  const { api } = useWorkspace();
  const card = useQuery(cardQuery(api));
  const portal = usePortal();
  const details = usePortal();
  return (
    <CardSection
      title={<Trans>Payment method</Trans>}
      description={<Trans>Cards, billing address and tax numbers are kept by Stripe.</Trans>}
      actions={
        billing.can_manage && (
          <span className="flex flex-wrap gap-2">
            <Button size="sm" pending={details.isPending} onClick={() => details.mutate(undefined)}>
              <Trans>Billing details</Trans>
            </Button>
            <Button size="sm" pending={portal.isPending} onClick={() => portal.mutate("payment_method")}>
              {card.data === null ? <Trans>Add a card</Trans> : <Trans>Change card</Trans>}
            </Button>
          </span>
        )
      }
    >
      <RowList
        query={card}
        skeletons={1}
        skeleton={<CardSkeleton />}
        empty={
          card.data === null && (
            <p className="px-5 py-4 text-muted">
              <Trans>There is no card yet.</Trans>
            </p>
          )
        }
      >
        {card.data && <CardRow card={card.data} />}
      </RowList>
    </CardSection>
  );
}

function CardRow({ card }: { card: Card }) {
  const { t } = useLingui();
  const brand = brandName(card.brand);
  const state = expires(card, new Date());
  const month = `${String(card.exp_month).padStart(2, "0")}/${card.exp_year}`;
  const last4 = card.last4;
  return (
    <ItemRow
      icon={<CreditCard />}
      name={t`${brand} ending in ${last4}`}
      badge={
        state !== "later" && (
          <Badge tone={state === "over" ? "danger" : "warning"}>
            {state === "over" ? <Trans>Expired</Trans> : <Trans>Expires soon</Trans>}
          </Badge>
        )
      }
    >
      <Trans>Expires {month}</Trans>
    </ItemRow>
  );
}

function CardSkeleton() {
  return (
    <div className="flex h-16 items-center gap-3 px-5">
      <Skeleton className="size-9" />
      <div className="grid gap-1.5">
        <Skeleton className="h-3.5 w-36" />
        <Skeleton className="h-3 w-24" />
      </div>
    </div>
  );
}
