import { createFileRoute } from "@tanstack/react-router";
import { ApiKeysPage } from "@/features/apikeys/api-keys-page";
import { loadApiKeysMessages } from "@/features/apikeys/messages";

export const Route = createFileRoute("/t/$slug/settings/api-keys")({ loader: loadApiKeysMessages, component: ApiKeysPage });
