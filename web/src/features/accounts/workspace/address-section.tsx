import { Trans, useLingui } from "@lingui/react/macro";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { take } from "@/api/client";
import { useWorkspace } from "@/api/workspace";
import { Field, Form, SubmitButton } from "@/components/form";
import { toast } from "@/components/toast";
import { Callout } from "@/components/ui/callout";
import { CardSection } from "@/components/ui/card";
import { Input } from "@/components/ui/input";

/** Where the workspace is on the web. After a change the page goes on under the new address. */
export function AddressSection() {
  const { t } = useLingui();
  const { api, slug, tenant, can } = useWorkspace();
  const navigate = useNavigate();
  const [typed, setTyped] = useState(slug);
  const writes = can("tenant:write");
  const changed = typed !== slug && typed !== "";
  const address = `${location.host}/t/`;
  return (
    <CardSection title={<Trans>Web address</Trans>} description={<Trans>Where members open this workspace.</Trans>}>
      <Form
        onSubmit={async () => {
          if (!changed) return;
          const renamed = await take(api.PATCH("/api/v1/tenant", { body: { slug: typed } }));
          toast(t`The workspace has a new address`, { tone: "success" });
          await navigate({ to: "/t/$slug/settings/workspace", params: { slug: renamed.slug }, replace: true });
        }}
        explain={(problem) =>
          problem.code === "slug_taken" ? <Trans>That address is taken. Choose another one.</Trans> : undefined
        }
        className="grid gap-4 border-line border-t p-5"
      >
        <div className="max-w-md">
          <Field
            name="slug"
            label={<Trans>Address</Trans>}
            hint={writes && <Trans>Small letters, digits and single hyphens, at least 3 characters.</Trans>}
          >
            {(control) => (
              <span className="flex items-center gap-1.5">
                <span aria-hidden="true" className="hidden shrink-0 text-muted sm:inline">
                  {address}
                </span>
                <Input
                  {...control}
                  value={typed}
                  onChange={(event) => setTyped(event.currentTarget.value.toLowerCase())}
                  readOnly={!writes}
                  autoComplete="off"
                  autoCapitalize="off"
                  spellCheck={false}
                  required
                  minLength={3}
                  maxLength={40}
                  pattern="[a-z0-9](-?[a-z0-9])*"
                />
              </span>
            )}
          </Field>
        </div>
        {writes && changed && (
          <Callout role="status" tone="warning" title={<Trans>The address changes for everybody</Trans>}>
            <Trans>
              Members who have {tenant.name} open are taken along, and links to {address}
              {slug} lead to the new address from now on. No other workspace can get the old one.
            </Trans>
          </Callout>
        )}
        {writes && (
          <SubmitButton disabled={!changed} className="justify-self-start">
            <Trans>Change address</Trans>
          </SubmitButton>
        )}
      </Form>
    </CardSection>
  );
}
