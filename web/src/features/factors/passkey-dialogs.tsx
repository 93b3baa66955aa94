import { Trans, useLingui } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { take } from "@/api/client";
import { makePasskey } from "@/api/passkey";
import { meKey, type Passkey } from "@/api/person";
import type { Problem } from "@/api/problem";
import { useWorkspace } from "@/api/workspace";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { Field, Form, SubmitButton } from "@/components/form";
import { toast } from "@/components/toast";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Input } from "@/components/ui/input";
import { deviceName } from "./device-name";

type Close = { onClose: () => void };

function useRefresh() {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: meKey });
}

export function AddPasskeyDialog({ onClose }: Close) {
  const { t } = useLingui();
  const { api } = useWorkspace();
  const refresh = useRefresh();
  const add = async (name: string) => {
    const { options } = await take(api.POST("/api/v1/me/passkeys/options"));
    const credential = await makePasskey(options);
    await api.POST("/api/v1/me/passkeys", { body: { name, credential } });
    await refresh();
    toast(t`The passkey is added`, { tone: "success" });
    onClose();
  };
  return (
    <NameDialog
      title={<Trans>Add a passkey</Trans>}
      description={<Trans>Your browser asks for your fingerprint, face or PIN next, or for a security key.</Trans>}
      name={deviceName(navigator.userAgent)}
      send={<Trans>Continue</Trans>}
      onName={add}
      onClose={onClose}
    />
  );
}

export function RenamePasskeyDialog({ passkey, onClose }: Close & { passkey: Passkey }) {
  const { api } = useWorkspace();
  const refresh = useRefresh();
  const rename = async (name: string) => {
    await api.PATCH("/api/v1/me/passkeys/{id}", { params: { path: { id: passkey.id } }, body: { name } });
    await refresh();
    onClose();
  };
  return (
    <NameDialog
      title={<Trans>Rename the passkey</Trans>}
      name={passkey.name}
      send={<Trans>Save</Trans>}
      onName={rename}
      onClose={onClose}
    />
  );
}

export function RemovePasskeyDialog({ passkey, onClose }: Close & { passkey: Passkey }) {
  const { t } = useLingui();
  const { api } = useWorkspace();
  const refresh = useRefresh();
  const { id, name } = passkey;
  const remove = async () => {
    await api.DELETE("/api/v1/me/passkeys/{id}", { params: { path: { id } } });
    await refresh();
    toast(t`${name} is removed`);
    onClose();
  };
  return (
    <ConfirmDialog
      title={<Trans>Remove {name}?</Trans>}
      description={
        <Trans>It no longer signs you in here. Your device may go on offering it until you delete it there too.</Trans>
      }
      confirm={<Trans>Remove</Trans>}
      onConfirm={remove}
      onClose={onClose}
    />
  );
}

type NameProps = Close & {
  title: ReactNode;
  description?: ReactNode;
  name: string;
  send: ReactNode;
  onName: (name: string) => Promise<void>;
};

function NameDialog({ title, description, name, send, onName, onClose }: NameProps) {
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={title} description={description}>
      <Form className="mt-4 grid gap-4" explain={explain} onSubmit={({ name = "" }) => onName(name.trim())}>
        <Field
          name="name"
          label={<Trans>Name</Trans>}
          hint={<Trans>So that you know it again, such as the device it is on.</Trans>}
        >
          {(control) => <Input {...control} defaultValue={name} autoComplete="off" required autoFocus maxLength={60} />}
        </Field>
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <SubmitButton>{send}</SubmitButton>
        </div>
      </Form>
    </Dialog>
  );
}

function explain({ code }: Problem): ReactNode | undefined {
  if (code === "passkey_canceled") return <Trans>No passkey was made. Try again when you are ready.</Trans>;
  if (code === "passkey_known") return <Trans>This device has a passkey for your account already.</Trans>;
  if (code === "passkey_failed") return <Trans>The device did not make a passkey. Try again, or use another device.</Trans>;
  return undefined;
}
