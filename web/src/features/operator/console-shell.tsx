import { Trans, useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { Building2, ChartColumn, CreditCard, LogOut, ScrollText, Undo2, Webhook } from "lucide-react";
import { type ReactNode, useEffect } from "react";
import { operatorSession } from "@/api/client";
import type { Operator } from "@/api/types";
import { AppShell, navLink } from "@/components/app-shell";
import { Logo } from "@/components/logo";
import { Avatar } from "@/components/ui/avatar";
import { Badge } from "@/components/ui/badge";
import { buttonStyle } from "@/components/ui/button";
import { signOutOperator } from "./operator";

export function ConsoleShell({ operator, children }: { operator: Operator; children: ReactNode }) {
  const { t } = useLingui();
  useEffect(
    () =>
      operatorSession.onEnd(() =>
        location.assign(`/operator/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`),
      ),
    [],
  );
  return (
    <AppShell
      title={<Trans>Operator console</Trans>}
      switcher={
        <div className="flex h-10 items-center justify-between gap-2 px-2">
          <Logo />
          <Badge tone="warning">
            <Trans>Operator</Trans>
          </Badge>
        </div>
      }
      navigation={
        <ul className="grid gap-0.5">
          <li>
            <Link to="/operator/tenants" className={navLink}>
              <Building2 aria-hidden="true" />
              <Trans>Workspaces</Trans>
            </Link>
          </li>
          <li>
            <Link to="/operator/subscriptions" className={navLink}>
              <CreditCard aria-hidden="true" />
              <Trans>Subscriptions</Trans>
            </Link>
          </li>
          <li>
            <Link to="/operator/revenue" className={navLink}>
              <ChartColumn aria-hidden="true" />
              <Trans>Revenue</Trans>
            </Link>
          </li>
          <li>
            <Link to="/operator/incidents" className={navLink}>
              <Undo2 aria-hidden="true" />
              <Trans>Refunds and disputes</Trans>
            </Link>
          </li>
          <li>
            <Link to="/operator/events" className={navLink}>
              <Webhook aria-hidden="true" />
              <Trans>Stripe events</Trans>
            </Link>
          </li>
          <li>
            <Link to="/operator/audit" className={navLink}>
              <ScrollText aria-hidden="true" />
              <Trans>Audit log</Trans>
            </Link>
          </li>
        </ul>
      }
      user={
        <div className="flex items-center gap-2.5 px-2 py-1.5">
          <Avatar name={operator.name || operator.email} seed={operator.id} />
          <span className="min-w-0 flex-1 truncate font-medium" title={operator.email}>
            {operator.name || operator.email}
          </span>
          <button
            type="button"
            aria-label={t`Sign out`}
            title={t`Sign out`}
            onClick={() => void signOutOperator()}
            className={buttonStyle({ variant: "ghost", size: "iconSm" })}
          >
            <LogOut aria-hidden="true" />
          </button>
        </div>
      }
    >
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto w-full max-w-6xl px-4 py-6 sm:px-8 sm:py-8">{children}</div>
      </div>
    </AppShell>
  );
}
