import { Trans, useLingui } from "@lingui/react/macro";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { apiIn, take, userSession } from "@/api/client";
import { signOut } from "@/api/sign-out";
import type { SessionGrant } from "@/api/types";
import { AuthLayout } from "@/components/auth-layout";
import { Field, Form, SubmitButton } from "@/components/form";
import { Input } from "@/components/ui/input";
import { textLink } from "@/components/ui/text-link";

export function NewWorkspacePage({ grant }: { grant: SessionGrant }) {
  const { t } = useLingui();
  const navigate = useNavigate();
  const [api] = useState(() => apiIn(userSession, ""));
  const first = grant.tenants.length === 0;
  return (
    <AuthLayout
      title={first ? t`Create your first workspace` : t`Create a workspace`}
      description={<Trans>A workspace holds the notes, the members and the plan of one team.</Trans>}
      footer={
        first ? (
          <button type="button" onClick={() => void signOut()} className={textLink}>
            <Trans>Sign out</Trans>
          </button>
        ) : (
          <Link to="/t" className={textLink}>
            <Trans>Back to your workspaces</Trans>
          </Link>
        )
      }
    >
      <Form
        onSubmit={async ({ name = "" }) => {
          const tenant = await take(api.POST("/api/v1/tenants", { body: { name } }));
          await navigate({ to: "/t/$slug/notes", params: { slug: tenant.slug } });
        }}
      >
        <Field
          name="name"
          label={<Trans>Workspace name</Trans>}
          hint={<Trans>Most people use the name of their company or team.</Trans>}
        >
          {(control) => (
            <Input {...control} autoComplete="organization" required autoFocus maxLength={80} placeholder={t`Acme`} />
          )}
        </Field>
        <SubmitButton className="w-full">
          <Trans>Create workspace</Trans>
        </SubmitButton>
      </Form>
    </AuthLayout>
  );
}
