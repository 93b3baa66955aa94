import { Trans, useLingui } from "@lingui/react/macro";
import { problemText } from "@/components/problem-text";
import { toast } from "@/components/toast";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import type { SaveState } from "./autosave";

/** Why the text is not saved, and what can be done; nothing while all is well. */
export function SaveNotice({ state, onRetry }: { state: SaveState; onRetry: () => void }) {
  const { t, i18n } = useLingui();
  const { status, problem, text } = state;
  if (!problem || (status !== "retrying" && status !== "refused" && status !== "gone")) return null;
  const copy = () =>
    navigator.clipboard.writeText(`${text.title}\n\n${text.body}`).then(
      () => toast(t`Text copied`, { tone: "success" }),
      () => toast(t`The browser did not allow copying`, { tone: "danger" }),
    );
  return (
    <Callout
      role="alert"
      tone={status === "retrying" ? "warning" : "danger"}
      className="mb-6"
      actions={
        status === "gone" ? (
          <Button size="sm" onClick={() => void copy()}>
            <Trans>Copy the text</Trans>
          </Button>
        ) : (
          <Button size="sm" onClick={onRetry}>
            <Trans>Try again</Trans>
          </Button>
        )
      }
    >
      {status === "gone" ? (
        <Trans>This note was deleted meanwhile, so your last changes cannot be saved. They are still here.</Trans>
      ) : (
        problem.fields.map(({ message }) => message).join(" ") || problemText(i18n, problem)
      )}
    </Callout>
  );
}
