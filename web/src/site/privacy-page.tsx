import { Trans, useLingui } from "@lingui/react/macro";
import { brand } from "@/brand";
import { LegalPage } from "./legal-page";

export function PrivacyPage() {
  const { t } = useLingui();
  const { supportEmail } = brand;
  return (
    <LegalPage
      title={<Trans>Privacy</Trans>}
      sections={[
        {
          title: t`What we keep`,
          text: t`Your name, your e-mail address, what you write, and a record of important actions with the time and the address they came from.`,
        },
        {
          title: t`What we don't do`,
          text: t`These pages load nothing from other sites, set no cookie before you sign in, and contain no trackers.`,
        },
        {
          title: t`Who else sees it`,
          text: t`The members of your workspace. Our payment provider gets what it needs to charge you. Nobody gets your notes.`,
        },
        {
          title: t`Cookies`,
          text: t`One cookie keeps you signed in. The colour theme is remembered in your browser and never sent.`,
        },
        { title: t`Your rights`, text: t`Write to ${supportEmail} to see, correct or delete what we hold about you.` },
      ]}
    />
  );
}
