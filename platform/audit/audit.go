// Package audit keeps the record of who did what, written in the transaction of the deed.
package audit

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/db"
)

// Entry is one line of the record. Action is a stable word such as "member.remove", Target what it was done to; Detail never holds secrets.
type Entry struct {
	ID         uuid.UUID      `json:"id" doc:"Identifies the entry"`
	At         time.Time      `json:"at" gorm:"default:now()" doc:"When it was done"`
	ActorKind  access.Kind    `json:"actor_kind" doc:"user, api_key, operator or job; empty for somebody not signed in"`
	ActorID    *uuid.UUID     `json:"actor_id,omitempty" doc:"The user, the API key or the operator"`
	ActorLabel string         `json:"actor_label" doc:"The actor's name at that time, where it was known"`
	Action     string         `json:"action" doc:"What was done" example:"tenant.suspend"`
	Target     string         `json:"target" doc:"What it was done to"`
	Detail     map[string]any `json:"detail" gorm:"serializer:json" doc:"More about it"`
	IP         string         `json:"ip" doc:"The client's address"`
	UserAgent  string         `json:"user_agent" doc:"The client's program"`
	RequestID  string         `json:"request_id" doc:"The request, as in the server's log"`
}

// TenantEntry is an entry as read across tenants.
type TenantEntry struct {
	TenantID uuid.UUID `json:"tenant_id" doc:"The tenant it was done in"`
	Entry
}

const (
	tenantLog   = "audit_log"
	securityLog = "security_log"
)

// Record writes an entry of the tenant of tx. Actor and origin come from ctx.
func Record(ctx context.Context, tx *db.Tx, action, target string, detail map[string]any) error {
	e := entry(ctx, action, target, detail)
	if err := tx.Table(tenantLog).Create(&e).Error; err != nil {
		return fmt.Errorf("record %s: %w", action, err)
	}
	return nil
}

// RecordFor writes an entry of any tenant, for what the system or an operator does to it.
func RecordFor(ctx context.Context, tx *db.SystemTx, tenant uuid.UUID, action, target string, detail map[string]any) error {
	e := TenantEntry{TenantID: tenant, Entry: entry(ctx, action, target, detail)}
	if err := tx.Table(tenantLog).Create(&e).Error; err != nil {
		return fmt.Errorf("record %s: %w", action, err)
	}
	return nil
}

// RecordSecurity writes an entry that belongs to no tenant: a sign-in, a new password, an act of an operator.
func RecordSecurity(ctx context.Context, tx *db.SystemTx, action, target string, detail map[string]any) error {
	e := entry(ctx, action, target, detail)
	if err := tx.Table(securityLog).Create(&e).Error; err != nil {
		return fmt.Errorf("record %s: %w", action, err)
	}
	return nil
}

func entry(ctx context.Context, action, target string, detail map[string]any) Entry {
	actor, origin := access.From(ctx), access.OriginFrom(ctx)
	e := Entry{
		ID: db.NewID(), ActorKind: actor.Kind, ActorLabel: actor.Label, Action: action, Target: target, Detail: detail,
		IP: origin.IP, UserAgent: origin.UserAgent, RequestID: origin.RequestID,
	}
	if actor.ID != uuid.Nil {
		e.ActorID = &actor.ID
	}
	if e.Detail == nil {
		e.Detail = map[string]any{}
	}
	return e
}
