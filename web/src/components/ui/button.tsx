import { cva, type VariantProps } from "class-variance-authority";
import type { ComponentProps } from "react";
import { cn } from "./cn";
import { Spinner } from "./spinner";

export const buttonStyle = cva(
  "inline-flex shrink-0 select-none items-center justify-center gap-2 whitespace-nowrap rounded-md font-medium transition-colors disabled:opacity-60 aria-disabled:opacity-60 [&_svg]:size-4 [&_svg]:shrink-0",
  {
    variants: {
      variant: {
        primary: "bg-accent text-accent-ink shadow-card hover:bg-accent-hover",
        secondary: "border border-line bg-surface text-ink shadow-card hover:bg-hover",
        ghost: "text-muted hover:bg-hover hover:text-ink",
        danger: "bg-danger text-danger-ink shadow-card hover:bg-danger-hover",
        quietDanger: "border border-line bg-surface text-danger-text shadow-card hover:bg-danger-soft",
        link: "h-auto! px-0! font-medium text-accent-text underline-offset-4 hover:underline",
      },
      size: {
        sm: "h-8 px-2.5 text-sm",
        md: "h-9 px-3.5 text-base",
        lg: "h-11 px-5 text-lg",
        icon: "size-9",
        iconSm: "size-8",
      },
    },
    defaultVariants: { variant: "secondary", size: "md" },
  },
);

export type ButtonStyle = VariantProps<typeof buttonStyle>;

type Props = ComponentProps<"button"> & ButtonStyle & { pending?: boolean };

/** A button; while pending it shows so, keeps its width and focus, and ignores clicks. */
export function Button({ variant, size, pending = false, className, children, onClick, type = "button", ...rest }: Props) {
  return (
    <button
      {...rest}
      type={type}
      aria-disabled={pending || undefined}
      onClick={pending ? (event) => event.preventDefault() : onClick}
      className={cn(buttonStyle({ variant, size }), pending && "relative", className)}
    >
      {pending ? (
        <>
          <span className="invisible contents">
            <span className="invisible inline-flex items-center gap-2">{children}</span>
          </span>
          <Spinner className="absolute" />
        </>
      ) : (
        children
      )}
    </button>
  );
}
