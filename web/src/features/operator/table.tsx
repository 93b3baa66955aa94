import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

/** For cells that only wide screens have room for. */
export const wide = "hidden md:table-cell";

export const row = "relative hover:bg-hover [&>td]:px-3 [&>td]:py-2.5 [&>td:last-child]:pr-5 [&>th]:pl-5";

/** A table of the console; the children of head are `th`s, and the children `tr`s. */
export function Table({ head, children }: { head: ReactNode; children: ReactNode }) {
  return (
    <table className="w-full text-left">
      <thead className="border-line border-b bg-subtle text-muted text-sm">
        <tr className="[&>th:first-child]:pl-5 [&>th:last-child]:pr-5 [&>th]:px-3 [&>th]:py-2.5 [&>th]:font-medium">{head}</tr>
      </thead>
      <tbody className="divide-y divide-line">{children}</tbody>
    </table>
  );
}

/** The first cell of a row about a workspace: its name, which the whole row links with, and what else tells it apart. */
export function TenantCell({ id, name, children }: { id: string; name: string; children: ReactNode }) {
  return (
    <th scope="row" className="w-1/2 max-w-0 py-2.5 pr-3 font-normal md:w-[32%]">
      <Link to="/operator/tenants/$id" params={{ id }} className="block truncate font-medium after:absolute after:inset-0">
        {name}
      </Link>
      {children}
    </th>
  );
}
