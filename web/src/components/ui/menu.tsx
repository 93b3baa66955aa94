import { DropdownMenu as Radix } from "radix-ui";
import type { ComponentProps, ReactNode } from "react";
import { cn } from "./cn";

type Props = {
  trigger: ReactNode;
  label: string;
  children: ReactNode;
  align?: "start" | "end";
  defaultOpen?: boolean;
  wide?: boolean;
};

/** A menu that opens from its trigger, which must be a button. Import it lazily. */
export function Menu({ trigger, label, children, align = "start", defaultOpen, wide = false }: Props) {
  return (
    <Radix.Root defaultOpen={defaultOpen} modal={false}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align={align}
          sideOffset={6}
          collisionPadding={8}
          aria-label={label}
          className={cn(
            "z-50 max-h-(--radix-dropdown-menu-content-available-height) animate-enter overflow-y-auto rounded-lg border border-line bg-surface p-1 shadow-pop",
            wide ? "w-64" : "min-w-44",
          )}
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

export const menuItemStyle =
  "flex min-h-8 w-full select-none items-center gap-2.5 rounded-md px-2 py-1 text-left text-base text-ink outline-none data-highlighted:bg-hover [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-muted";

export function MenuItem({ className, ...rest }: ComponentProps<typeof Radix.Item>) {
  return <Radix.Item {...rest} className={cn(menuItemStyle, className)} />;
}

export function MenuSeparator() {
  return <Radix.Separator className="-mx-1 my-1 h-px bg-line" />;
}

export function MenuLabel({ children }: { children: ReactNode }) {
  return <Radix.Label className="px-2 pt-1.5 pb-1 text-xs font-medium text-muted">{children}</Radix.Label>;
}
