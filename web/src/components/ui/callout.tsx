import { cva, type VariantProps } from "class-variance-authority";
import type { ComponentProps, ReactNode } from "react";
import { cn } from "./cn";

const calloutStyle = cva("flex flex-wrap items-start gap-x-4 gap-y-2 rounded-lg border px-4 py-3", {
  variants: {
    tone: {
      neutral: "border-line bg-subtle text-ink",
      accent: "border-accent-soft bg-accent-soft text-accent-text",
      warning: "border-warning-line bg-warning-soft text-warning-text",
      danger: "border-danger-soft bg-danger-soft text-danger-text",
      success: "border-success-soft bg-success-soft text-success-text",
    },
  },
  defaultVariants: { tone: "neutral" },
});

type Props = Omit<ComponentProps<"div">, "title"> &
  VariantProps<typeof calloutStyle> & { title?: ReactNode; actions?: ReactNode };

/** A message in the page. Give it role="alert" or "status" when it appears because of something the user did. */
export function Callout({ tone, title, actions, children, className, ...rest }: Props) {
  return (
    <div {...rest} className={cn(calloutStyle({ tone }), className)}>
      <div className="min-w-0 flex-1 basis-52">
        {title && <p className="font-semibold">{title}</p>}
        {children}
      </div>
      {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
    </div>
  );
}
