import { createRoot } from "react-dom/client";
import { Toaster, toast } from "sonner";
import type { ToastOptions } from "./toast";

let mounted = false;

export function showToast(message: string, { tone = "neutral", action, description }: ToastOptions): void {
  mount();
  const show = tone === "danger" ? toast.error : tone === "success" ? toast.success : toast;
  const act = action && { label: action.label, onClick: action.run };
  // An action needs time to be read, found and reached by keyboard.
  show(message, { description, action: act, duration: act ? 10_000 : 5_000 });
}

// Outside the app's tree: a toast outlives the page that asked for it.
function mount() {
  if (mounted) return;
  mounted = true;
  const host = document.createElement("div");
  document.body.append(host);
  createRoot(host).render(<Toaster position="bottom-right" theme="system" visibleToasts={3} toastOptions={{ classNames }} />);
}

const classNames = {
  toast: "!rounded-lg !border !border-line !bg-surface !font-sans !text-base !text-ink !shadow-pop",
  description: "!text-muted",
  actionButton: "!h-8 !rounded-md !bg-accent !px-3 !text-sm !font-medium !text-accent-ink",
};
