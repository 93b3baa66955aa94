import type { I18n, MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";

const texts: Record<string, MessageDescriptor> = {
  "user.sign_up": msg`You signed up`,
  "user.provision": msg`Your account was set up`,
  "user.sign_in": msg`You signed in`,
  "user.sign_in_failed": msg`A sign-in failed`,
  "user.second_factor_failed": msg`A wrong code or password was entered`,
  "user.reauthenticate": msg`You confirmed that it is you`,
  "user.reauthentication_failed": msg`A try to confirm that it is you failed`,
  "user.change_name": msg`You changed your name`,
  "user.ask_email_change": msg`You asked to change your e-mail`,
  "user.cancel_email_change": msg`You canceled the change of your e-mail`,
  "user.change_email": msg`Your e-mail was changed`,
  "user.set_password": msg`You set a password`,
  "user.change_password": msg`You changed your password`,
  "user.reset_password": msg`Your password was reset by a mailed link`,
  "user.end_session": msg`You ended a session`,
  "user.end_other_sessions": msg`You signed out everywhere else`,
  "user.add_totp": msg`You turned on the authenticator app`,
  "user.remove_totp": msg`You turned off the authenticator app`,
  "user.renew_recovery_codes": msg`You made new recovery codes`,
  "user.use_recovery_code": msg`A recovery code was used`,
  "user.add_passkey": msg`You added a passkey`,
  "user.rename_passkey": msg`You renamed a passkey`,
  "user.remove_passkey": msg`You removed a passkey`,
  "user.suspect_passkey": msg`A passkey may have been copied`,
  "user.link_identity": msg`You linked an account`,
  "user.link_identity_failed": msg`Linking an account failed`,
  "user.unlink_identity": msg`You unlinked an account`,
};

/** What an entry of the security log says to the person it is about. One without words of its own shows its key. */
export function activityText(i18n: I18n, action: string): string {
  const text = texts[action];
  if (text) return i18n._(text);
  const words = action.replace(/^user\./, "").replace(/[._]+/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
