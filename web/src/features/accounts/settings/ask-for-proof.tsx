import { i18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { QueryClientProvider } from "@tanstack/react-query";
import { createRoot } from "react-dom/client";
import { newQueryClient } from "@/api/queries";
import { loadSettingsMessages } from "./messages";
import { ProofDialog } from "./proof-dialog";

/** Opens the dialog that asks a person to prove who they are; resolves with whether they did. */
export async function askForProof(scope: string): Promise<boolean> {
  await loadSettingsMessages();
  // Outside the app's tree: any request of any page may need it.
  const host = document.createElement("div");
  document.body.append(host);
  const root = createRoot(host);
  return new Promise((resolve) => {
    const close = (proved: boolean) => {
      root.unmount();
      host.remove();
      resolve(proved);
    };
    root.render(
      <I18nProvider i18n={i18n}>
        <QueryClientProvider client={newQueryClient()}>
          <ProofDialog scope={scope} onClose={close} />
        </QueryClientProvider>
      </I18nProvider>,
    );
  });
}
