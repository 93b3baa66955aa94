import { queryOptions } from "@tanstack/react-query";
import { type Api, take } from "./client";
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Me = Schemas["AccountsMe"];
export type SessionInfo = Schemas["AccountsSessionInfo"];
export type Factors = Schemas["FactorsOverview"];
export type Passkey = Schemas["FactorsPasskey"];
export type Provider = Schemas["IdentitiesProvider"];
export type Identity = Schemas["IdentitiesLinked"];

/** Who the signed-in person is and how they get in: asked by several features, changed by several. */
export const meKey = ["me"] as const;
export const factorsKey = ["me", "factors"] as const;
export const identitiesKey = ["me", "identities"] as const;

export const meQuery = (api: Api) =>
  queryOptions({ queryKey: meKey, queryFn: ({ signal }) => take(api.GET("/api/v1/me", { signal })) });

export const factorsQuery = (api: Api) =>
  queryOptions({ queryKey: factorsKey, queryFn: ({ signal }) => take(api.GET("/api/v1/me/factors", { signal })) });

export const identitiesQuery = (api: Api) =>
  queryOptions({ queryKey: identitiesKey, queryFn: ({ signal }) => take(api.GET("/api/v1/me/identities", { signal })) });

export const providersQuery = (api: Api) =>
  queryOptions({
    queryKey: ["providers"],
    queryFn: ({ signal }) => take(api.GET("/api/v1/sign-in/providers", { signal })),
    staleTime: Number.POSITIVE_INFINITY,
  });
