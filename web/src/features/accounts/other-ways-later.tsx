import { lazy, Suspense } from "react";
import type { OtherWaysProps } from "./other-ways";

// Signing in by password works without them.
const nothing = { default: () => null };
const Ways = lazy(() => import("./other-ways").then(({ loadOtherWays }) => loadOtherWays()).catch(() => nothing));

/** OtherWays, brought in after the page: nobody waits for them with the form. */
export function OtherWays(props: OtherWaysProps) {
  return (
    <Suspense fallback={props.finish && <div className="h-21" />}>
      <Ways {...props} />
    </Suspense>
  );
}
