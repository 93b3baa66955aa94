import { useQuery } from "@tanstack/react-query";
import type { Billing, Plan } from "@/api/types";
import { isFree } from "@/plans/money";
import { plansQuery } from "./billing";

/** The plan that the workspace subscribes to, or the one it is on without a subscription. */
export function useSubscribedPlan({ subscribed, plan }: Billing): Plan {
  const other = subscribed !== "" && subscribed !== plan.key;
  const { data } = useQuery({ ...plansQuery(), enabled: other });
  return (other && data?.find(({ key }) => key === subscribed)) || plan;
}

/** The plan of a workspace that pays nothing; undefined until the price list is here. */
export function useFreePlan(): Plan | undefined {
  return useQuery(plansQuery()).data?.find(isFree);
}
