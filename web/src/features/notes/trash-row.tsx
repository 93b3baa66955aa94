import { Trans, useLingui } from "@lingui/react/macro";
import { Undo2 } from "lucide-react";
import type { Note } from "@/api/types";
import { Button } from "@/components/ui/button";
import { NoteSummary } from "./note-row";

type Props = { note: Note /** Absent for who may only read. */; onRestore?: (note: Note) => void };

export function TrashRow({ note, onRestore }: Props) {
  const { t } = useLingui();
  const { title } = note;
  return (
    <li className="flex h-21 items-center gap-3 px-4">
      <div className="min-w-0 flex-1">
        <NoteSummary note={note} at={note.deleted_at ?? note.updated_at} />
      </div>
      {onRestore && (
        <Button size="sm" aria-label={t`Restore ${title}`} onClick={() => onRestore(note)}>
          <Undo2 aria-hidden="true" />
          <Trans>Restore</Trans>
        </Button>
      )}
    </li>
  );
}
