import { Trans, useLingui } from "@lingui/react/macro";
import { Building2, CloudCheck, GitCompareArrows, KeyRound, SquareTerminal, Undo2 } from "lucide-react";

export function Features() {
  const { t } = useLingui();
  const features = [
    {
      icon: <CloudCheck />,
      title: t`Saved while you type`,
      text: t`There is no save button. If the connection drops, your text stays in the page and goes out when you are back.`,
    },
    {
      icon: <GitCompareArrows />,
      title: t`Nobody overwrites anybody`,
      text: t`When two people change the same note, you see both texts side by side and choose. Nothing disappears quietly.`,
    },
    {
      icon: <Undo2 />,
      title: t`Deleting can be undone`,
      text: t`Deleted notes move to the trash, with an undo right after. A slip of the hand costs you a second.`,
    },
    {
      icon: <Building2 />,
      title: t`Workspaces kept apart`,
      text: t`Each workspace is fenced off inside the database itself, so that one team can never read what another wrote.`,
    },
    {
      icon: <KeyRound />,
      title: t`Four clear roles`,
      text: t`Owner, admin, member, viewer. A change takes effect within a second, in every open browser.`,
    },
    {
      icon: <SquareTerminal />,
      title: t`An API for all of it`,
      text: t`Whatever the app does, a program can do. The reference is complete, and you can try each call on the page.`,
    },
  ];
  return (
    <section id="features" className="mx-auto max-w-6xl px-4 py-20 sm:px-6 sm:py-24">
      <h2 className="max-w-2xl text-3xl leading-tight font-semibold tracking-[-0.022em]">
        <Trans>Made so that you can stop worrying about the tool</Trans>
      </h2>
      <ul className="mt-10 grid gap-x-10 gap-y-10 sm:grid-cols-2 lg:grid-cols-3">
        {features.map(({ icon, title, text }) => (
          <li key={title}>
            <span
              aria-hidden="true"
              className="inline-flex size-9 items-center justify-center rounded-lg bg-accent-soft text-accent-text [&_svg]:size-4.5"
            >
              {icon}
            </span>
            <h3 className="mt-4 text-lg font-semibold">{title}</h3>
            <p className="mt-1 text-pretty text-muted">{text}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}
