package operator

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/audit"
	"saaskit/platform/db"
	"saaskit/platform/fault"
	"saaskit/platform/mail"
)

var (
	errAlreadySuspended = fault.New(fault.Conflict, "already_suspended", "This tenant is suspended already.")
	errNotSuspended     = fault.New(fault.Conflict, "not_suspended", "This tenant is not suspended.")
	errNoReason         = fault.New(fault.Invalid, "reason_required", "Say why, in a few words.")
)

type reasonInput struct {
	ID   uuid.UUID `path:"id"`
	Body struct {
		Reason string `json:"reason" minLength:"3" maxLength:"500" example:"Payment dispute" doc:"Kept in the audit log; who is concerned is told"`
	}
}

func cleanReason(text string) (string, error) {
	reason := strings.Join(strings.Fields(text), " ")
	if reason == "" {
		return "", errNoReason.With(fault.Field{Location: "body.reason", Message: errNoReason.Message})
	}
	return reason, nil
}

// change is what suspending and restoring have in common.
type change struct {
	from, to string
	refusal  *fault.Error // when the tenant is not in from
	action   string
	purpose  string
	mail     func(email, tenant string) mail.Message
}

// suspend stops a tenant: within a second nobody can work in it, on any replica. Its owners are told.
func (s *service) suspend(ctx context.Context, in *reasonInput) (*TenantDetail, error) {
	reason, err := cleanReason(in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return s.change(ctx, in.ID, reason, change{
		from: active, to: suspended, refusal: errAlreadySuspended, action: "tenant.suspend", purpose: "suspend a tenant",
		mail: func(email, tenant string) mail.Message { return s.suspendedMail(email, tenant, reason) },
	})
}

// change writes the new status, both logs and the mails in one transaction.
func (s *service) change(ctx context.Context, id uuid.UUID, reason string, c change) (out *TenantDetail, err error) {
	if err := s.Limits.Take(ctx, changesByOperator, access.From(ctx).ID.String()); err != nil {
		return nil, err
	}
	if err := s.Limits.Take(ctx, changesByTenant, id.String()); err != nil {
		return nil, err
	}
	err = s.DB.System(ctx, c.purpose, func(tx *db.SystemTx) error {
		who, err := findEnabled(tx, access.From(ctx).ID)
		if err != nil {
			return err
		}
		shown := ""
		if c.to == suspended {
			shown = reason
		}
		changed := tx.Table("tenants").Where("id = ? AND status = ?", id, c.from).
			Updates(map[string]any{"status": c.to, "suspended_reason": shown, "updated_at": s.Now()})
		if changed.Error != nil {
			return fmt.Errorf("%s: %w", c.purpose, changed.Error)
		}
		if out, err = s.detail(ctx, tx, id); err != nil {
			return err
		}
		if changed.RowsAffected == 0 {
			return c.refusal
		}
		return s.tell(as(ctx, who), tx, out, reason, c)
	})
	return out, err
}

func (s *service) tell(ctx context.Context, tx *db.SystemTx, t *TenantDetail, reason string, c change) error {
	about := "tenant:" + t.ID.String()
	detail := map[string]any{"reason": reason}
	if err := audit.RecordFor(ctx, tx, t.ID, c.action, about, detail); err != nil {
		return err
	}
	if err := audit.RecordSecurity(ctx, tx, c.action, about, detail); err != nil {
		return err
	}
	owners, err := s.OwnerEmails(ctx, tx, t.ID)
	if err != nil {
		return fmt.Errorf("find the owners: %w", err)
	}
	for _, email := range owners {
		if err := s.Mail.Send(ctx, tx, c.mail(email, t.Name)); err != nil {
			return err
		}
	}
	return nil
}
