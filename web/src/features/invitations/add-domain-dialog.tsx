import { Trans } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { take } from "@/api/client";
import type { Domain } from "@/api/types";
import { useWorkspace } from "@/api/workspace";
import { Field, Form, SubmitButton } from "@/components/form";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Input, Select } from "@/components/ui/input";
import { JoinRoles } from "./auto-join";
import { domainsKey } from "./invitations";

export function AddDomainDialog({ onClose }: { onClose: () => void }) {
  const { api } = useWorkspace();
  const client = useQueryClient();
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={<Trans>Add a domain</Trans>}
      description={<Trans>Next you prove with a DNS record that it is yours.</Trans>}
    >
      <Form
        onSubmit={async ({ domain = "", role }) => {
          const body = { domain: domain.trim(), role: role as Domain["role"] };
          await take(api.POST("/api/v1/domains", { body }));
          await client.invalidateQueries({ queryKey: domainsKey });
          onClose();
        }}
        className="mt-5 grid gap-4"
      >
        <Field
          name="domain"
          label={<Trans>Domain</Trans>}
          hint={<Trans>What stands after the @ in the addresses of your people.</Trans>}
        >
          {(control) => (
            <Input
              {...control}
              required
              autoFocus
              inputMode="url"
              autoComplete="off"
              autoCapitalize="off"
              spellCheck={false}
              maxLength={253}
              placeholder="example.com"
            />
          )}
        </Field>
        <Field name="role" label={<Trans>People join as</Trans>}>
          {(control) => (
            <Select {...control} defaultValue="member" className="w-full">
              <JoinRoles />
            </Select>
          )}
        </Field>
        <div className="mt-1 flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <SubmitButton>
            <Trans>Add domain</Trans>
          </SubmitButton>
        </div>
      </Form>
    </Dialog>
  );
}
