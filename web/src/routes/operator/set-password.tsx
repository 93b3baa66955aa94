import { createFileRoute, useLocation } from "@tanstack/react-router";
import { loadOperatorMessages } from "@/features/operator/messages";
import { SetPasswordPage } from "@/features/operator/set-password-page";

export const Route = createFileRoute("/operator/set-password")({ loader: loadOperatorMessages, component: Page });

function Page() {
  const token = useLocation({ select: (location) => location.hash });
  return <SetPasswordPage token={token} />;
}
