import { i18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Problem } from "@/api/problem";
import { Field, Form, SubmitButton } from "./form";
import { Input } from "./ui/input";

function show(onSubmit: (values: Record<string, string>) => Promise<void>) {
  render(
    <I18nProvider i18n={i18n}>
      <Form onSubmit={onSubmit}>
        <Field name="email" label="E-mail">
          {(control) => <Input {...control} type="email" required />}
        </Field>
        <Field name="password" label="Password" hint="15 or more">
          {(control) => <Input {...control} type="password" required minLength={15} />}
        </Field>
        <SubmitButton>Send</SubmitButton>
      </Form>
    </I18nProvider>,
  );
  const user = userEvent.setup();
  return {
    user,
    email: screen.getByLabelText("E-mail"),
    password: screen.getByLabelText("Password"),
    send: screen.getByRole("button"),
  };
}

const long = "correct horse battery";

describe("a form", () => {
  afterEach(cleanup);

  it("asks for what is missing without bothering the server", async () => {
    const onSubmit = vi.fn();
    const { user, email, password, send } = show(onSubmit);
    await user.type(password, "short");
    await user.click(send);
    expect(onSubmit).not.toHaveBeenCalled();
    expect(document.activeElement).toBe(email);
    expect(password.getAttribute("aria-invalid")).toBe("true");
    expect(screen.getByText("Use at least 15 characters.")).toBeDefined();
  });

  it("puts the server's words at the field they are about, focuses it and keeps the input", async () => {
    const errors = [{ location: "body.password", message: "is on every list of common passwords" }];
    const { user, email, password, send } = show(() => Promise.reject(new Problem(422, { code: "password_too_common", errors })));
    await user.type(email, "ada@example.com");
    await user.type(password, long);
    await user.click(send);
    const message = await screen.findByText("is on every list of common passwords");
    expect(document.activeElement).toBe(password);
    expect(password.getAttribute("aria-describedby")).toContain(message.id);
    expect((email as HTMLInputElement).value).toBe("ada@example.com");
    expect((password as HTMLInputElement).value).toBe(long);
  });

  it("says above the form what is about no field, and focuses it", async () => {
    const { user, email, password, send } = show(() => Promise.reject(new Problem(401, { detail: "The password is wrong." })));
    await user.type(email, "ada@example.com");
    await user.type(password, long);
    await user.click(send);
    expect(document.activeElement).toBe(await screen.findByRole("alert"));
    expect(screen.getByRole("alert").textContent).toBe("The password is wrong.");
  });

  it("sends once, however often the button is pressed", async () => {
    const onSubmit = vi.fn(() => new Promise<void>(() => {}));
    const { user, email, password, send } = show(onSubmit);
    await user.type(email, "ada@example.com");
    await user.type(password, long);
    await user.click(send);
    await user.click(send);
    expect(onSubmit).toHaveBeenCalledTimes(1);
    expect(onSubmit).toHaveBeenCalledWith({ email: "ada@example.com", password: long });
  });
});
