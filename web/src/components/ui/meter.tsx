import { cn } from "./cn";

type Props = { label: string; value: number; max: number; text: string };

/** How much of a limit is used. `text` says it in words for screen readers. */
export function Meter({ label, value, max, text }: Props) {
  const share = max > 0 ? Math.min(1, value / max) : 1;
  return (
    // biome-ignore lint/a11y/useSemanticElements: browsers draw the meter element each in their own colours
    <div
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={max}
      aria-valuenow={Math.min(value, max)}
      aria-valuetext={text}
      className="h-1.5 overflow-hidden rounded-full bg-active"
    >
      <div
        className={cn("h-full rounded-full", share >= 1 ? "bg-danger" : "bg-accent")}
        style={{ width: `${Math.max(share * 100, value > 0 ? 2 : 0)}%` }}
      />
    </div>
  );
}
