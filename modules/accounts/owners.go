package accounts

import (
	"context"

	"saaskit/platform/access"
	"saaskit/platform/db"
	"saaskit/platform/fault"
	"saaskit/platform/jobs"
	"saaskit/platform/mail"
)

// event is something that concerns the safety of a whole tenant.
type event string

const (
	ownerAdded       event = "owner_added"
	ownerGone        event = "owner_gone"
	ownershipGiven   event = "ownership_given"
	secondFactorOn   event = "second_factor_on"
	secondFactorDone event = "second_factor_off"
)

// ownersNotice is the job that mails the owners what happened. It is a job of its own because they may be many, and whoever acts holds locks.
type ownersNotice struct {
	Event  event  `json:"event"`
	By     string `json:"by"`             // address of who did it; "" for an API key
	Member string `json:"member"`         // address of whom it was done to
	Also   string `json:"also,omitempty"` // address of somebody who is no longer an owner
}

// Kind names the job.
func (ownersNotice) Kind() string { return "accounts.owners_notice" }

// limitNotices counts what has all owners mailed. That somebody is no longer an owner needs no count: it happens once for each who became one.
func (s *service) limitNotices(ctx context.Context) error {
	return s.Limits.Take(ctx, ownersRate, access.From(ctx).Tenant.String())
}

// tellOwners mails all owners of the tenant who can sign in.
func (s *service) tellOwners(ctx context.Context, n ownersNotice) error {
	return s.DB.Tenant(ctx, func(tx *db.Tx) error {
		var slug string
		if err := tx.Table("tenants").Where("id = ?", access.From(ctx).Tenant).Pluck("slug", &slug).Error; err != nil {
			return err
		}
		owners, err := ownerEmails(tx.Table("memberships AS m"))
		if err != nil {
			return err
		}
		if n.Also != "" {
			owners = append(owners, n.Also)
		}
		for _, owner := range owners {
			err := s.Mail.Send(ctx, tx, s.noticeMail(owner, slug, n))
			if err != nil && fault.From(err).Code == "mail_off" {
				return jobs.GiveUp(err)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// noticeMail names the tenant by its address in the product, not by the name that somebody chose.
func (s *service) noticeMail(to, slug string, n ownersNotice) mail.Message {
	title, what, page := "", "", "members"
	switch n.Event {
	case ownerAdded:
		title, what = "A new owner of "+slug, n.Member+" is now an owner of the workspace "+slug+". Owners may do everything there."
	case ownerGone:
		title, what = "An owner of "+slug+" has gone", n.Member+" is no longer an owner of the workspace "+slug+"."
	case ownershipGiven:
		title, what = "A new owner of "+slug, n.By+" made "+n.Member+" owner of the workspace "+slug+" in their own place, and is now an admin there."
	case secondFactorOn:
		title, page = "A second factor is needed in "+slug, "workspace"
		what = n.By + " requires a second factor for the workspace " + slug + ". Whoever signed in without one has to sign in with one."
	case secondFactorDone:
		title, page = "No second factor is needed any more in "+slug, "workspace"
		what = n.By + " lets everybody work in the workspace " + slug + " without a second factor."
	}
	return mail.Message{
		To: to, Subject: title, Title: title, Paragraphs: []string{what},
		Button:   &mail.Button{Label: "See the settings", URL: s.BaseURL + "/t/" + slug + "/settings/" + page},
		Footnote: "You get this because you are an owner, or were one. If you did not expect it, look into the settings and talk to the other owners.",
	}
}
