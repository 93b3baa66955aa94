import { Trans, useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { apiIn, publicApi, take, userSession } from "@/api/client";
import { hasCode, type Problem } from "@/api/problem";
import { keepInTab } from "@/api/tab-storage";
import type { OpenInvitation, SessionGrant } from "@/api/types";
import { AuthLayout } from "@/components/auth-layout";
import { Field, Form, SubmitButton } from "@/components/form";
import { PasswordInput } from "@/components/password-input";
import { RoleName } from "@/components/role-name";
import { Button, buttonStyle } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import type { InviteActions } from "./invite-page";

const here = "/invite";
const minPasswordLength = 15;

type Props = InviteActions & {
  token: string;
  invitation: OpenInvitation;
  /** Who is signed in here, if anybody. */
  person: SessionGrant | null;
  onJoined: (slug: string) => Promise<void>;
  /** The address has got an account since the page was opened: asks for the invitation anew. */
  onRegistered: () => Promise<unknown>;
};

export function InvitationCard(props: Props) {
  const { t } = useLingui();
  const { invitation, person } = props;
  const { tenant_name: workspace, inviter, email, role_name: role } = invitation;
  const theirs = person?.user.email === email;
  return (
    <AuthLayout
      title={t`Join ${workspace}`}
      description={
        <>
          <p>
            {inviter ? (
              <Trans>
                {inviter} invites you to <strong className="font-semibold text-ink">{workspace}</strong> as{" "}
                <RoleName role={role} name={role} />.
              </Trans>
            ) : (
              <Trans>
                You are invited to <strong className="font-semibold text-ink">{workspace}</strong> as{" "}
                <RoleName role={role} name={role} />.
              </Trans>
            )}
          </p>
          <p className="mt-1">
            <Trans>
              The invitation is for <span className="break-all text-ink">{email}</span>.
            </Trans>
          </p>
        </>
      }
    >
      {theirs ? (
        <Accept {...props} />
      ) : person ? (
        <SomebodyElse {...props} signedIn={person.user.email} />
      ) : invitation.registered ? (
        <SignInFirst token={props.token} />
      ) : (
        <NewAccount {...props} />
      )}
    </AuthLayout>
  );
}

// The same everywhere on this page: the plan of somebody else's workspace has no room.
function explain(problem: Problem) {
  if (problem.code !== "limit_reached") return undefined;
  return <Trans>The plan of this workspace has no free seat. Ask who invited you, then open this page again.</Trans>;
}

function Accept({ token, onJoined }: Props) {
  const [api] = useState(() => apiIn(userSession, ""));
  return (
    <Form
      explain={explain}
      onSubmit={async () => {
        const { slug } = await take(api.POST("/api/v1/invitations/accept", { body: { token } }));
        await userSession.renew(""); // what is held does not list the new workspace
        await onJoined(slug);
      }}
    >
      <SubmitButton className="w-full">
        <Trans>Accept invitation</Trans>
      </SubmitButton>
    </Form>
  );
}

function SomebodyElse({ token, signedIn, signOut }: Props & { signedIn: string }) {
  const [leaving, setLeaving] = useState(false);
  const leave = async () => {
    keepInTab("invitation", token);
    setLeaving(true);
    await signOut(here);
    setLeaving(false);
  };
  return (
    <div className="grid gap-4">
      <p>
        <Trans>
          You are signed in as <span className="break-all font-medium">{signedIn}</span>. Sign out to go on with the address that
          was invited, or ask for an invitation to this one.
        </Trans>
      </p>
      <Button variant="primary" pending={leaving} onClick={() => void leave()} className="w-full">
        <Trans>Sign out and go on</Trans>
      </Button>
      <Link to="/t" className={buttonStyle({ className: "w-full" })}>
        <Trans>Stay signed in</Trans>
      </Link>
    </div>
  );
}

function SignInFirst({ token }: { token: string }) {
  return (
    <div className="grid gap-4">
      <p>
        <Trans>This address has an account. Sign in with it to accept; you come back here then.</Trans>
      </p>
      <Link
        to="/sign-in"
        search={{ next: here }}
        onClick={() => keepInTab("invitation", token)}
        className={buttonStyle({ variant: "primary", className: "w-full" })}
      >
        <Trans>Sign in to accept</Trans>
      </Link>
    </div>
  );
}

function NewAccount({ token, invitation, enter, onJoined, onRegistered }: Props) {
  return (
    <Form
      explain={explain}
      onSubmit={async ({ name = "", password = "" }) => {
        try {
          const body = { token, name, password };
          const grant = await take(publicApi.POST("/api/v1/invitations/accept-new", { body }));
          enter(grant);
          await onJoined(grant.tenant?.slug ?? grant.tenants[0]?.slug ?? "");
        } catch (error) {
          if (!hasCode(error, "account_exists")) throw error;
          await onRegistered();
        }
      }}
    >
      {/* For password managers: the account's name beside its new password. */}
      <input type="hidden" name="username" autoComplete="username" value={invitation.email} readOnly />
      <Field name="name" label={<Trans>Your name</Trans>}>
        {(control) => <Input {...control} autoComplete="name" required autoFocus maxLength={100} />}
      </Field>
      <Field
        name="password"
        label={<Trans>Password</Trans>}
        hint={
          <Trans>At least {minPasswordLength} characters. A few words in a row are easy to remember and hard to guess.</Trans>
        }
      >
        {(control) => <PasswordInput {...control} autoComplete="new-password" required minLength={minPasswordLength} />}
      </Field>
      <SubmitButton className="w-full">
        <Trans>Create account and join</Trans>
      </SubmitButton>
    </Form>
  );
}
