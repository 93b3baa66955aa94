package identities

import "saaskit/platform/mail"

// Texts of the mails. None holds anything that was typed or that a provider sent: a provider's name is configured.

func (s *service) notice(email, title, text, footnote string) mail.Message {
	return mail.Message{
		To: email, Subject: title, Title: title, Paragraphs: []string{text},
		Button: &mail.Button{Label: "Sign in", URL: s.BaseURL + "/sign-in"}, Footnote: footnote,
	}
}

func (s *service) welcomeMail(email, provider string) mail.Message {
	return s.notice(email, "Your account is ready", "You signed in with "+provider+" for the first time, so an account was made with this address. From now on "+
		provider+" signs you in. You can also set a password from the sign-in page.",
		"If that was not you, set a password from the sign-in page: only this mailbox can. Then remove "+provider+" on the security page of the account.")
}

func (s *service) linkedMail(email, provider string) mail.Message {
	return s.notice(email, provider+" was linked to your account", "An identity at "+provider+" was linked to your account. From now on it signs you in.",
		"If that was not you, set a new password at once from the sign-in page: that signs you out everywhere. Then remove the identity on the security page of your account.")
}

func (s *service) removedMail(email, provider string) mail.Message {
	return s.notice(email, provider+" was removed from your account", "An identity at "+provider+" was removed from your account. It does not sign you in any more.",
		"If that was not you, set a new password at once from the sign-in page: that signs you out everywhere.")
}
