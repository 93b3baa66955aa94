import { createRootRoute, Outlet } from "@tanstack/react-router";
import { userSession } from "@/api/client";

userSession.proveWith(async (scope) => (await import("@/features/accounts/settings/ask-for-proof")).askForProof(scope));

export const Route = createRootRoute({ component: Outlet });
