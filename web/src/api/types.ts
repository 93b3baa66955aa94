import type { components } from "./schema";

type Schemas = components["schemas"];

export type User = Schemas["AccountsUser"];
export type TenantRef = Schemas["AccountsTenantRef"];
export type CurrentTenant = Schemas["AccountsCurrentTenant"];
export type SessionGrant = Omit<Schemas["AccountsSession"], "tenant"> & { tenant: CurrentTenant | null };
export type Member = Schemas["AccountsMember"];
export type MemberPage = Schemas["AccountsMemberPage"];
export type WorkspaceRole = Schemas["AccountsRole"];
export type PermissionInfo = Schemas["AccountsPermissionInfo"];
export type Invitation = Schemas["Invitation"];
export type SkippedInvitation = Schemas["InvitationsSkipped"];
export type OpenInvitation = Schemas["InvitationsOpened"];
export type Domain = Schemas["InvitationsDomain"];
export type Joinable = Schemas["InvitationsJoinable"];
export type ApiKey = Schemas["ApikeysKey"];
export type Note = Schemas["Note"];
export type NotePage = Schemas["NotePage"];
export type Plan = Omit<Schemas["BillingPlan"], "price"> & { price: Schemas["BillingPrice"] | null };
export type Billing = Omit<Schemas["Billing"], "plan"> & { plan: Plan };
export type Usage = Schemas["PlanUsage"];
export type Operator = Schemas["Operator"];
export type OperatorGrant = Schemas["OperatorSession"];
export type OperatorTenant = Schemas["OperatorTenant"];
export type OperatorTenantDetail = Schemas["OperatorTenantDetail"];
export type AuditEntry = Schemas["AuditTenantEntry"];
