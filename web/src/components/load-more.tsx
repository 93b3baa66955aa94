import { Trans, useLingui } from "@lingui/react/macro";
import { asProblem } from "@/api/problem";
import { problemText } from "./problem-text";
import { Button } from "./ui/button";
import { cn } from "./ui/cn";

type Query = {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  isFetchNextPageError: boolean;
  error: unknown;
  fetchNextPage: () => unknown;
};

/** The button under a list that has more; a failure to load more keeps what is shown. */
export function LoadMore({ query, className }: { query: Query; className?: string }) {
  const { i18n } = useLingui();
  if (!query.hasNextPage) return null;
  return (
    <div className={cn("flex flex-col items-center gap-2", className)}>
      {query.isFetchNextPageError && (
        <p role="alert" className="text-center text-sm text-danger-text">
          {problemText(i18n, asProblem(query.error))}
        </p>
      )}
      <Button size="sm" variant="ghost" pending={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
        <Trans>Load more</Trans>
      </Button>
    </div>
  );
}
