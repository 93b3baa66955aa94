import { Trans } from "@lingui/react/macro";
import { SiteFrame } from "./site-frame";

/** The frame of the API reference; src/docs/docs.ts draws into it. */
export function ReferencePage() {
  return (
    <SiteFrame main={false}>
      <div id="docs" className="min-h-dvh">
        <noscript>
          <p className="p-6">
            <Trans>The reference needs JavaScript. The document itself is at /api/openapi.json.</Trans>
          </p>
        </noscript>
      </div>
    </SiteFrame>
  );
}
