import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { take } from "@/api/client";
import { asProblem } from "@/api/problem";
import { useWorkspace } from "@/api/workspace";
import { problemText } from "@/components/problem-text";
import { toast } from "@/components/toast";
import { Callout } from "@/components/ui/callout";
import { CardSection } from "@/components/ui/card";
import { Switch } from "@/components/ui/switch";
import { textLink } from "@/components/ui/text-link";
import { useShowTenant } from "./tenant";

/** Whether everybody here has to sign in with a second factor. Owners decide. */
export function SecondFactorSection() {
  const { t, i18n } = useLingui();
  const { api, slug, tenant, can } = useWorkspace();
  const show = useShowTenant();
  const set = useMutation({
    mutationFn: (on: boolean) => take(api.POST("/api/v1/tenant/second-factor", { body: { required: on } })),
    onSuccess: (changed, on) => {
      show(changed);
      toast(on ? t`A second factor is required now` : t`A second factor is no longer required`, { tone: "success" });
    },
  });
  const on = set.isPending ? set.variables : tenant.require_second_factor;
  return (
    <CardSection title={<Trans>Security</Trans>}>
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3 border-line border-t p-5">
        <div className="min-w-0 flex-1 basis-60">
          <p id="second-factor" className="font-medium">
            <Trans>Require a second factor</Trans>
          </p>
          <p id="second-factor-about" className="mt-0.5 text-muted">
            <Trans>
              Whoever has none can open this workspace only after setting one up. You need one yourself first:{" "}
              <Link to="/t/$slug/settings/security" params={{ slug }} className={textLink}>
                set it up under Security
              </Link>
              .
            </Trans>
          </p>
          {!can("tenant:security") && (
            <p className="mt-1 text-sm text-muted">
              <Trans>Only owners can change this.</Trans>
            </p>
          )}
        </div>
        <Switch
          aria-labelledby="second-factor"
          aria-describedby="second-factor-about"
          checked={on}
          pending={set.isPending}
          disabled={!can("tenant:security")}
          onChange={(next) => set.mutate(next)}
        />
        {set.isError && (
          <Callout role="alert" tone="danger" className="w-full">
            {problemText(i18n, asProblem(set.error))}
          </Callout>
        )}
      </div>
    </CardSection>
  );
}
