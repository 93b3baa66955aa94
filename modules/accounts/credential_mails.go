package accounts

import "saaskit/platform/mail"

// Texts of the mails about a changed password or address. As in all mails, nothing that somebody typed is in them.

func (s *service) passwordSetMail(email string) mail.Message {
	return mail.Message{
		To:         email,
		Subject:    "You have a password now",
		Title:      "You have a password now",
		Paragraphs: []string{"A password was set for your account, and you were signed out everywhere else."},
		Footnote:   "If that was not you, set a new password at once from the sign-in page: only this mailbox can.",
	}
}

func (s *service) ownPasswordChangedMail(email string) mail.Message {
	return mail.Message{
		To:         email,
		Subject:    "Your password was changed",
		Title:      "Your password was changed",
		Paragraphs: []string{"The password of your account was changed by somebody who was signed in, and all other sign-ins were ended."},
		Footnote:   "If that was not you, set a new password at once from the sign-in page: only this mailbox can.",
	}
}

func (s *service) confirmEmailMail(email, token string) mail.Message {
	return mail.Message{
		To:      email,
		Subject: "Confirm your new e-mail address",
		Title:   "Confirm your new e-mail address",
		Paragraphs: []string{
			"Somebody who is signed in, probably you, asked to use this address from now on. Open this link to confirm. It works once, for 1 hour.",
		},
		Button:   &mail.Button{Label: "Confirm address", URL: s.BaseURL + "/email#" + token},
		Footnote: "If that was not you, ignore this mail and do not open the link: it would give your address to somebody else's account.",
	}
}

func (s *service) emailTakenMail(email string) mail.Message {
	return mail.Message{
		To:      email,
		Subject: "You already have an account",
		Title:   "You already have an account",
		Paragraphs: []string{
			"Somebody, probably you, asked to use this address for another account. It belongs to your account already, so nothing changes.",
		},
		Button:   &mail.Button{Label: "Sign in", URL: s.BaseURL + "/sign-in"},
		Footnote: "If that was not you, you need not do anything.",
	}
}

func (s *service) emailChangeAskedMail(email string) mail.Message {
	return mail.Message{
		To:      email,
		Subject: "Somebody asked to change your e-mail address",
		Title:   "Somebody asked to change your e-mail address",
		Paragraphs: []string{
			"Somebody who is signed in to your account, probably you, asked to change its e-mail address. Until the new address is confirmed, nothing changes.",
		},
		Footnote: "If that was not you, set a new password at once from the sign-in page. That signs everybody out and cancels the change.",
	}
}

func (s *service) emailChangedMail(email string) mail.Message {
	return mail.Message{
		To:         email,
		Subject:    "Your e-mail address was changed",
		Title:      "Your e-mail address was changed",
		Paragraphs: []string{"Your account has another e-mail address now. We will not write to this one any more, and it cannot be used to sign in."},
		Footnote:   "If that was not you, answer to whoever runs this product: this mail is the proof that the account was yours.",
	}
}

func (s *service) emailConfirmedMail(email string) mail.Message {
	return mail.Message{
		To:         email,
		Subject:    "Your new e-mail address is confirmed",
		Title:      "Your new e-mail address is confirmed",
		Paragraphs: []string{"Sign in with this address from now on. You were signed out everywhere but in the browser in which you confirmed it."},
		Button:     &mail.Button{Label: "Sign in", URL: s.BaseURL + "/sign-in"},
	}
}
