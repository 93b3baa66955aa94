import { useLingui } from "@lingui/react/macro";
import { Check, NotebookText, Settings } from "lucide-react";
import { Avatar } from "@/components/ui/avatar";
import { cn } from "@/components/ui/cn";

/** A drawing of the app in its own colours: sharp at every size, and light or dark like the page. */
export function ProductPicture() {
  const { t } = useLingui();
  const notes = [
    { title: t`Launch checklist`, text: t`Status page, on-call, release notes`, time: t`2 minutes ago`, open: true },
    { title: t`Interview questions`, text: t`What would you change first?`, time: t`1 hour ago` },
    { title: t`Pricing research`, text: t`Five calls, three surprises`, time: t`yesterday` },
    { title: t`Offsite in May`, text: t`Lisbon or Ghent, 14 people`, time: t`3 days ago` },
  ];
  return (
    <div
      role="img"
      aria-label={t`The app: a list of shared notes, and beside it an open note that says it is saved`}
      className="mx-auto mt-14 max-w-5xl translate-y-px overflow-hidden rounded-t-xl border border-line border-b-0 bg-canvas shadow-pop"
    >
      <div aria-hidden="true" className="flex h-84 text-left sm:h-100">
        <div className="hidden w-48 shrink-0 flex-col gap-4 border-line border-r bg-subtle p-3 md:flex">
          <div className="flex items-center gap-2.5 px-1 font-semibold">
            <Avatar square name="Northwind" seed="n" /> Northwind
          </div>
          <div className="grid gap-0.5 [&_svg]:size-4">
            <span className="flex h-8 items-center gap-2.5 rounded-md bg-active px-2.5 font-medium">
              <NotebookText /> {t`Notes`}
            </span>
            <span className="flex h-8 items-center gap-2.5 rounded-md px-2.5 font-medium text-muted">
              <Settings /> {t`Settings`}
            </span>
          </div>
          <div className="mt-auto flex items-center gap-2.5 px-1">
            <Avatar name="Mira Castel" seed="ab" /> <span className="font-medium">Mira Castel</span>
          </div>
        </div>
        <div className="hidden w-64 shrink-0 divide-y divide-line border-line border-r sm:block">
          {notes.map(({ title, text, time, open }) => (
            <div key={title} className={cn("px-4 py-2.5", open && "bg-accent-soft")}>
              <p className="truncate font-semibold">{title}</p>
              <p className="truncate text-sm text-muted">{text}</p>
              <p className="mt-1 text-xs text-muted">{time}</p>
            </div>
          ))}
        </div>
        <div className="min-w-0 flex-1">
          <div className="flex h-12 items-center gap-1.5 border-line border-b px-5 text-sm text-muted">
            <Check className="size-3.5" /> {t`Saved`}
          </div>
          <div className="px-6 py-6 sm:px-10">
            <p className="text-2xl font-semibold tracking-tight">{t`Launch checklist`}</p>
            <div className="mt-4 grid gap-2 text-lg">
              <p>{t`Everything that must be true before Thursday:`}</p>
              <p>{t`1. The status page answers from outside.`}</p>
              <p>{t`2. Two people are on call, and both know it.`}</p>
              <p>{t`3. The release notes say what changes for customers.`}</p>
              <p className="text-muted">
                {t`4. Support has read`}
                <span className="ml-0.5 inline-block h-5 w-0.5 translate-y-1 bg-accent" />
              </p>
            </div>
          </div>
        </div>
      </div>
    </div>
  );
}
