import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation } from "@tanstack/react-query";
import { type Ref, useRef, useState } from "react";
import { take } from "@/api/client";
import { asProblem } from "@/api/problem";
import { useWorkspace } from "@/api/workspace";
import { problemText } from "@/components/problem-text";
import { toast } from "@/components/toast";
import { Avatar } from "@/components/ui/avatar";
import { Button } from "@/components/ui/button";
import { logoTypes, toLogo } from "./logo-image";
import { useShowTenant } from "./tenant";

/** The logo: a chosen picture is shown first, and kept when the person says so. */
export function LogoField() {
  const { t, i18n } = useLingui();
  const { api, tenant, can } = useWorkspace();
  const show = useShowTenant();
  const input = useRef<HTMLInputElement>(null);
  const [chosen, setChosen] = useState<string>();
  const [unreadable, setUnreadable] = useState(false);
  const writes = can("tenant:write");
  const save = useMutation({
    mutationFn: (logo: string) => {
      if (logo) return take(api.POST("/api/v1/tenant/logo", { body: { image: logo.slice(logo.indexOf(",") + 1) } }));
      return api.DELETE("/api/v1/tenant/logo").then(() => ({ ...tenant, logo: "" }));
    },
    onSuccess: (changed, logo) => {
      show(changed);
      setChosen(undefined);
      toast(logo ? t`Logo saved` : t`Logo removed`, { tone: "success" });
      input.current?.focus();
    },
  });
  const choose = async (file: File | undefined) => {
    if (!file) return;
    save.reset();
    const logo = await toLogo(file);
    setUnreadable(!logo);
    setChosen(logo);
  };
  return (
    <div className="flex flex-wrap items-center gap-x-5 gap-y-3">
      <Avatar square name={tenant.name} seed={tenant.id} size="xl" image={chosen ?? tenant.logo} />
      {writes && (
        <div className="grid gap-2">
          <div className="flex flex-wrap items-center gap-2">
            <FileButton ref={input} onChoose={(file) => void choose(file)} />
            {chosen && (
              <>
                <Button variant="primary" pending={save.isPending} onClick={() => save.mutate(chosen)}>
                  <Trans>Save logo</Trans>
                </Button>
                <Button variant="ghost" onClick={() => setChosen(undefined)}>
                  <Trans>Cancel</Trans>
                </Button>
              </>
            )}
            {!chosen && tenant.logo && (
              <Button variant="quietDanger" pending={save.isPending} onClick={() => save.mutate("")}>
                <Trans>Remove logo</Trans>
              </Button>
            )}
          </div>
          <p id="logo-hint" className="text-sm text-muted">
            <Trans>PNG, JPEG, WebP or GIF up to 10 MB. It is shown small and square.</Trans>
          </p>
          {(unreadable || save.isError) && (
            <p role="alert" className="text-sm text-danger-text">
              {unreadable
                ? t`This file is no picture that can be used, or it is too large.`
                : problemText(i18n, asProblem(save.error))}
            </p>
          )}
        </div>
      )}
    </div>
  );
}

function FileButton({ ref, onChoose }: { ref: Ref<HTMLInputElement>; onChoose: (file: File | undefined) => void }) {
  return (
    <label className="inline-flex h-9 cursor-pointer items-center rounded-md border border-line bg-surface px-3.5 font-medium shadow-card hover:bg-hover has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent">
      <Trans>Choose a picture</Trans>
      <input
        ref={ref}
        type="file"
        accept={logoTypes}
        className="sr-only"
        aria-describedby="logo-hint"
        onChange={({ currentTarget }) => {
          onChoose(currentTarget.files?.[0]);
          currentTarget.value = ""; // so that the same file can be chosen again
        }}
      />
    </label>
  );
}
