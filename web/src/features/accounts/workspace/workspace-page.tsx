import { useLingui } from "@lingui/react/macro";
import { useWorkspace } from "@/api/workspace";
import { usePageTitle } from "@/components/auth-layout";
import { AddressSection } from "./address-section";
import { LeaveSection } from "./leave-section";
import { NameSection } from "./name-section";
import { SecondFactorSection } from "./second-factor-section";
import { TransferSection } from "./transfer-section";

/** What the workspace is called and where it is, how it is guarded, and who owns it. */
export function WorkspacePage() {
  const { t } = useLingui();
  const { can, tenant } = useWorkspace();
  usePageTitle(t`Workspace`);
  return (
    <>
      <NameSection />
      <AddressSection />
      <SecondFactorSection />
      {can("tenant:security") && tenant.role === "owner" && <TransferSection />}
      <LeaveSection />
    </>
  );
}
