package factors

import (
	"context"
	"fmt"

	"saaskit/platform/db"
	"saaskit/platform/fault"
	"saaskit/platform/mail"
)

// Texts of the mails. None holds anything that was typed, and none a link into the account: who gets one by surprise signs in by their own way.

const notMe = "If that was not you, set a new password at once from the sign-in page: that signs you out everywhere. Then look at the security page of your account."

func (s *service) notice(email, title, text string) mail.Message {
	return mail.Message{
		To: email, Subject: title, Title: title,
		Paragraphs: []string{text, "Other browsers in which you are signed in stay so. You can end them on the security page of your account."},
		Button:     &mail.Button{Label: "Sign in", URL: s.BaseURL + "/sign-in"},
		Footnote:   notMe,
	}
}

// tell mails somebody what happened, where there is mail: nobody is kept from signing in because there is none.
func (s *service) tell(ctx context.Context, tx *db.SystemTx, m mail.Message) error {
	err := s.Mail.Send(ctx, tx, m)
	if err != nil && fault.From(err).Code == "mail_off" {
		return nil
	}
	return err
}

func (s *service) totpOnMail(email string) mail.Message {
	return s.notice(email, "Your authenticator app is on", "An authenticator app was added to your account. From now on signing in with your password asks for its code as well. "+
		"Keep the recovery codes where you find them without your phone.")
}

func (s *service) totpOffMail(email string) mail.Message {
	return s.notice(email, "Your authenticator app was turned off", "The authenticator app was removed from your account, and its recovery codes with it. "+
		"Your password alone signs you in now.")
}

func (s *service) recoveryCodesMail(email string) mail.Message {
	return s.notice(email, "You have new recovery codes", "New recovery codes were made for your account. The old ones do not work any more.")
}

func (s *service) recoveryCodeUsedMail(email string, left int64) mail.Message {
	codes := fmt.Sprintf("%d codes are", left)
	if left == 1 {
		codes = "One code is"
	}
	return s.notice(email, "A recovery code was used", "Somebody, probably you, used a recovery code of your account in place of the authenticator app. "+
		codes+" left. You can make new ones on the security page of your account.")
}

func (s *service) passkeyAddedMail(email string) mail.Message {
	return s.notice(email, "A passkey was added", "A passkey was added to your account. It signs you in without your password.")
}

func (s *service) passkeyRemovedMail(email string) mail.Message {
	return s.notice(email, "A passkey was removed", "A passkey was removed from your account. It does not sign you in any more.")
}

func (s *service) passkeyCopiedMail(email string) mail.Message {
	return s.notice(email, "A passkey of yours may have been copied", "A passkey of yours was used in a way that only a copy of it could be, so we refused it. "+
		"Remove that passkey and add a new one.")
}
