import { useLingui } from "@lingui/react/macro";
import type { ReactNode } from "react";
import { usePageTitle } from "@/components/auth-layout";
import { ActivitySection } from "./activity-section";
import { PasswordSection } from "./password-section";
import { SessionsSection } from "./sessions-section";

/** How the person gets in and where they are in; `factors` stands where the second factor and the passkeys are managed. */
export function SecurityPage({ factors }: { factors: ReactNode }) {
  const { t } = useLingui();
  usePageTitle(t`Security`);
  return (
    <>
      <PasswordSection />
      {factors}
      <SessionsSection />
      <ActivitySection />
    </>
  );
}
