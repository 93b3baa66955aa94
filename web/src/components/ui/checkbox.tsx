import type { ComponentProps, ReactNode } from "react";
import { cn } from "./cn";

type Props = Omit<ComponentProps<"input">, "type"> & { label: ReactNode; hint?: ReactNode };

/** A checkbox with its label and, below it, what it means. */
export function Checkbox({ label, hint, className, ...rest }: Props) {
  return (
    <label className={cn("flex items-start gap-2.5 has-disabled:opacity-60", className)}>
      <input {...rest} type="checkbox" className="mt-0.5 size-4 shrink-0 accent-(--accent)" />
      <span className="min-w-0">
        <span className="block">{label}</span>
        {hint && <span className="block text-sm text-muted">{hint}</span>}
      </span>
    </label>
  );
}
