package accounts

import (
	"context"
	"time"

	"saaskit/platform/access"
	"saaskit/platform/audit"
	"saaskit/platform/db"
	"saaskit/platform/fault"
	"saaskit/platform/mail"
	"saaskit/platform/onetime"
	"saaskit/platform/session"
)

const (
	kindEmail = "accounts.email"
	emailLife = time.Hour
)

var errSameEmail = fault.New(fault.Invalid, "email_unchanged", "This is your address already.").
	With(fault.Field{Location: "body.email", Message: "must be another address than the one you have"})

// mailed is what a link to an account holds beside its token: how the account was when the link was mailed. When it is no longer so, because
// the password or the address has changed since, the link is worthless.
type mailed struct {
	From      string // the account's address
	ChangedAt time.Time
}

func (m mailed) fits(a account) bool { return m.From == a.Email && m.ChangedAt.Equal(a.ChangedAt) }

// emailChange is a change of address that waits for its proof.
type emailChange struct {
	mailed
	To string
}

type changeEmailInput struct {
	Body struct {
		Email string `json:"email" maxLength:"320" example:"ada@example.org" doc:"The new address"`
	}
}

// changeEmail mails a link to the new address and a notice to the present one. Until the link is opened nothing changes. An address that
// somebody has gets no link; the answer, and what the person sees afterwards, are the same.
func (s *service) changeEmail(ctx context.Context, in *changeEmailInput) error {
	to, err := mail.Address(in.Body.Email)
	if err != nil {
		return err
	}
	actor := access.From(ctx)
	if err := s.Limits.Take(ctx, emailByAccount, actor.ID.String()); err != nil {
		return err
	}
	if err := s.Limits.Take(ctx, emailByTarget, to); err != nil {
		return err
	}
	return s.DB.System(ctx, "ask for a change of address", func(tx *db.SystemTx) error {
		own, err := s.holdOwnTx(ctx, tx)
		if err != nil {
			return err
		}
		if to == own.Email {
			return errSameEmail
		}
		holder, err := findCredential(tx, to)
		if err != nil {
			return err
		}
		change := emailChange{mailed{own.Email, own.ChangedAt}, to}
		link, err := s.OneTime.IssueTx(ctx, tx, kindEmail, own.ID.String(), emailLife, change)
		if err != nil {
			return err
		}
		proof := s.confirmEmailMail(to, link)
		if holder.Email != "" {
			proof = s.emailTakenMail(to)
		}
		for _, message := range []mail.Message{proof, s.emailChangeAskedMail(own.Email)} {
			if err := s.Mail.Send(ctx, tx, message); err != nil {
				return err
			}
		}
		return audit.RecordSecurity(ctx, tx, "user.ask_email_change", target(own.ID), map[string]any{"to": to})
	})
}

// pendingEmailTx is the address that the account may still change to, or "".
func (s *service) pendingEmailTx(ctx context.Context, tx *db.SystemTx, a account) (string, error) {
	var change emailChange
	found, err := s.OneTime.PendingTx(ctx, tx, kindEmail, a.ID.String(), &change)
	if err != nil || !found || !change.fits(a) {
		return "", err
	}
	return change.To, nil
}

// cancelEmailChange makes the mailed link worthless. Without a pending change there is nothing to do.
func (s *service) cancelEmailChange(ctx context.Context, _ *struct{}) error {
	return s.DB.System(ctx, "cancel a change of address", func(tx *db.SystemTx) error {
		own, err := s.holdOwnTx(ctx, tx)
		if err != nil {
			return err
		}
		return s.cancelEmailChangeTx(ctx, tx, own)
	})
}

// cancelEmailChangeTx cancels what is pending for an account that is held. Who ends a session may not know in which one the change was asked
// for, so that cancels it too.
func (s *service) cancelEmailChangeTx(ctx context.Context, tx *db.SystemTx, own account) error {
	to, err := s.pendingEmailTx(ctx, tx, own)
	if err != nil || to == "" {
		return err
	}
	if err := s.OneTime.VoidTx(ctx, tx, kindEmail, own.ID.String()); err != nil {
		return err
	}
	return audit.RecordSecurity(ctx, tx, "user.cancel_email_change", target(own.ID), map[string]any{"to": to})
}

type confirmEmailInput struct {
	Body struct {
		Token string `json:"token" minLength:"1" maxLength:"200" doc:"What follows # in the mailed link"`
	}
}

// confirmEmail changes the address: the link proves that the new one is read. It signs nobody in, ends every session but that of the
// browser in which the link was opened, and tells both addresses.
func (s *service) confirmEmail(ctx context.Context, in *confirmEmailInput) error {
	if err := s.Limits.Take(ctx, confirmByToken, in.Body.Token); err != nil {
		return err
	}
	return s.DB.System(ctx, "change an address", func(tx *db.SystemTx) error {
		var change emailChange
		own, err := s.holdByLinkTx(ctx, tx, kindEmail, in.Body.Token, &change)
		if err != nil {
			return err
		}
		return s.moveTx(ctx, tx, own, change.To)
	})
}

func (s *service) moveTx(ctx context.Context, tx *db.SystemTx, own account, to string) error {
	err := tx.Table("users").Where("id = ?", own.ID).Update("email", to).Error
	if db.IsUnique(err, "users_email_key") {
		return onetime.ErrLink // somebody signed up with it since; the account that has it is never touched
	}
	if err != nil {
		return err
	}
	here, err := s.Sessions.HolderTx(ctx, tx, session.App, s.cookie.Get(ctx))
	if err != nil {
		return err
	}
	if _, err := s.Sessions.EndOthersTx(ctx, tx, session.App, own.ID, here); err != nil {
		return err
	}
	detail := map[string]any{"from": own.Email, "to": to}
	if err := audit.RecordSecurity(actingAs(ctx, own.User), tx, "user.change_email", target(own.ID), detail); err != nil {
		return err
	}
	if err := s.Mail.Send(ctx, tx, s.emailChangedMail(own.Email)); err != nil {
		return err
	}
	return s.Mail.Send(ctx, tx, s.emailConfirmedMail(to))
}
