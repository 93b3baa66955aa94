import { Trans, useLingui } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { take, userSession } from "@/api/client";
import { type Me, meKey } from "@/api/person";
import { useWorkspace } from "@/api/workspace";
import { Field, Form, SubmitButton } from "@/components/form";
import { toast } from "@/components/toast";
import { Avatar } from "@/components/ui/avatar";
import { CardSection } from "@/components/ui/card";
import { Input } from "@/components/ui/input";

export function NameSection({ me }: { me: Me }) {
  const { t } = useLingui();
  const { api, slug } = useWorkspace();
  const client = useQueryClient();
  const router = useRouter();
  return (
    <CardSection title={<Trans>Profile</Trans>} description={<Trans>How other members see you.</Trans>}>
      <Form
        className="flex flex-wrap items-end gap-3 border-line border-t p-5"
        onSubmit={async ({ name = "" }) => {
          const changed = await take(api.PATCH("/api/v1/me", { body: { name: name.trim() } }));
          client.setQueryData(meKey, changed);
          toast(t`Your name is changed`, { tone: "success" });
          // The name in the sidebar comes with the session.
          await userSession.renew(slug);
          await router.invalidate();
        }}
      >
        <Avatar name={me.name} seed={me.id} size="xl" />
        <div className="min-w-0 flex-1 basis-52">
          <Field name="name" label={<Trans>Name</Trans>}>
            {(control) => (
              <Input {...control} key={me.name} defaultValue={me.name} autoComplete="name" required maxLength={100} />
            )}
          </Field>
        </div>
        <SubmitButton variant="secondary">
          <Trans>Save</Trans>
        </SubmitButton>
      </Form>
    </CardSection>
  );
}
