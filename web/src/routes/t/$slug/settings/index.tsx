import { createFileRoute, redirect } from "@tanstack/react-router";

export const Route = createFileRoute("/t/$slug/settings/")({
  beforeLoad: ({ params }) => {
    throw redirect({ to: "/t/$slug/settings/profile", params, replace: true });
  },
});
