import type { ReactNode } from "react";

/** For cells that only wide screens have room for. */
export const wide = "hidden md:table-cell";

/** A cell's row links to what it is about: the link's area is the whole row. */
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
