import { Trans, useLingui } from "@lingui/react/macro";
import { take } from "@/api/client";
import { useWorkspace } from "@/api/workspace";
import { Field, Form, SubmitButton } from "@/components/form";
import { toast } from "@/components/toast";
import { CardSection } from "@/components/ui/card";
import { Input } from "@/components/ui/input";
import { LogoField } from "./logo-field";
import { useShowTenant } from "./tenant";

export function NameSection() {
  const { t } = useLingui();
  const { api, tenant, can } = useWorkspace();
  const show = useShowTenant();
  const writes = can("tenant:write");
  return (
    <CardSection title={<Trans>Name and logo</Trans>} description={<Trans>How people recognize this workspace.</Trans>}>
      <div className="grid gap-5 border-line border-t p-5">
        <LogoField />
        <Form
          onSubmit={async ({ name = "" }) => {
            show(await take(api.PATCH("/api/v1/tenant", { body: { name } })));
            toast(t`Name saved`, { tone: "success" });
          }}
          className="grid max-w-md gap-4"
        >
          <Field name="name" label={<Trans>Name</Trans>}>
            {(control) => (
              <Input
                {...control}
                key={tenant.name}
                defaultValue={tenant.name}
                readOnly={!writes}
                autoComplete="organization"
                required
                maxLength={80}
              />
            )}
          </Field>
          {writes && (
            <SubmitButton className="justify-self-start">
              <Trans>Save name</Trans>
            </SubmitButton>
          )}
        </Form>
      </div>
    </CardSection>
  );
}
