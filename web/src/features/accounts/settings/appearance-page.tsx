import type { MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { type ReactNode, useState } from "react";
import { usePageTitle } from "@/components/auth-layout";
import { CardSection } from "@/components/ui/card";
import { chooseTheme, type ThemeChoice, themeChoice, themeChoices } from "@/theme";

const names: Record<ThemeChoice, MessageDescriptor> = { light: msg`Light`, dark: msg`Dark`, system: msg`As on this device` };

export function AppearancePage() {
  const { t, i18n } = useLingui();
  const [choice, setChoice] = useState(themeChoice);
  usePageTitle(t`Appearance`);
  return (
    <CardSection title={<Trans>Appearance</Trans>} description={<Trans>Kept in this browser.</Trans>}>
      <fieldset className="grid gap-3 border-line border-t p-5 sm:grid-cols-3">
        <legend className="sr-only">
          <Trans>Theme</Trans>
        </legend>
        {themeChoices.map((theme) => (
          <label
            key={theme}
            className="group cursor-pointer rounded-lg border border-line p-2 hover:bg-hover has-checked:border-accent has-checked:ring-1 has-checked:ring-accent has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent"
          >
            <Preview theme={theme} />
            <span className="flex items-center gap-2 px-1 pt-2.5 pb-1 font-medium">
              <input
                type="radio"
                name="theme"
                value={theme}
                checked={choice === theme}
                onChange={() => {
                  chooseTheme(theme);
                  setChoice(theme);
                }}
                className="accent-(--accent) outline-none"
              />
              {i18n._(names[theme])}
            </span>
          </label>
        ))}
      </fieldset>
    </CardSection>
  );
}

const light = { ground: "#ffffff", side: "#f1f1f5", line: "#d9d9e2" };
const dark = { ground: "#101014", side: "#1d1d24", line: "#3a3a46" };

function Preview({ theme }: { theme: ThemeChoice }): ReactNode {
  return (
    <svg viewBox="0 0 120 68" aria-hidden="true" className="w-full rounded-md border border-line">
      <Screen {...(theme === "dark" ? dark : light)} />
      {theme === "system" && <Screen {...dark} clip="inset(0 0 0 60px)" />}
    </svg>
  );
}

function Screen({ ground, side, line, clip }: typeof light & { clip?: string }) {
  return (
    <g style={{ clipPath: clip }}>
      <path fill={ground} d="M0 0h120v68H0z" />
      <path fill={side} d="M0 0h34v68H0z" />
      <path fill={line} d="M7 10h20v4H7zM7 20h14v3H7zM7 27h17v3H7zM44 12h40v6H44zM44 26h66v3H44zM44 34h58v3H44zM44 42h62v3H44z" />
    </g>
  );
}
