import { Trans } from "@lingui/react/macro";
import type { ReactNode } from "react";
import type { Note } from "@/api/types";
import { Time } from "@/components/time";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import type { Text } from "./autosave";

type Props = { mine: Text; theirs: Note; onKeepMine: () => void; onTakeTheirs: () => void };

/** Two people changed the note: shows both texts and lets the person choose. Writing can go on meanwhile. */
export function ConflictPanel({ mine, theirs, onKeepMine, onTakeTheirs }: Props) {
  return (
    <Callout role="alert" tone="warning" title={<Trans>This note was changed somewhere else</Trans>} className="mb-6">
      <p>
        <Trans>Nothing is lost. Choose which text the note has from now on; you can copy parts of the other first.</Trans>
      </p>
      <div className="mt-3 grid gap-3 sm:grid-cols-2">
        <Version title={<Trans>Your text</Trans>} text={mine} action={<Trans>Keep mine</Trans>} onChoose={onKeepMine} />
        <Version
          title={
            <>
              <Trans>The other text</Trans> <Time iso={theirs.updated_at} className="font-normal" />
            </>
          }
          text={theirs}
          action={<Trans>Take theirs</Trans>}
          onChoose={onTakeTheirs}
        />
      </div>
    </Callout>
  );
}

function Version({ title, text, action, onChoose }: { title: ReactNode; text: Text; action: ReactNode; onChoose: () => void }) {
  return (
    <section className="flex flex-col rounded-lg border border-line bg-surface p-3 text-ink">
      <h2 className="text-sm font-semibold">{title}</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <div tabIndex={0} className="mt-2 max-h-48 flex-1 overflow-y-auto text-sm whitespace-pre-wrap [overflow-wrap:anywhere]">
        <p className="font-semibold">{text.title}</p>
        {text.body}
      </div>
      <Button size="sm" className="mt-3 self-start" onClick={onChoose}>
        {action}
      </Button>
    </section>
  );
}
