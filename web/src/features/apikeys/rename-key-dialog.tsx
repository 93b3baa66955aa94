import { Trans, useLingui } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import type { ApiKey } from "@/api/types";
import { useWorkspace } from "@/api/workspace";
import { Field, Form, SubmitButton } from "@/components/form";
import { toast } from "@/components/toast";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Input } from "@/components/ui/input";
import { keysKey } from "./keys";

export function RenameKeyDialog({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const { t } = useLingui();
  const { api } = useWorkspace();
  const client = useQueryClient();
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={<Trans>Rename API key</Trans>}>
      <Form
        onSubmit={async ({ name = "" }) => {
          await api.PATCH("/api/v1/api-keys/{id}", { params: { path: { id: apiKey.id } }, body: { name } });
          await client.invalidateQueries({ queryKey: keysKey });
          toast(t`Name saved`, { tone: "success" });
          onClose();
        }}
        className="mt-5 grid gap-4"
      >
        <Field name="name" label={<Trans>Name</Trans>}>
          {(control) => <Input {...control} defaultValue={apiKey.name} required autoFocus autoComplete="off" maxLength={100} />}
        </Field>
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <SubmitButton>
            <Trans>Save name</Trans>
          </SubmitButton>
        </div>
      </Form>
    </Dialog>
  );
}
