import type { ComponentProps } from "react";
import { cn } from "./cn";

export const inputStyle =
  "w-full rounded-md border border-line-strong/70 bg-surface px-3 text-lg text-ink shadow-card transition-colors placeholder:text-muted hover:border-line-strong focus-visible:border-accent focus-visible:outline-2 focus-visible:-outline-offset-1 aria-invalid:border-danger [&:read-only:not(select)]:bg-subtle disabled:opacity-60 sm:text-base";

export function Input({ className, ...rest }: ComponentProps<"input">) {
  return <input {...rest} className={cn(inputStyle, "h-9", className)} />;
}

export function Textarea({ className, ...rest }: ComponentProps<"textarea">) {
  return <textarea {...rest} className={cn(inputStyle, "min-h-20 py-2", className)} />;
}

/** The browser's own select, drawn like the other inputs: it works by keyboard and on phones as people expect. */
export function Select({ className, children, ...rest }: ComponentProps<"select">) {
  return (
    <span className={cn("relative inline-flex", className)}>
      <select {...rest} className={cn(inputStyle, "h-9 appearance-none pr-8")}>
        {children}
      </select>
      <svg
        viewBox="0 0 16 16"
        aria-hidden="true"
        className="pointer-events-none absolute top-1/2 right-2.5 size-4 -translate-y-1/2 text-muted"
      >
        <path
          d="m4.5 6.5 3.5 3.5 3.5-3.5"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.5"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
    </span>
  );
}
