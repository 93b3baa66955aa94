import { useLingui } from "@lingui/react/macro";
import { createContext, type FormEvent, type ReactNode, use, useEffect, useId, useRef, useState } from "react";
import { asProblem, type Problem } from "@/api/problem";
import { problemText } from "./problem-text";
import { Button, type ButtonStyle } from "./ui/button";
import { Callout } from "./ui/callout";

type FormState = { errors: Readonly<Record<string, string>>; pending: boolean; clear: (name: string) => void };

const FormContext = createContext<FormState>({ errors: {}, pending: false, clear: () => {} });

type Values = Record<string, string>;

type FormProps = {
  /** Gets the values by input name. What it throws is shown: at the fields it names, or above the form. */
  onSubmit: (values: Values) => Promise<void>;
  /** Words for a problem that is not about one field; by default the server's. */
  explain?: (problem: Problem) => ReactNode | undefined;
  children: ReactNode;
  className?: string;
};

/**
 * A form that keeps what was typed, whatever happens: the inputs are the browser's own. The first field that is wrong gets
 * the focus, be it found here (required, minlength) or by the server (`errors[].location` is "body.<name of the input>").
 */
export function Form({ onSubmit, explain, children, className }: FormProps) {
  const { t, i18n } = useLingui();
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [failure, setFailure] = useState<Problem>();
  const [pending, setPending] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const alert = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const invalid = form.current?.querySelector<HTMLElement>("[aria-invalid=true]");
    if (invalid && Object.keys(errors).length > 0) invalid.focus();
    else if (failure) alert.current?.focus();
  }, [errors, failure]);

  const fail = (problem: Problem) => {
    const found: Record<string, string> = {};
    for (const { location, message } of problem.fields) {
      const name = location.replace(/^body\./, "");
      if (form.current?.elements.namedItem(name)) found[name] ??= message;
    }
    setErrors(found);
    setFailure(Object.keys(found).length > 0 ? undefined : problem);
  };

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (pending) return;
    const missing = localErrors(event.currentTarget, {
      required: t`Fill in this field.`,
      email: t`Enter an e-mail address like name@example.com.`,
      short: (count) => t`Use at least ${count} characters.`,
      invalid: t`Check this field.`,
    });
    setFailure(undefined);
    setErrors(missing);
    if (Object.keys(missing).length > 0) return;
    setPending(true);
    try {
      await onSubmit(Object.fromEntries([...new FormData(event.currentTarget)].map(([name, value]) => [name, String(value)])));
    } catch (error) {
      fail(asProblem(error));
    } finally {
      setPending(false);
    }
  };

  const clear = (name: string) => setErrors(({ [name]: _, ...rest }) => rest);
  return (
    <FormContext value={{ errors, pending, clear }}>
      <form ref={form} noValidate onSubmit={submit} className={className ?? "grid gap-4"}>
        {failure && (
          <Callout ref={alert} role="alert" tabIndex={-1} tone="danger">
            {explain?.(failure) ?? problemText(i18n, failure)}
          </Callout>
        )}
        {children}
      </form>
    </FormContext>
  );
}

type Words = { required: string; email: string; short: (count: number) => string; invalid: string };

function localErrors(form: HTMLFormElement, words: Words): Record<string, string> {
  const found: Record<string, string> = {};
  for (const element of form.elements) {
    if (!(element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement) || !element.name) continue;
    const { validity, value, minLength } = element;
    // The browser judges minlength only after typing; a restored or filled-in value is judged here.
    const short = minLength > 0 && value.length > 0 && [...value].length < minLength;
    if (validity.valid && !short) continue;
    found[element.name] = validity.valueMissing
      ? words.required
      : validity.typeMismatch
        ? words.email
        : short || validity.tooShort
          ? words.short(minLength)
          : words.invalid;
  }
  return found;
}

type ControlProps = {
  id: string;
  name: string;
  "aria-invalid": true | undefined;
  "aria-describedby": string | undefined;
  onInput: () => void;
};

type FieldProps = {
  name: string;
  label: ReactNode;
  hint?: ReactNode;
  aside?: ReactNode;
  children: (control: ControlProps) => ReactNode;
};

/** A labelled control with its hint and its error. */
export function Field({ name, label, hint, aside, children }: FieldProps) {
  const { errors, clear } = use(FormContext);
  const id = useId();
  const error = errors[name];
  const described = [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(" ");
  return (
    <div className="grid gap-1.5">
      <div className="flex items-baseline justify-between gap-4">
        <label htmlFor={id} className="font-medium">
          {label}
        </label>
        {aside}
      </div>
      {children({
        id,
        name,
        "aria-invalid": error ? true : undefined,
        "aria-describedby": described || undefined,
        onInput: () => error && clear(name),
      })}
      {error && (
        <p id={`${id}-error`} className="text-sm text-danger-text">
          {error}
        </p>
      )}
      {hint && (
        <p id={`${id}-hint`} className="text-sm text-muted">
          {hint}
        </p>
      )}
    </div>
  );
}

/** The button that sends the form it stands in. */
export function SubmitButton({
  children,
  className,
  ...style
}: ButtonStyle & { children: ReactNode; className?: string; disabled?: boolean }) {
  const { pending } = use(FormContext);
  return (
    <Button type="submit" variant="primary" {...style} pending={pending} className={className}>
      {children}
    </Button>
  );
}
