import { createFileRoute } from "@tanstack/react-router";
import { ProfilePage } from "@/features/accounts/settings/profile-page";
import { IdentitiesSection } from "@/features/identities/identities-section";
import { loadIdentitiesMessages } from "@/features/identities/messages";

export const Route = createFileRoute("/t/$slug/settings/profile")({ loader: loadIdentitiesMessages, component: Page });

function Page() {
  return <ProfilePage signInMethods={<IdentitiesSection />} />;
}
