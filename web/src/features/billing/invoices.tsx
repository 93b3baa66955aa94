import { Trans, useLingui } from "@lingui/react/macro";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Download, ExternalLink, ReceiptText } from "lucide-react";
import type { ReactNode } from "react";
import type { Invoice } from "@/api/types";
import { useWorkspace } from "@/api/workspace";
import { LoadMore } from "@/components/load-more";
import { Loaded } from "@/components/row-list";
import { EmptyState } from "@/components/states";
import { buttonStyle } from "@/components/ui/button";
import { CardSection } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { formatDate, formatMoney } from "@/format";
import { invoicesQuery } from "./billing";
import { BillingStatus } from "./status-badge";

const wide = "hidden sm:table-cell";

/** The bills of the subscription, newest first. */
export function Invoices() {
  const { api } = useWorkspace();
  const invoices = useInfiniteQuery(invoicesQuery(api));
  const items = invoices.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <CardSection title={<Trans>Invoices</Trans>}>
      <div className="border-line border-t">
        <Loaded query={invoices} skeletons={3} skeleton={<RowSkeleton />}>
          {items.length === 0 ? (
            <EmptyState icon={<ReceiptText />} title={<Trans>No invoices yet</Trans>} className="py-10">
              <Trans>Each payment brings one here, to see and to download.</Trans>
            </EmptyState>
          ) : (
            <InvoiceTable items={items} />
          )}
        </Loaded>
        <LoadMore query={invoices} className="border-line border-t p-3" />
      </div>
    </CardSection>
  );
}

function InvoiceTable({ items }: { items: readonly Invoice[] }) {
  return (
    <table className="w-full text-left">
      <thead className="border-line border-b bg-subtle text-sm text-muted">
        <tr className="[&>th]:px-3 [&>th]:py-2 [&>th]:font-medium [&>th:first-child]:pl-5 [&>th:last-child]:pr-5">
          <th scope="col">
            <Trans>Invoice</Trans>
          </th>
          <th scope="col" className={wide}>
            <Trans>Date</Trans>
          </th>
          <th scope="col" className="text-right">
            <Trans>Amount</Trans>
          </th>
          <th scope="col" className={wide}>
            <Trans>Status</Trans>
          </th>
          <th scope="col">
            <span className="sr-only">
              <Trans>Links</Trans>
            </span>
          </th>
        </tr>
      </thead>
      <tbody className="divide-y divide-line">
        {items.map((invoice) => (
          <InvoiceRow key={invoice.id} invoice={invoice} />
        ))}
      </tbody>
    </table>
  );
}

function InvoiceRow({ invoice }: { invoice: Invoice }) {
  const { t } = useLingui();
  const { number, status } = invoice;
  const day = formatDate(invoice.created_at);
  const badge = <BillingStatus of="invoice" status={status} />;
  return (
    <tr className="[&>td]:px-3 [&>td]:py-2.5 [&>td:last-child]:pr-5">
      <th scope="row" className="py-2.5 pr-3 pl-5 font-medium">
        <span className="block tabular-nums">{number || <Trans>Draft</Trans>}</span>
        <span className="mt-0.5 flex flex-wrap items-center gap-2 text-sm font-normal text-muted sm:hidden">
          {day} {badge}
        </span>
      </th>
      <td className={`${wide} whitespace-nowrap text-muted`}>{day}</td>
      <td className="text-right whitespace-nowrap tabular-nums">{formatMoney(invoice.total, invoice.currency)}</td>
      <td className={wide}>{badge}</td>
      <td>
        <span className="flex justify-end gap-1">
          {invoice.page_url && (
            <Away href={invoice.page_url} label={t`Open invoice ${number}`}>
              <ExternalLink aria-hidden="true" />
            </Away>
          )}
          {invoice.pdf_url && (
            <Away href={invoice.pdf_url} label={t`Download invoice ${number} as PDF`}>
              <Download aria-hidden="true" />
            </Away>
          )}
        </span>
      </td>
    </tr>
  );
}

function Away({ href, label, children }: { href: string; label: string; children: ReactNode }) {
  return (
    <a
      href={href}
      target="_blank"
      rel="noreferrer"
      aria-label={label}
      title={label}
      className={buttonStyle({ variant: "ghost", size: "iconSm" })}
    >
      {children}
    </a>
  );
}

function RowSkeleton() {
  return (
    <div className="flex h-12 items-center gap-6 px-5">
      <Skeleton className="h-3.5 w-28" />
      <Skeleton className="h-3.5 w-20" />
      <Skeleton className="ml-auto h-3.5 w-16" />
    </div>
  );
}
