import { Trans, useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { publicApi } from "@/api/client";
import { AuthLayout } from "@/components/auth-layout";
import { Form, SubmitButton } from "@/components/form";
import { buttonStyle } from "@/components/ui/button";

/** The end of changing one's address: the token from the mail's link is spent by a click, never by opening the page. */
export function ConfirmEmailPage({ token }: { token: string }) {
  const { t } = useLingui();
  const [done, setDone] = useState(false);
  if (!token)
    return (
      <AuthLayout
        title={t`This link is not complete`}
        description={<Trans>Part of the address is missing. Open the link in the mail again.</Trans>}
      >
        <ToWorkspaces />
      </AuthLayout>
    );
  if (done)
    return (
      <AuthLayout title={t`Your address is changed`}>
        <p role="status" className="mb-6 text-pretty">
          <Trans>From now on you sign in with the new one, and we write to it. Everywhere else you are signed out.</Trans>
        </p>
        <ToWorkspaces />
      </AuthLayout>
    );
  return (
    <AuthLayout
      title={t`Confirm your new address`}
      description={<Trans>Your account moves to this address when you confirm it.</Trans>}
    >
      <Form
        explain={(problem) =>
          problem.code === "link_invalid" ? (
            <Trans>This link has been used, was canceled or is too old. Ask for a new one in your profile.</Trans>
          ) : undefined
        }
        onSubmit={async () => {
          await publicApi.POST("/api/v1/email/confirm", { body: { token } });
          setDone(true);
        }}
      >
        <SubmitButton className="w-full">
          <Trans>Confirm this address</Trans>
        </SubmitButton>
      </Form>
    </AuthLayout>
  );
}

function ToWorkspaces() {
  return (
    <Link to="/t" className={buttonStyle({ variant: "primary", className: "w-full" })}>
      <Trans>Go to your workspaces</Trans>
    </Link>
  );
}
