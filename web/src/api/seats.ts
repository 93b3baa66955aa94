import { queryOptions } from "@tanstack/react-query";
import { type Api, take } from "./client";
import type { Usage } from "./types";

const seatsUsage = "members.max";

/** How many seats of the plan are taken, for who may see the plan. Shares the answer that the billing page shows. */
export const seatsQuery = (api: Api) =>
  queryOptions({
    queryKey: ["billing"],
    queryFn: ({ signal }) => take(api.GET("/api/v1/billing", { signal })),
    select: ({ usage }): Usage | undefined => usage.find(({ key }) => key === seatsUsage),
  });
