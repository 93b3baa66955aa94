import { createFileRoute } from "@tanstack/react-router";
import { SecurityPage } from "@/features/accounts/settings/security-page";
import { AuthenticatorSection } from "@/features/factors/authenticator-section";
import { loadFactorsMessages } from "@/features/factors/messages";
import { PasskeysSection } from "@/features/factors/passkeys-section";

export const Route = createFileRoute("/t/$slug/settings/security")({ loader: loadFactorsMessages, component: Page });

function Page() {
  return (
    <SecurityPage
      factors={
        <>
          <AuthenticatorSection />
          <PasskeysSection />
        </>
      }
    />
  );
}
