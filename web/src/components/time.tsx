import { useEffect, useState } from "react";
import { formatAgo, formatDateTime } from "@/format";

const tickMs = 60_000;

/** How long ago something was, kept current; the exact moment is its tooltip. */
export function Time({ iso, className }: { iso: string; className?: string }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), tickMs);
    return () => clearInterval(timer);
  }, []);
  return (
    <time dateTime={iso} title={formatDateTime(iso)} className={className}>
      {formatAgo(iso, Math.max(now, Date.parse(iso)))}
    </time>
  );
}
