import { brand } from "@/brand";
import { cn } from "./ui/cn";

export function Logo({ className, wordless = false }: { className?: string; wordless?: boolean }) {
  return (
    <span className={cn("inline-flex items-center gap-2 text-lg font-semibold tracking-tight text-ink", className)}>
      <svg viewBox="0 0 24 24" aria-hidden="true" className="size-6 text-accent">
        <path d={brand.mark} fill="currentColor" />
      </svg>
      <span className={wordless ? "sr-only" : undefined}>{brand.name}</span>
    </span>
  );
}
