import { Trans, useLingui } from "@lingui/react/macro";
import { brand } from "@/brand";
import { LegalPage } from "./legal-page";

export function TermsPage() {
  const { t } = useLingui();
  const { company, supportEmail } = brand;
  return (
    <LegalPage
      title={<Trans>Terms</Trans>}
      sections={[
        {
          title: t`What you get`,
          text: t`${company} gives you a place to write and share notes, within the limits of the plan you chose.`,
        },
        {
          title: t`What stays yours`,
          text: t`What you write belongs to you. We store and show it only so that you and your members can use it.`,
        },
        {
          title: t`Paying`,
          text: t`Paid plans are charged a month ahead. You can cancel at any time; the plan then ends with the paid month.`,
        },
        {
          title: t`Fair use`,
          text: t`Don't break the law with it, don't attack it, and don't try to reach what belongs to others. We may suspend a workspace that does, and tell its owner why.`,
        },
        { title: t`Contact`, text: t`Write to ${supportEmail}.` },
      ]}
    />
  );
}
