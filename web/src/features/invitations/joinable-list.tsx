import { Trans, useLingui } from "@lingui/react/macro";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { apiIn, take, userSession } from "@/api/client";
import { asProblem, hasCode, type Problem } from "@/api/problem";
import type { Joinable } from "@/api/types";
import { problemText } from "@/components/problem-text";
import { Avatar } from "@/components/ui/avatar";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";

export function JoinableList({ items }: { items: readonly Joinable[] }) {
  const { t, i18n } = useLingui();
  const navigate = useNavigate();
  const [joining, setJoining] = useState<string>();
  const [problem, setProblem] = useState<Problem>();
  if (items.length === 0) return null;
  const join = async (tenant: string) => {
    setJoining(tenant);
    setProblem(undefined);
    try {
      const path = { tenant_id: tenant };
      const { slug } = await take(apiIn(userSession, "").POST("/api/v1/me/joinable/{tenant_id}/join", { params: { path } }));
      await userSession.renew(""); // what is held does not list the new workspace
      await navigate({ to: "/t/$slug/notes", params: { slug } });
    } catch (error) {
      setProblem(asProblem(error));
      setJoining(undefined);
    }
  };
  return (
    <section aria-labelledby="joinable" className="mt-5 border-line border-t pt-5">
      <h2 id="joinable" className="font-medium">
        <Trans>Open to your address</Trans>
      </h2>
      {problem && (
        <Callout role="alert" tone="danger" className="mt-3">
          {hasCode(problem, "limit_reached") ? (
            <Trans>The plan of this workspace has no free seat. Ask one of its owners.</Trans>
          ) : (
            problemText(i18n, problem)
          )}
        </Callout>
      )}
      <ul className="mt-2 grid grid-cols-1 gap-1">
        {items.map(({ tenant_id: id, name, domain }) => (
          <li key={id} className="flex items-center gap-3 py-1.5">
            <Avatar square name={name} seed={id} size="lg" />
            <span className="min-w-0 flex-1">
              <span className="block truncate font-medium">{name}</span>
              <span className="block truncate text-sm text-muted">
                <Trans>For people at {domain}</Trans>
              </span>
            </span>
            <Button size="sm" pending={joining === id} onClick={() => void join(id)} aria-label={t`Join ${name}`}>
              <Trans>Join</Trans>
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
