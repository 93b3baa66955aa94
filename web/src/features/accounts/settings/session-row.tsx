import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Laptop, Smartphone } from "lucide-react";
import type { SessionInfo } from "@/api/person";
import { asProblem } from "@/api/problem";
import { useWorkspace } from "@/api/workspace";
import { problemText } from "@/components/problem-text";
import { ItemRow } from "@/components/row-list";
import { Time } from "@/components/time";
import { toast } from "@/components/toast";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { MethodName } from "./method-name";
import { type SessionList, sessionsKey } from "./sessions";

const isPhone = (device: string) => /android|ios|iphone|ipad/i.test(device);

export function SessionRow({ session }: { session: SessionInfo }) {
  const { t, i18n } = useLingui();
  const { api } = useWorkspace();
  const client = useQueryClient();
  const { id, device, place, ip, method, current } = session;
  const end = useMutation({
    mutationFn: () => api.DELETE("/api/v1/me/sessions/{id}", { params: { path: { id } } }),
    onSuccess: () => {
      client.setQueryData<SessionList>(
        sessionsKey,
        (list) => list && { ...list, items: list.items.filter((other) => other.id !== id) },
      );
      toast(t`${device} is signed out`, { tone: "success" });
    },
    onError: (error) => toast(t`The session was not ended`, { tone: "danger", description: problemText(i18n, asProblem(error)) }),
  });
  const Icon = isPhone(device) ? Smartphone : Laptop;
  return (
    <ItemRow
      icon={<Icon />}
      name={device}
      badge={
        current && (
          <Badge tone="success">
            <Trans>This browser</Trans>
          </Badge>
        )
      }
      actions={
        !current && (
          <Button size="sm" pending={end.isPending} onClick={() => end.mutate()} aria-label={t`Sign out ${device}, ${place}`}>
            <Trans>Sign out</Trans>
          </Button>
        )
      }
    >
      {place} · <span className="break-all">{ip}</span>
      <br />
      <MethodName method={method} /> ·{" "}
      <Trans>
        last used <Time iso={session.last_used_at} />
      </Trans>
    </ItemRow>
  );
}
