type Action = { label: string; run: () => void };
type ToastOptions = { tone?: "neutral" | "success" | "danger"; action?: Action; description?: string };

/** Shows a short message that goes by itself. The code that draws toasts arrives with the first one. */
export function toast(message: string, options: ToastOptions = {}): void {
  void import("./toaster").then(({ showToast }) => showToast(message, options));
}

export type { ToastOptions };
