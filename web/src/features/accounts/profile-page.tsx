import { Trans, useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { useWorkspace } from "@/api/workspace";
import { usePageTitle } from "@/components/auth-layout";
import { Avatar } from "@/components/ui/avatar";
import { Button, buttonStyle } from "@/components/ui/button";
import { CardSection } from "@/components/ui/card";
import { signOut } from "./sign-out";

export function ProfilePage() {
  const { t } = useLingui();
  const { user } = useWorkspace();
  usePageTitle(t`Profile`);
  return (
    <>
      <CardSection title={<Trans>Profile</Trans>} description={<Trans>How other members see you.</Trans>}>
        <div className="flex items-center gap-4 border-line border-t px-5 py-5">
          <Avatar name={user.name} seed={user.id} size="xl" />
          <dl className="grid min-w-0 flex-1 gap-x-6 gap-y-3 sm:grid-cols-2">
            <div className="min-w-0">
              <dt className="text-sm text-muted">
                <Trans>Name</Trans>
              </dt>
              <dd className="truncate font-medium">{user.name}</dd>
            </div>
            <div className="min-w-0">
              <dt className="text-sm text-muted">
                <Trans>E-mail</Trans>
              </dt>
              <dd className="font-medium break-all">{user.email}</dd>
            </div>
          </dl>
        </div>
      </CardSection>
      <CardSection
        title={<Trans>Password</Trans>}
        description={<Trans>We mail you a link with which you choose a new one. All your sessions end then.</Trans>}
        actions={
          <Link to="/forgot" className={buttonStyle()}>
            <Trans>Change password</Trans>
          </Link>
        }
      />
      <CardSection
        title={<Trans>Sign out</Trans>}
        description={<Trans>Ends your session in this browser.</Trans>}
        actions={
          <Button onClick={() => void signOut()}>
            <Trans>Sign out</Trans>
          </Button>
        }
      />
    </>
  );
}
