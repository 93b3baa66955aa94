package operator

import "saaskit/platform/mail"

// Texts of the mails. None holds a link but to the configured base URL, so that a forged one stands out.

func codeMail(email, code string) mail.Message {
	return mail.Message{
		To:         email,
		Subject:    "Your operator sign-in code",
		Title:      "Your operator sign-in code",
		Paragraphs: []string{"Type this code where you are signing in. It works once, for 10 minutes."},
		Code:       code,
		Footnote:   "If you are not signing in, somebody knows your password: ask another operator for a new link at once.",
	}
}

func passwordSetMail(email string) mail.Message {
	return mail.Message{
		To:         email,
		Subject:    "Your operator password was set",
		Title:      "Your operator password was set",
		Paragraphs: []string{"A new password was set for your operator account, and you were signed out everywhere."},
		Footnote:   "If that was not you, tell another operator at once.",
	}
}

func (s *service) suspendedMail(email, tenant, reason string) mail.Message {
	return mail.Message{
		To:      email,
		Subject: "Your workspace was suspended",
		Title:   "Your workspace was suspended",
		Paragraphs: []string{
			"The workspace " + tenant + " was suspended. Nobody can work in it for now; nothing in it was deleted.",
			"Reason: " + reason,
		},
		Footnote: "Answer this mail if you think that this is a mistake.",
	}
}

func (s *service) signedOutMail(email, reason string, removedFactors bool) mail.Message {
	text := "Our staff ended all your sessions. A link that we mailed you before to set a password or to change your address does not work any more."
	if removedFactors {
		text += " They also removed your authenticator app, recovery codes and passkeys; set them up again when you have signed in."
	}
	return mail.Message{
		To:         email,
		Subject:    "You were signed out everywhere",
		Title:      "You were signed out everywhere",
		Paragraphs: []string{text, "Reason: " + reason},
		Button:     &mail.Button{Label: "Sign in", URL: s.BaseURL + "/sign-in"},
		Footnote:   "Answer this mail if you have a question.",
	}
}

func (s *service) restoredMail(email, tenant string) mail.Message {
	return mail.Message{
		To:         email,
		Subject:    "Your workspace is back",
		Title:      "Your workspace is back",
		Paragraphs: []string{"The workspace " + tenant + " works again, with everything that was in it."},
		Button:     &mail.Button{Label: "Sign in", URL: s.BaseURL + "/sign-in"},
	}
}
