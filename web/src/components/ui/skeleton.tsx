import { cn } from "./cn";

const rounds = { md: "rounded-md", xl: "rounded-xl", full: "rounded-full" };

type Props = { className?: string; round?: keyof typeof rounds };

/** A grey shape of the size of what is coming; LoadingRows says so to screen readers. */
export function Skeleton({ className, round = "md" }: Props) {
  return <span aria-hidden="true" className={cn("block animate-shimmer bg-active", rounds[round], className)} />;
}
