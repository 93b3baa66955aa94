import { Trans } from "@lingui/react/macro";
import { Check, CloudOff, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { Time } from "@/components/time";
import { cn } from "@/components/ui/cn";
import { Spinner } from "@/components/ui/spinner";
import type { SaveState } from "./autosave";

/** Says whether the text is safe, in the same place always. */
export function SaveStatus({ state }: { state: SaveState }) {
  const { icon, text, bad } = words(state);
  return (
    <p className="flex min-w-0 flex-1 items-center gap-x-2 text-sm text-muted">
      <span
        role="status"
        className={cn("inline-flex items-center gap-1.5 [&_svg]:size-3.5", bad && "font-medium text-danger-text")}
      >
        {icon}
        {text}
      </span>
      {state.status === "saved" && <Time iso={state.saved.updated_at} className="truncate before:mr-2 before:content-['·']" />}
    </p>
  );
}

function words({ status }: SaveState): { icon: ReactNode; text: ReactNode; bad?: boolean } {
  switch (status) {
    case "saved":
      return { icon: <Check aria-hidden="true" />, text: <Trans>Saved</Trans> };
    case "edited":
    case "saving":
      return { icon: <Spinner />, text: <Trans>Saving</Trans> };
    case "retrying":
      return { icon: <CloudOff aria-hidden="true" />, text: <Trans>Not saved yet, trying again</Trans>, bad: true };
    default:
      return { icon: <TriangleAlert aria-hidden="true" />, text: <Trans>Not saved</Trans>, bad: true };
  }
}
