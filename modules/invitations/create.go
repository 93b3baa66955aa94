package invitations

import (
	"context"
	"errors"
	"slices"
	"time"

	"saaskit/platform/access"
	"saaskit/platform/audit"
	"saaskit/platform/db"
	"saaskit/platform/limit"
	"saaskit/platform/mail"
)

type createInput struct {
	Body struct {
		Emails []string `json:"emails" minItems:"1" maxItems:"50" example:"[\"ada@example.com\"]" doc:"Whom to invite"`
		Role   string   `json:"role" minLength:"1" maxLength:"36" example:"member" doc:"At most your own: owner, admin, member, viewer, or the id of a role that the workspace made"`
	}
}

// Created is what became of each address.
type Created struct {
	Items   []Invitation `json:"items" doc:"The new invitations"`
	Skipped []Skipped    `json:"skipped" doc:"Addresses that got none"`
}

// Skipped is an address that was not invited.
type Skipped struct {
	Email  string `json:"email"`
	Reason string `json:"reason" enum:"email_invalid,already_member,already_invited,rate_limited" doc:"Why not"`
}

func (c *Created) skip(email, reason string) { c.Skipped = append(c.Skipped, Skipped{email, reason}) }

// maxEcho bounds what comes back of something that is no address.
const maxEcho = 320

// create invites each address by mail. For an address with and without an account it does the same.
func (s *service) create(ctx context.Context, in *createInput) (*Created, error) {
	out := &Created{}
	emails := out.clean(in.Body.Emails)
	err := s.DB.Tenant(ctx, func(tx *db.Tx) error {
		// Before mails are counted: who may not invite, and whom no mail would go to, uses up nobody's rate.
		if _, err := s.Grantable(ctx, tx, in.Body.Role); err != nil {
			return err
		}
		var err error
		emails, err = s.invitableTx(ctx, tx, emails, out)
		return err
	})
	if err != nil {
		return nil, err
	}
	if emails, err = s.take(ctx, emails, out); err != nil {
		return nil, err
	}
	if len(emails) == 0 {
		return out, nil
	}
	err = s.DB.Tenant(ctx, func(tx *db.Tx) error { return s.createTx(ctx, tx, emails, in.Body.Role, out) })
	if err != nil {
		return nil, err
	}
	return out, nil
}

// clean returns each plain address once, in canonical form.
func (c *Created) clean(given []string) []string {
	var emails []string
	for _, text := range given {
		email, err := mail.Address(text)
		if err != nil {
			c.skip(text[:min(len(text), maxEcho)], "email_invalid")
		} else if !slices.Contains(emails, email) {
			emails = append(emails, email)
		}
	}
	return emails
}

// invitableTx returns who of the addresses is neither a member nor has an invitation that works.
func (s *service) invitableTx(ctx context.Context, tx *db.Tx, emails []string, out *Created) ([]string, error) {
	members, err := s.Members(ctx, tx, emails)
	if err != nil {
		return nil, err
	}
	var invited, left []string
	if err := tx.Table("invitations").Where(live).Where("email IN ? AND expires_at > ?", emails, s.Now()).Pluck("email", &invited).Error; err != nil {
		return nil, err
	}
	for _, email := range emails {
		switch {
		case slices.Contains(members, email):
			out.skip(email, "already_member")
		case slices.Contains(invited, email):
			out.skip(email, "already_invited")
		default:
			left = append(left, email)
		}
	}
	return left, nil
}

// take counts a mail to each address against the rates, and returns those within them. It fails when none is.
func (s *service) take(ctx context.Context, emails []string, out *Created) ([]string, error) {
	if len(emails) == 0 {
		return nil, nil
	}
	if err := s.takeMails(ctx, len(emails)); err != nil {
		return nil, err
	}
	var within []string
	var over error
	for _, email := range emails {
		err := s.Limits.Take(ctx, mailsByRecipient, email)
		switch {
		case errors.Is(err, limit.ErrLimited):
			out.skip(email, "rate_limited")
			over = err
		case err != nil:
			return nil, err
		default:
			within = append(within, email)
		}
	}
	if len(within) == 0 && over != nil {
		return nil, over
	}
	return within, nil
}

