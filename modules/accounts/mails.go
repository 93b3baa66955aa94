package accounts

import "saaskit/platform/mail"

// Texts of the mails. None holds anything that a stranger typed, and every link starts with the configured base URL.
// A token travels in the fragment, which browsers send to no server.

func (s *service) verifyMail(email, token string) mail.Message {
	return mail.Message{
		To:         email,
		Subject:    "Confirm your e-mail address",
		Title:      "Confirm your e-mail address",
		Paragraphs: []string{"Welcome. Open this link to choose your name and password. It works once, for 24 hours."},
		Button:     &mail.Button{Label: "Confirm address", URL: s.BaseURL + "/verify#" + token},
		Footnote:   "If you did not sign up, ignore this mail: without the link nothing happens.",
	}
}

func (s *service) alreadySignedUpMail(email string) mail.Message {
	return mail.Message{
		To:      email,
		Subject: "You already have an account",
		Title:   "You already have an account",
		Paragraphs: []string{
			"Someone, probably you, tried to sign up with this address. It is already signed up.",
			"Sign in with your password. If you have forgotten it, you can set a new one from the sign-in page.",
		},
		Button:   &mail.Button{Label: "Sign in", URL: s.BaseURL + "/sign-in"},
		Footnote: "If that was not you, you need not do anything.",
	}
}

func (s *service) resetMail(email, token string) mail.Message {
	return mail.Message{
		To:         email,
		Subject:    "Set a new password",
		Title:      "Set a new password",
		Paragraphs: []string{"Open this link to set a new password. It works once, for 1 hour."},
		Button:     &mail.Button{Label: "Set a new password", URL: s.BaseURL + "/reset#" + token},
		Footnote:   "If you did not ask for this, ignore this mail: your password stays as it is.",
	}
}

func (s *service) noAccountMail(email string) mail.Message {
	return mail.Message{
		To:      email,
		Subject: "No account with this address",
		Title:   "No account with this address",
		Paragraphs: []string{
			"Someone, probably you, asked to set a new password for this address. Nobody has signed up with it.",
			"Perhaps you signed up with another address. You can also sign up with this one.",
		},
		Button:   &mail.Button{Label: "Sign up", URL: s.BaseURL + "/sign-up"},
		Footnote: "If that was not you, you need not do anything.",
	}
}

func (s *service) passwordChangedMail(email string) mail.Message {
	return mail.Message{
		To:         email,
		Subject:    "Your password was changed",
		Title:      "Your password was changed",
		Paragraphs: []string{"A new password was set and you were signed out everywhere. Sign in with the new password to go on."},
		Button:     &mail.Button{Label: "Sign in", URL: s.BaseURL + "/sign-in"},
		Footnote:   "If that was not you, set a new password at once from the sign-in page: only this mailbox can.",
	}
}

func (s *service) reuseMail(email string) mail.Message {
	return mail.Message{
		To:      email,
		Subject: "We signed you out of one browser",
		Title:   "We signed you out of one browser",
		Paragraphs: []string{
			"A sign-in of yours was used from two places at once. That happens when someone copies it, so we ended it.",
			"Sign in again. If you do not know why this happened, set a new password: that signs you out everywhere.",
		},
		Button: &mail.Button{Label: "Sign in", URL: s.BaseURL + "/sign-in"},
	}
}

func (s *service) guessedMail(email string) mail.Message {
	return mail.Message{
		To:      email,
		Subject: "Many tries to confirm that it is you",
		Title:   "Many tries to confirm that it is you",
		Paragraphs: []string{
			"Codes or passwords to confirm that it is you were tried so often that we now make whoever it is wait.",
			"If that was you, wait a quarter of an hour and try again.",
		},
		Footnote: "If that was not you, somebody knows your password or uses a browser in which you are signed in. Set a new password at once: that signs you out everywhere.",
	}
}
