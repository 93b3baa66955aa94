import { Trans, useLingui } from "@lingui/react/macro";
import { usePageTitle } from "@/components/auth-layout";
import { Card } from "@/components/ui/card";
import { AuditList } from "./audit-list";

export function AuditPage() {
  const { t } = useLingui();
  usePageTitle(t`Audit log`);
  return (
    <>
      <h1 className="text-2xl font-semibold">
        <Trans>Audit log</Trans>
      </h1>
      <p className="mt-0.5 text-muted">
        <Trans>What was done in all workspaces, newest first.</Trans>
      </p>
      <Card className="mt-5 overflow-hidden [&>div]:border-t-0">
        <AuditList />
      </Card>
    </>
  );
}
