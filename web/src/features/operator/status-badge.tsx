import { Trans } from "@lingui/react/macro";
import type { OperatorTenant } from "@/api/types";
import { Badge } from "@/components/ui/badge";

export function StatusBadge({ status }: { status: OperatorTenant["status"] }) {
  return status === "active" ? (
    <Badge tone="success">
      <Trans>Active</Trans>
    </Badge>
  ) : (
    <Badge tone="danger">
      <Trans>Suspended</Trans>
    </Badge>
  );
}
