import { cn } from "./cn";

/** A grey shape of the size of what is coming. Put `role="status"` with a text on the list that holds them. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden="true" className={cn("block animate-shimmer rounded-md bg-active", className)} />;
}
