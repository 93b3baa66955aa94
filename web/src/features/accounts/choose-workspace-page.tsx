import { Trans, useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { ChevronRight, Plus } from "lucide-react";
import type { ReactNode } from "react";
import { signOut } from "@/api/sign-out";
import type { SessionGrant } from "@/api/types";
import { AuthLayout } from "@/components/auth-layout";
import { RoleName } from "@/components/role-name";
import { Avatar } from "@/components/ui/avatar";
import { Badge } from "@/components/ui/badge";
import { buttonStyle } from "@/components/ui/button";
import { textLink } from "@/components/ui/text-link";

type Props = { grant: SessionGrant /** What else can be joined. */; children?: ReactNode };

export function ChooseWorkspacePage({ grant, children }: Props) {
  const { t } = useLingui();
  const { email } = grant.user;
  return (
    <AuthLayout
      title={t`Choose a workspace`}
      description={
        <Trans>
          Signed in as <span className="break-all">{email}</span>
        </Trans>
      }
      footer={
        <button type="button" onClick={() => void signOut()} className={textLink}>
          <Trans>Sign out</Trans>
        </button>
      }
    >
      <ul className="-mx-3 grid grid-cols-1 gap-0.5">
        {grant.tenants.map((tenant) => (
          <li key={tenant.id}>
            <Link
              to="/t/$slug/notes"
              params={{ slug: tenant.slug }}
              className="group flex items-center gap-3 rounded-lg px-3 py-2.5 hover:bg-hover"
            >
              <Avatar square name={tenant.name} seed={tenant.id} size="lg" />
              <span className="min-w-0 flex-1">
                <span className="block truncate font-medium">{tenant.name}</span>
                <span className="block text-sm text-muted">
                  <RoleName role={tenant.role} name={tenant.role_name} />
                </span>
              </span>
              {tenant.status === "suspended" && (
                <Badge tone="warning">
                  <Trans>Suspended</Trans>
                </Badge>
              )}
              <ChevronRight aria-hidden="true" className="size-4 text-muted" />
            </Link>
          </li>
        ))}
      </ul>
      {children}
      <Link to="/new" className={buttonStyle({ className: "mt-4 w-full" })}>
        <Plus aria-hidden="true" />
        <Trans>New workspace</Trans>
      </Link>
    </AuthLayout>
  );
}
