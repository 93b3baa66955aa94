import type { ComponentProps, ReactNode } from "react";
import { cn } from "./cn";

type CardProps = ComponentProps<"section"> & { /** Framed in the accent colour. */ marked?: boolean };

export function Card({ className, marked = false, ...rest }: CardProps) {
  const frame = marked ? "border-accent ring-1 ring-accent" : "border-line";
  return <section {...rest} className={cn("rounded-xl border bg-surface shadow-card", frame, className)} />;
}

type SectionProps = { title: ReactNode; description?: ReactNode; actions?: ReactNode; children?: ReactNode; className?: string };

/** A titled card of a settings page. */
export function CardSection({ title, description, actions, children, className }: SectionProps) {
  return (
    <Card className={cn("overflow-hidden", className)}>
      <div className="flex flex-wrap items-start justify-between gap-3 px-5 pt-5 pb-4">
        <div className="min-w-0 flex-1 basis-64">
          <h2 className="text-lg font-semibold">{title}</h2>
          {description && <p className="mt-0.5 text-muted">{description}</p>}
        </div>
        {actions}
      </div>
      {children}
    </Card>
  );
}
