import { Trans } from "@lingui/react/macro";
import { Field } from "./form";
import { Input } from "./ui/input";

type Props = {
  /** Asks for a recovery code instead of the six digits of an app. */
  recovery?: boolean;
  autoFocus?: boolean;
};

/** The field "code" of a form: six digits, typed, pasted or filled in by the device. */
export function CodeField({ recovery = false, autoFocus }: Props) {
  return (
    <Field name="code" label={recovery ? <Trans>Recovery code</Trans> : <Trans>Code</Trans>}>
      {(control) => (
        <Input
          {...control}
          autoComplete={recovery ? "off" : "one-time-code"}
          inputMode={recovery ? "text" : "numeric"}
          autoCapitalize="none"
          autoCorrect="off"
          spellCheck={false}
          required
          autoFocus={autoFocus}
          maxLength={recovery ? 32 : 12}
          size={1}
          className="text-center font-mono tracking-[0.3em]"
        />
      )}
    </Field>
  );
}
