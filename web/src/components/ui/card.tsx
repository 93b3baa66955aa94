import type { ComponentProps, ReactNode } from "react";
import { cn } from "./cn";

export function Card({ className, ...rest }: ComponentProps<"section">) {
  return <section {...rest} className={cn("rounded-xl border border-line bg-surface shadow-card", className)} />;
}

type SectionProps = { title: ReactNode; description?: ReactNode; actions?: ReactNode; children?: ReactNode; className?: string };

/** A titled card of a settings page. */
export function CardSection({ title, description, actions, children, className }: SectionProps) {
  return (
    <Card className={cn("overflow-hidden", className)}>
      <div className="flex flex-wrap items-start justify-between gap-3 px-5 pt-5 pb-4">
        <div className="min-w-0">
          <h2 className="text-lg font-semibold">{title}</h2>
          {description && <p className="mt-0.5 text-muted">{description}</p>}
        </div>
        {actions}
      </div>
      {children}
    </Card>
  );
}
