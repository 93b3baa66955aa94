import { Trans } from "@lingui/react/macro";
import { lazy, Suspense, useState } from "react";
import { Button } from "@/components/ui/button";
import { CardSection } from "@/components/ui/card";

const TransferDialog = lazy(() => import("./transfer-dialog").then((module) => ({ default: module.TransferDialog })));

export function TransferSection() {
  const [asking, setAsking] = useState(false);
  return (
    <CardSection
      title={<Trans>Transfer ownership</Trans>}
      description={<Trans>Another member becomes owner, and you become admin.</Trans>}
      actions={
        <Button onClick={() => setAsking(true)}>
          <Trans>Transfer</Trans>
        </Button>
      }
    >
      {asking && (
        <Suspense>
          <TransferDialog onClose={() => setAsking(false)} />
        </Suspense>
      )}
    </CardSection>
  );
}
