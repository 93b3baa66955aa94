import { cn } from "./cn";

type Props = {
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
  /** While the server is asked: keeps the focus and ignores clicks. */
  pending?: boolean;
  "aria-label"?: string;
  "aria-labelledby"?: string;
  "aria-describedby"?: string;
};

/** Turns something on and off at once. */
export function Switch({ checked, onChange, disabled, pending = false, ...names }: Props) {
  return (
    <button
      {...names}
      type="button"
      role="switch"
      aria-checked={checked}
      aria-disabled={pending || undefined}
      disabled={disabled}
      onClick={() => !pending && onChange(!checked)}
      className={cn(
        "inline-flex h-5 w-9 shrink-0 items-center rounded-full border border-line-strong p-0.5 transition-colors disabled:opacity-60 aria-disabled:opacity-60",
        checked ? "border-accent bg-accent" : "bg-active",
      )}
    >
      <span
        className={cn(
          "size-3.5 rounded-full shadow-card transition-transform",
          checked ? "translate-x-4 bg-accent-ink" : "bg-line-strong",
        )}
      />
    </button>
  );
}
