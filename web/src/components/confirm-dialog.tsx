import { Trans } from "@lingui/react/macro";
import { type ReactNode, useState } from "react";
import { Field, Form, SubmitButton } from "./form";
import { Button } from "./ui/button";
import { Dialog } from "./ui/dialog";
import { Input } from "./ui/input";

type Props = {
  title: ReactNode;
  /** What will be so afterwards. */
  description: ReactNode;
  /** What the button says. */
  confirm: ReactNode;
  /** Has to be typed before, for what cannot be undone. */
  typed?: string;
  danger?: boolean;
  /** What it throws is shown; otherwise the dialog is closed by the caller. */
  onConfirm: (values: Record<string, string>) => Promise<void>;
  onClose: () => void;
  children?: ReactNode;
};

/** Asks before something that cannot be taken back. Import it lazily. */
export function ConfirmDialog({ title, description, confirm, typed, danger = true, onConfirm, onClose, children }: Props) {
  const [text, setText] = useState("");
  const ready = typed === undefined || text.trim() === typed.trim();
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={title} description={description}>
      <Form onSubmit={onConfirm} className="mt-4 grid gap-4">
        {children}
        {typed !== undefined && (
          <Field name="typed" label={<Trans>Type “{typed}” to confirm</Trans>}>
            {(control) => (
              <Input
                {...control}
                value={text}
                onChange={(event) => setText(event.currentTarget.value)}
                autoComplete="off"
                autoCapitalize="off"
                spellCheck={false}
              />
            )}
          </Field>
        )}
        <div className="mt-2 flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <SubmitButton variant={danger ? "danger" : "primary"} disabled={!ready}>
            {confirm}
          </SubmitButton>
        </div>
      </Form>
    </Dialog>
  );
}
