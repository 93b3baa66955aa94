import type { components } from "./schema";

type Schemas = components["schemas"];

export type User = Schemas["User"];
export type TenantRef = Schemas["TenantRef"];
export type CurrentTenant = Schemas["CurrentTenant"];
export type SessionGrant = Schemas["Session"];
export type OperatorGrant = Schemas["OperatorSession"];
export type Role = TenantRef["role"];
export type Member = Schemas["Member"];
export type Note = Schemas["Note"];
export type NotePage = Schemas["NotePage"];
export type Plan = Schemas["Plan"];
export type Billing = Schemas["Billing"];
export type Operator = Schemas["Operator"];
export type OperatorTenant = Schemas["OperatorTenant"];
export type OperatorTenantDetail = Schemas["OperatorTenantDetail"];
export type AuditEntry = Schemas["AuditEntry"];
