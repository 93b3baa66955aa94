import { Trans, useLingui } from "@lingui/react/macro";
import { Link, useLocation } from "@tanstack/react-router";
import { AuthLayout } from "@/components/auth-layout";
import { textLink } from "@/components/ui/text-link";

type Props = { purpose: "sign-up" | "reset" };

export function CheckMailPage({ purpose }: Props) {
  const { t } = useLingui();
  const email = useLocation({ select: (location) => location.state.email });
  return (
    <AuthLayout
      title={t`Check your mail`}
      footer={
        <Link to="/sign-in" className={textLink}>
          <Trans>Back to sign in</Trans>
        </Link>
      }
    >
      <div className="grid gap-4">
        <p role="status" className="text-pretty">
          {purpose === "sign-up" ? <SignUpText email={email} /> : <ResetText email={email} />}
        </p>
        <p className="text-sm text-pretty text-muted">
          <Trans>
            Nothing there after a minute? Look in the spam folder, or{" "}
            <Link to={purpose === "sign-up" ? "/sign-up" : "/forgot"} className={textLink}>
              send it again
            </Link>
            . The newest link is the one that works.
          </Trans>
        </p>
      </div>
    </AuthLayout>
  );
}

function SignUpText({ email }: { email: string | undefined }) {
  if (!email) return <Trans>We sent you a mail. Open the link in it to go on.</Trans>;
  return (
    <Trans>
      We sent a mail to <strong className="font-semibold break-all">{email}</strong>. Open the link in it to go on.
    </Trans>
  );
}

function ResetText({ email }: { email: string | undefined }) {
  if (!email) return <Trans>If there is an account for that address, we sent it a link for a new password.</Trans>;
  return (
    <Trans>
      If there is an account for <strong className="font-semibold break-all">{email}</strong>, we sent it a link for a new
      password.
    </Trans>
  );
}
