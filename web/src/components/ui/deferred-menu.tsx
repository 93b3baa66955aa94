import { type ComponentType, cloneElement, type LazyExoticComponent, type ReactElement, Suspense, useState } from "react";

export type DeferredMenuProps = { trigger: ReactElement; defaultOpen: boolean };

type ButtonProps = {
  onClick?: () => void;
  onPointerEnter?: () => void;
  onFocus?: () => void;
  "aria-haspopup"?: "menu";
  "aria-expanded"?: boolean;
};

type Props = {
  trigger: ReactElement<ButtonProps>;
  menu: LazyExoticComponent<ComponentType<DeferredMenuProps>>;
  /** Starts the download of the menu; called when the pointer or the focus comes near. */
  preload: () => void;
};

/** A menu whose code arrives when somebody is about to open it. */
export function DeferredMenu({ trigger, menu: Menu, preload }: Props) {
  const [wanted, setWanted] = useState(false);
  const plain = cloneElement(trigger, {
    "aria-haspopup": "menu",
    "aria-expanded": false,
    onClick: () => setWanted(true),
    onPointerEnter: preload,
    onFocus: preload,
  });
  if (!wanted) return plain;
  return (
    <Suspense fallback={plain}>
      <Menu trigger={trigger} defaultOpen />
    </Suspense>
  );
}
