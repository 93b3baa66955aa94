import { Trans } from "@lingui/react/macro";
import { brand } from "@/brand";

/** What the app's page holds before the app has started in it. */
export function AppPage() {
  const { name } = brand;
  return (
    <>
      <div id="app" />
      <noscript>
        <p className="p-6">
          <Trans>{name} needs JavaScript to run.</Trans>
        </p>
      </noscript>
    </>
  );
}
