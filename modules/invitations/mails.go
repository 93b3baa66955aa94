package invitations

import (
	"cmp"
	"context"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/db"
	"saaskit/platform/mail"
)

// sender is where an invitation comes from, by the names that people chose. Both can be empty.
type sender struct{ inviter, tenant string }

// senderTx finds the names of the actor and of the transaction's tenant.
func (s *service) senderTx(ctx context.Context, tx *db.Tx) (sender, error) {
	var tenant []string
	if err := tx.Table("tenants").Pluck("name", &tenant).Error; err != nil {
		return sender{}, err
	}
	actor := access.From(ctx)
	names, err := s.Names(ctx, tx, []uuid.UUID{actor.ID})
	if err != nil || len(tenant) != 1 {
		return sender{}, err
	}
	return sender{inviter: names[actor.ID], tenant: tenant[0]}, nil
}

// invitationMail is the same for an address with and without an account. The link starts with the configured base URL; the token travels in
// the fragment, which browsers send to no server.
func (s *service) invitationMail(i Invitation, from sender, token string) mail.Message {
	tenant := cmp.Or(plain(from.tenant), "a workspace")
	title := "You are invited to " + tenant
	if inviter := plain(from.inviter); inviter != "" {
		title = inviter + " invited you to " + tenant
	}
	return mail.Message{
		To:      i.Email,
		Subject: title,
		Title:   title,
		Paragraphs: []string{
			"Open the link to see the invitation and to join, with an account that you have or with a new one.",
			"The link works once, until " + i.ExpiresAt.UTC().Format("2 January 2006, 15:04") + " UTC.",
		},
		Button:   &mail.Button{Label: "See the invitation", URL: s.BaseURL + "/invite#" + token},
		Footnote: "The names in this mail were chosen by whoever sent it. If you do not know them, ignore it: without the link nothing happens.",
	}
}

func (s *service) proofLostMail(to, domain, tenant string) mail.Message {
	return mail.Message{
		To:      to,
		Subject: "The proof of a domain is gone",
		Title:   "The proof of a domain is gone",
		Paragraphs: []string{
			"The DNS record that proves a domain of " + plain(tenant) + " has been missing for 3 days: " + recordName(domain),
			"People with an address there can no longer join by themselves. Members stay. Put the record back and prove the domain again to go on.",
		},
		Footnote: "You get this because you own the workspace.",
	}
}
