import { Trans, useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Problem } from "@/api/problem";
import { AuthLayout } from "@/components/auth-layout";
import { buttonStyle } from "@/components/ui/button";
import { textLink } from "@/components/ui/text-link";

type Again = "/sign-up" | "/forgot";

/** The page for a mailed link without its token. */
export function BrokenLink({ again }: { again: Again }) {
  const { t } = useLingui();
  return (
    <AuthLayout
      title={t`This link is not complete`}
      description={<Trans>Part of the address is missing. Open the link in the mail again, or ask for a new one.</Trans>}
    >
      <Link to={again} className={buttonStyle({ variant: "primary", className: "w-full" })}>
        <Trans>Send a new link</Trans>
      </Link>
    </AuthLayout>
  );
}

/** The words for a link that was used, is too old or was replaced by a newer one; undefined for any other problem. */
export function linkProblem(problem: Problem, again: Again): ReactNode | undefined {
  if (problem.code !== "link_invalid") return undefined;
  return (
    <Trans>
      This link has been used or is too old.{" "}
      <Link to={again} className={textLink}>
        Send a new one
      </Link>
    </Trans>
  );
}
