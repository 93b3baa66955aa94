import { type ComponentProps, type ReactNode, useState } from "react";
import { LoadMore } from "./load-more";
import { ErrorState, LoadingRows } from "./states";

type Query = { data: unknown; error: unknown; isFetching: boolean; refetch: () => unknown };

type LoadedProps = {
  query: Query;
  /** What one row looks like while the list is on its way, and how many of them. */
  skeleton: ReactNode;
  skeletons: number;
  children: ReactNode;
};

/** Shows the children once the query has data, and until then grey rows or what went wrong. Data that is there stays. */
export function Loaded({ query, skeleton, skeletons, children }: LoadedProps) {
  const failure = useFailure(query);
  if (query.data !== undefined) return children;
  if (failure) return <ErrorState error={failure} retrying={query.isFetching} onRetry={() => void query.refetch()} />;
  return <LoadingRows rows={skeletons} className="divide-y divide-line" row={skeleton} />;
}

type Props = Omit<LoadedProps, "query"> & {
  /** A query of pages brings what LoadMore needs as well. */
  query: Query | (Query & ComponentProps<typeof LoadMore>["query"]);
  /** Stands in place of the rows when there are none. */
  empty?: ReactNode;
};

/** A list in a card, in whichever of its four states it is: on its way, failed, empty or full. The children are its `li`s. */
export function RowList({ query, empty, children, ...rest }: Props) {
  return (
    <div className="border-line border-t">
      <Loaded query={query} {...rest}>
        {empty || <ul className="divide-y divide-line">{children}</ul>}
      </Loaded>
      {"hasNextPage" in query && <LoadMore query={query} className="border-line border-t p-3" />}
    </div>
  );
}

/**
 * Why the query has no data. A query forgets that while it tries again; here it stands until there is an answer, so that
 * the button that was pressed keeps its place and its focus.
 */
function useFailure({ data, error }: Query): unknown {
  const [kept, setKept] = useState<unknown>(null);
  const failure = data === undefined ? (error ?? kept) : null;
  if (failure !== kept) setKept(failure);
  return failure;
}

type ItemProps = {
  icon?: ReactNode;
  name: ReactNode;
  badge?: ReactNode;
  /** What there is to know about it. */
  children: ReactNode;
  /** What can be done with it. */
  actions?: ReactNode;
};

/** One thing that belongs to the person, in a list of the settings. */
export function ItemRow({ icon, name, badge, children, actions }: ItemProps) {
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 px-5 py-3.5">
      {icon && (
        <span
          aria-hidden="true"
          className="inline-flex size-9 items-center justify-center rounded-md bg-subtle text-muted [&_svg]:size-4.5"
        >
          {icon}
        </span>
      )}
      <span className="min-w-0 flex-1 basis-48">
        <span className="flex flex-wrap items-center gap-x-2">
          <span className="min-w-0 truncate font-medium">{name}</span>
          {badge}
        </span>
        <span className="block text-sm text-muted">{children}</span>
      </span>
      {actions}
    </li>
  );
}
