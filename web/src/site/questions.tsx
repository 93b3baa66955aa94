import { Trans, useLingui } from "@lingui/react/macro";
import { ChevronDown } from "lucide-react";

export function Questions() {
  const { t } = useLingui();
  const questions = [
    {
      question: t`What happens when a plan is full?`,
      answer: t`You keep every note you have and can go on reading and changing them. Only making new ones waits until there is room or you upgrade.`,
    },
    {
      question: t`What is a seat?`,
      answer: t`One active member of a workspace. Plans without seats have one price, however many people you bring.`,
    },
    {
      question: t`Can I cancel at any time?`,
      answer: t`Yes, by yourself, in the billing settings. The plan runs to the end of the time you paid for and then changes to Free. No note is deleted.`,
    },
    {
      question: t`How does the trial work?`,
      answer: t`You have the whole plan for the days that it says, once for each workspace. The first payment is when they are over; cancel before, and you pay nothing.`,
    },
    {
      question: t`Who sees my card?`,
      answer: t`Our payment provider, Stripe. Card numbers are entered on its pages and never reach our servers.`,
    },
  ];
  return (
    <section className="mx-auto grid max-w-6xl gap-8 px-4 py-20 sm:px-6 sm:py-24 lg:grid-cols-[1fr_2fr]">
      <h2 className="text-3xl font-semibold tracking-[-0.022em]">
        <Trans>Questions</Trans>
      </h2>
      <div className="divide-y divide-line border-line border-y">
        {questions.map(({ question, answer }) => (
          <details key={question} className="group">
            <summary className="flex list-none items-center justify-between gap-4 rounded-sm py-4 text-lg font-medium [&::-webkit-details-marker]:hidden">
              {question}
              <ChevronDown aria-hidden="true" className="size-4 shrink-0 text-muted transition-transform group-open:rotate-180" />
            </summary>
            <p className="max-w-2xl pb-5 text-pretty text-muted">{answer}</p>
          </details>
        ))}
      </div>
    </section>
  );
}
