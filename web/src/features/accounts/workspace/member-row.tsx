import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { take } from "@/api/client";
import { asProblem } from "@/api/problem";
import { mayGrant, rolesKey, rolesQuery } from "@/api/roles";
import type { Member } from "@/api/types";
import { useWorkspace } from "@/api/workspace";
import { problemText } from "@/components/problem-text";
import { RoleName } from "@/components/role-name";
import { RoleOptions } from "@/components/role-options";
import { toast } from "@/components/toast";
import { Avatar } from "@/components/ui/avatar";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Select } from "@/components/ui/input";
import { changeMembers } from "./members";

export function MemberRow({ member, onRemove }: { member: Member; onRemove: () => void }) {
  const { i18n, t } = useLingui();
  const { api, tenant, user, can } = useWorkspace();
  const client = useQueryClient();
  const roles = useQuery(rolesQuery(api)).data?.items ?? [];
  const { name } = member;
  const setRole = useMutation({
    mutationFn: (role: string) =>
      take(api.PATCH("/api/v1/members/{user_id}", { params: { path: { user_id: member.user_id } }, body: { role } })),
    onSuccess: (changed) => {
      changeMembers(client, (other) => (other.user_id === member.user_id ? { ...other, ...changed } : other));
      void client.invalidateQueries({ queryKey: rolesKey });
      toast(t`Role of ${name} changed`, { tone: "success" });
    },
    onError: (error) =>
      toast(t`The role of ${name} was not changed`, { tone: "danger", description: problemText(i18n, asProblem(error)) }),
  });
  const self = member.user_id === user.id;
  const grantable = roles.filter((role) => mayGrant(tenant, role));
  const manages = !self && can("members:write") && grantable.some(({ id }) => id === member.role);
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 px-5 py-3">
      <Avatar name={name} seed={member.user_id} size="lg" />
      <span className="min-w-0 flex-1 basis-40">
        <span className="flex items-center gap-2">
          <span className="truncate font-medium">{name}</span>
          {self && (
            <Badge>
              <Trans>You</Trans>
            </Badge>
          )}
        </span>
        <span className="block truncate text-sm text-muted">{member.email}</span>
      </span>
      {manages ? (
        <span className="flex min-w-0 items-center gap-2">
          <Select
            aria-label={t`Role of ${name}`}
            value={setRole.isPending ? setRole.variables : member.role}
            disabled={setRole.isPending}
            onChange={(event) => setRole.mutate(event.currentTarget.value)}
            className="min-w-0 max-w-44"
          >
            <RoleOptions roles={grantable} />
          </Select>
          <Button variant="quietDanger" onClick={onRemove} aria-label={t`Remove ${name}`}>
            <Trans>Remove</Trans>
          </Button>
        </span>
      ) : (
        <span className="text-muted">
          <RoleName role={member.role} name={member.role_name} />
        </span>
      )}
    </li>
  );
}
