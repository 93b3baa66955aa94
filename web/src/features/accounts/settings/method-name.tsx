import type { MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";

const names: Record<string, MessageDescriptor> = {
  password: msg`Signed in with the password`,
  passkey: msg`Signed in with a passkey`,
  totp: msg`Signed in with a code of the app`,
  recovery_code: msg`Signed in with a recovery code`,
  invitation: msg`Signed in by an invitation`,
  link: msg`Signed in by a mailed link`,
  provisioned: msg`Set up by the service`,
};

/** How a session began, in words; what is not one of our own ways is a provider's key. */
export function MethodName({ method }: { method: string }) {
  const { i18n } = useLingui();
  const known = names[method];
  if (known) return i18n._(known);
  const provider = method.charAt(0).toUpperCase() + method.slice(1);
  return <Trans>Signed in with {provider}</Trans>;
}