// takeMails counts mails against the rates of who sends them and of the tenant: all of them, or none. What the sender has no rate for
// does not count against the tenant.
func (s *service) takeMails(ctx context.Context, n int) error {
	actor := access.From(ctx)
	if _, err := s.Limits.TakeN(ctx, mailsByInviter, actor.ID.String(), n); err != nil {
		return err
	}
	_, err := s.Limits.TakeN(ctx, mailsByTenant, actor.Tenant.String(), n)
	return err
}

func (s *service) createTx(ctx context.Context, tx *db.Tx, emails []string, key string, out *Created) error {
	role, err := s.Grantable(ctx, tx, key)
	if err != nil {
		return err
	}
	if err := takeTurnsTx(tx); err != nil {
		return err
	}
	members, err := s.Members(ctx, tx, emails)
	if err != nil {
		return err
	}
	sender, err := s.senderTx(ctx, tx)
	if err != nil {
		return err
	}
	by, now := inviterOf(access.From(ctx)), s.Now().UTC().Truncate(time.Microsecond)
	by.Name = sender.inviter
	if err := makeRoomTx(tx, emails, now); err != nil {
		return err
	}
	for _, email := range emails {
		if slices.Contains(members, email) {
			out.skip(email, "already_member")
			continue
		}
		i := Invitation{ID: db.NewID(), Email: email, Role: role.Key, RoleName: role.Name, InvitedBy: by, CreatedAt: now, SentAt: now, ExpiresAt: now.Add(life)}
		token, hash := newToken()
		inserted, err := insertTx(tx, i, hash)
		if err != nil {
			return err
		}
		if !inserted {
			out.skip(email, "already_invited")
			continue
		}
		if err := audit.Record(ctx, tx, "invitation.create", target(i.ID), map[string]any{"email": email, "role": role.Name}); err != nil {
			return err
		}
		if err := s.Mail.Send(ctx, tx, s.invitationMail(i, sender, token)); err != nil {
			return err
		}
		out.Items = append(out.Items, i)
	}
	return nil
}

// takeTurnsTx has two requests of a tenant go one after the other, so that together they cannot have more than a tenant may have either.
// It locks the tenant, and rows are locked in one order everywhere, so that no two requests wait for each other: roles, memberships, the tenant,
// invitations and domains. So Grantable, which locks the first two, comes before it.
func takeTurnsTx(tx *db.Tx) error {
	var locked []string
	return tx.Raw("SELECT id::text FROM tenants FOR NO KEY UPDATE").Scan(&locked).Error
}

// makeRoomTx ends expired invitations of the addresses, so that new ones can take their place, and refuses more than a tenant may have.
func makeRoomTx(tx *db.Tx, emails []string, now time.Time) error {
	err := tx.Exec("UPDATE invitations SET revoked_at = ? WHERE email IN ? AND expires_at <= ? AND "+live, now, emails, now).Error
	if err != nil {
		return err
	}
	var n int64
	if err := tx.Table("invitations").Where(live).Where("email NOT IN ?", emails).Count(&n).Error; err != nil {
		return err
	}
	if n+int64(len(emails)) > maxWaiting {
		return errTooMany
	}
	return nil
}

func insertTx(tx *db.Tx, i Invitation, hash []byte) (bool, error) {
	role, id := roleColumns(i.Role)
	made := tx.Exec(`INSERT INTO invitations (id, email, role, role_id, invited_by, invited_by_kind, token_hash, created_at, sent_at, expires_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		i.ID, i.Email, role, id, i.InvitedBy.ID, i.InvitedBy.Kind, hash, i.CreatedAt, i.SentAt, i.ExpiresAt)
	return made.RowsAffected == 1, made.Error
}
