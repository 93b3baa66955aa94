import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { take } from "@/api/client";
import { Problem } from "@/api/problem";
import { mayGrant, rolesQuery } from "@/api/roles";
import { seatsQuery } from "@/api/seats";
import type { SkippedInvitation } from "@/api/types";
import { useWorkspace } from "@/api/workspace";
import { Field, Form, SubmitButton } from "@/components/form";
import { RoleOptions } from "@/components/role-options";
import { ErrorState } from "@/components/states";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { Dialog } from "@/components/ui/dialog";
import { Select, Textarea } from "@/components/ui/input";
import { Skeleton } from "@/components/ui/skeleton";
import { mostAddresses, readAddresses } from "./addresses";
import { invitationsKey } from "./invitations";
import { InviteResult } from "./invite-result";

const mostShown = 5;

type Result = { sent: number; skipped: SkippedInvitation[] };

/** Invites many people at once, and says what became of each. */
export function InviteDialog({ onClose }: { onClose: () => void }) {
  const [result, setResult] = useState<Result>();
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={<Trans>Invite people</Trans>}
      description={!result && <Trans>Each gets a mail with a link that works for 7 days.</Trans>}
    >
      {result ? (
        <InviteResult {...result} onAgain={() => setResult(undefined)} onClose={onClose} />
      ) : (
        <InviteForm onDone={setResult} onClose={onClose} />
      )}
    </Dialog>
  );
}

function InviteForm({ onDone, onClose }: { onDone: (result: Result) => void; onClose: () => void }) {
  const { t } = useLingui();
  const { api, tenant } = useWorkspace();
  const client = useQueryClient();
  const roles = useQuery(rolesQuery(api));
  const [text, setText] = useState("");
  const [left, setLeft] = useState(false);
  const { valid, invalid } = readAddresses(text);
  const grantable = roles.data?.items.filter((role) => mayGrant(tenant, role)) ?? [];
  if (roles.isError && !roles.data) return <ErrorState error={roles.error} onRetry={() => void roles.refetch()} />;

  const send = async ({ role = "" }: Record<string, string>) => {
    setLeft(true);
    const problem =
      invalid.length > 0
        ? t`Mend or remove what is no address.`
        : valid.length > mostAddresses
          ? t`Invite at most ${mostAddresses} people at a time.`
          : undefined;
    if (problem) throw new Problem(422, { errors: [{ location: "body.emails", message: problem }] });
    const { items, skipped } = await take(api.POST("/api/v1/invitations", { body: { emails: valid, role } }));
    void client.invalidateQueries({ queryKey: invitationsKey });
    onDone({ sent: items.length, skipped });
  };

  return (
    <Form onSubmit={send} className="mt-5 grid gap-4">
      <Field
        name="emails"
        label={<Trans>E-mail addresses</Trans>}
        hint={<Trans>Type or paste as many as you like, by comma, space or line.</Trans>}
      >
        {(control) => (
          <Textarea
            {...control}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            onBlur={() => setLeft(true)}
            required
            autoFocus
            rows={4}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            placeholder="ada@example.com, ben@example.com"
          />
        )}
      </Field>
      <p role="status" className="-mt-2 text-sm text-muted empty:hidden">
        {valid.length > 0 && <Plural value={valid.length} one="# address" other="# addresses" />}
      </p>
      {left && <Mistyped parts={invalid} />}
      <Field
        name="role"
        label={<Trans>Role</Trans>}
        hint={<Trans>You can give the roles that reach no further than yours.</Trans>}
      >
        {(control) =>
          roles.data ? (
            <Select {...control} defaultValue="member" className="w-full">
              <RoleOptions roles={grantable} />
            </Select>
          ) : (
            <Skeleton className="h-9" />
          )
        }
      </Field>
      <SeatsHint wanted={valid.length} />
      <div className="mt-1 flex flex-wrap justify-end gap-2">
        <Button onClick={onClose}>
          <Trans>Cancel</Trans>
        </Button>
        <SubmitButton disabled={!roles.data}>
          <Trans>Send invitations</Trans>
        </SubmitButton>
      </div>
    </Form>
  );
}

function Mistyped({ parts }: { parts: readonly string[] }) {
  if (parts.length === 0) return null;
  const more = parts.length - mostShown;
  return (
    <div className="-mt-2 text-sm">
      <p className="text-danger-text">
        <Plural value={parts.length} one="This is no e-mail address:" other="These are no e-mail addresses:" />
      </p>
      <ul className="mt-1 grid gap-1">
        {parts.slice(0, mostShown).map((part) => (
          <li key={part} className="truncate font-mono text-xs">
            {part}
          </li>
        ))}
        {more > 0 && (
          <li className="text-muted">
            <Plural value={more} one="and # more" other="and # more" />
          </li>
        )}
      </ul>
    </div>
  );
}

/** Seats are taken when people accept, so that more can be invited than there is room for. */
function SeatsHint({ wanted }: { wanted: number }) {
  const { api, can } = useWorkspace();
  const { data: seats } = useQuery({ ...seatsQuery(api), enabled: can("billing:read") });
  if (!seats || seats.limit < 0 || wanted <= seats.limit - seats.used) return null;
  const free = Math.max(0, seats.limit - seats.used);
  return (
    <Callout role="status" tone="warning">
      <Plural
        value={free}
        _0="Your plan has no free seat. Whoever accepts has to wait until there is one."
        one="Your plan has # free seat. Whoever accepts after that has to wait until there is another."
        other="Your plan has # free seats. Whoever accepts after that has to wait until there are more."
      />
    </Callout>
  );
}
