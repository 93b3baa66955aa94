import { useLingui } from "@lingui/react/macro";
import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import { type ReactNode, useCallback, useState } from "react";
import { cn } from "./cn";

type Props = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  description?: ReactNode;
  children?: ReactNode;
  side?: boolean;
  wide?: boolean;
};

/** A dialog that traps and returns focus: in the middle, or as a drawer at the left side. Import it lazily. */
export function Dialog({ open, onOpenChange, title, description, children, side = false, wide = false }: Props) {
  const { t } = useLingui();
  const { content, returnFocus } = useOpener();
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-fade bg-[rgb(10_10_15/0.5)]" />
        <Radix.Content
          ref={content}
          onCloseAutoFocus={returnFocus}
          aria-describedby={description ? undefined : ""}
          className={cn(
            "fixed z-50 flex flex-col bg-surface shadow-pop outline-none",
            side
              ? "inset-y-0 left-0 w-72 max-w-[85vw] animate-fade border-line border-r"
              : "top-1/2 left-1/2 max-h-[calc(100dvh-2rem)] w-[calc(100vw-2rem)] -translate-x-1/2 -translate-y-1/2 animate-fade overflow-y-auto rounded-xl border border-line p-6",
            !side && (wide ? "max-w-2xl" : "max-w-md"),
          )}
        >
          <Radix.Title className={cn("pr-8 text-lg font-semibold", side && "sr-only")}>{title}</Radix.Title>
          {description && <Radix.Description className="mt-1.5 text-muted">{description}</Radix.Description>}
          {children}
          <Radix.Close
            aria-label={t`Close`}
            className="absolute top-4 right-4 inline-flex size-8 items-center justify-center rounded-md text-muted hover:bg-hover hover:text-ink"
          >
            <X aria-hidden="true" className="size-4" />
          </Radix.Close>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

const openers = new WeakMap<Element, Element>();

/** Gives the focus back to what had it when the dialog opened. Where that was a dialog that is gone, to what had opened that one. */
function useOpener() {
  const [opener] = useState(() => document.activeElement);
  const content = useCallback(
    (element: HTMLElement | null) => {
      if (element && opener) openers.set(element, opener);
    },
    [opener],
  );
  const returnFocus = (event: Event) => {
    event.preventDefault();
    let target: Element | null | undefined = opener;
    while (target && !target.isConnected) {
      const dialog: Element | null = target.closest("[role=dialog]");
      target = dialog && openers.get(dialog);
    }
    (target instanceof HTMLElement ? target : document.getElementById("content"))?.focus();
  };
  return { content, returnFocus };
}
