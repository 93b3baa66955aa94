import { Skeleton } from "@/components/ui/skeleton";

/** A row of a table of the console while it is on its way. */
export function RowSkeleton() {
  return (
    <div className="flex h-14 items-center gap-6 px-5">
      <Skeleton className="h-4 w-44" />
      <Skeleton className="ml-auto h-4 w-14" />
      <Skeleton className="h-4 w-20" />
    </div>
  );
}
