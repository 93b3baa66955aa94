import type { MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { useEffect, useRef } from "react";
import type { SkippedInvitation } from "@/api/types";
import { Button } from "@/components/ui/button";

const reasons: Record<SkippedInvitation["reason"], MessageDescriptor> = {
  email_invalid: msg`No address that mail can be sent to`,
  already_member: msg`Is a member already`,
  already_invited: msg`Has an invitation already: send it again from the list`,
  rate_limited: msg`Too many mails were sent lately: try again later`,
};

type Props = { sent: number; skipped: readonly SkippedInvitation[]; onAgain: () => void; onClose: () => void };

/** What became of the invitations. */
export function InviteResult({ sent, skipped, onAgain, onClose }: Props) {
  const { i18n } = useLingui();
  const done = useRef<HTMLButtonElement>(null);
  useEffect(() => done.current?.focus(), []);
  return (
    <div className="mt-4 grid gap-4">
      <p role="status" className="font-medium">
        <Plural
          value={sent}
          _0="No invitation was sent."
          one="# invitation is on its way."
          other="# invitations are on their way."
        />
      </p>
      {skipped.length > 0 && (
        <div>
          <p className="text-muted">
            <Plural value={skipped.length} one="# address was left out:" other="# addresses were left out:" />
          </p>
          <ul className="mt-2 max-h-60 divide-y divide-line overflow-y-auto rounded-lg border border-line">
            {skipped.map(({ email, reason }) => (
              <li key={email} className="px-3 py-2">
                <span className="block font-medium break-all">{email}</span>
                <span className="block text-sm text-muted">{reasons[reason] ? i18n._(reasons[reason]) : reason}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onAgain}>
          <Trans>Invite more</Trans>
        </Button>
        <Button ref={done} variant="primary" onClick={onClose}>
          <Trans>Done</Trans>
        </Button>
      </div>
    </div>
  );
}
