package invitations

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/audit"
	"saaskit/platform/db"
	"saaskit/platform/fault"
)

// patience is how long the record of a proved domain may be gone, in a row.
const patience = 3 * 24 * time.Hour

// tenantsAtOnce is how many tenants get their job in one transaction.
const tenantsAtOnce = 500

// recheckAll is the daily job that has each tenant's proofs looked at again.
type recheckAll struct{}

// Kind names the job.
func (recheckAll) Kind() string { return "invitations.recheck_all" }

// recheck is the job that looks for the records of its tenant's proved domains.
type recheck struct{}

// Kind names the job.
func (recheck) Kind() string { return "invitations.recheck" }

func (s *service) recheckAll(ctx context.Context, _ recheckAll) error {
	page := make([]uuid.UUID, 1) // before the first tenant
	for len(page) > 0 {
		last := page[len(page)-1]
		page = nil
		err := s.DB.System(ctx, "find tenants with proved domains", func(tx *db.SystemTx) error {
			err := tx.Raw("SELECT DISTINCT tenant_id FROM domains WHERE verified_at IS NOT NULL AND tenant_id > ? ORDER BY tenant_id LIMIT ?",
				last, tenantsAtOnce).Scan(&page).Error
			if err != nil {
				return err
			}
			return s.Queue.EnqueueEach(ctx, tx, page, recheck{})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *service) recheck(ctx context.Context, _ recheck) error {
	var domains []Domain
	err := s.DB.One(ctx, func(tx *db.Tx) error {
		return tx.Model(&Domain{}).Select(domainColumns).Where("verified_at IS NOT NULL").Order("domain").Limit(maxDomains).Find(&domains).Error
	})
	if err != nil {
		return err
	}
	found := s.provedAll(ctx, domains)
	if err := ctx.Err(); err != nil {
		return err // what was not answered in time is asked again
	}
	var failed []error
	for i, d := range domains {
		switch err := found[i].err; {
		case errors.Is(err, errNoAnswer): // a name server that is away says nothing about the record; tomorrow it may
		case err != nil:
			failed = append(failed, err)
		default:
			failed = append(failed, s.noteCheck(ctx, d, found[i].there))
		}
	}
	return errors.Join(failed...)
}

type answer struct {
	there bool
	err   error
}

// provedAll asks for all records at once: a tenant has few domains, and none whose name server does not answer takes the time of another.
func (s *service) provedAll(ctx context.Context, domains []Domain) []answer {
	found := make([]answer, len(domains))
	var all sync.WaitGroup
	for i, d := range domains {
		all.Go(func() { found[i].there, found[i].err = s.proved(ctx, d) })
	}
	all.Wait()
	return found
}

// noteCheck remembers since when a record is gone. When that is too long the proof is lost: then nobody joins by the domain any more, somebody else may
// prove it, and the owners are told.
func (s *service) noteCheck(ctx context.Context, d Domain, there bool) error {
	tenant, now := access.From(ctx).Tenant, s.Now()
	return s.DB.System(ctx, "note a look at the proof of a domain", func(tx *db.SystemTx) error {
		if there {
			return tx.Exec("UPDATE domains SET missing_since = NULL WHERE tenant_id = ? AND id = ? AND missing_since IS NOT NULL", tenant, d.ID).Error
		}
		var since []time.Time
		err := tx.Raw("UPDATE domains SET missing_since = coalesce(missing_since, ?) WHERE tenant_id = ? AND id = ? AND verified_at IS NOT NULL RETURNING missing_since",
			now, tenant, d.ID).Scan(&since).Error
		if err != nil || len(since) != 1 || now.Sub(since[0]) < patience {
			return err
		}
		err = tx.Exec("UPDATE domains SET verified_at = NULL, auto_join = false, missing_since = NULL WHERE tenant_id = ? AND id = ?", tenant, d.ID).Error
		if err != nil {
			return err
		}
		if err := audit.RecordFor(ctx, tx, tenant, "domain.lose", domainTarget(d.ID), map[string]any{"domain": d.Domain}); err != nil {
			return err
		}
		return s.tellOwners(ctx, tx, tenant, d)
	})
}

// tellOwners mails the owners, if mails can be sent at all.
func (s *service) tellOwners(ctx context.Context, tx *db.SystemTx, tenant uuid.UUID, d Domain) error {
	var name string
	if err := tx.Table("tenants").Where("id = ?", tenant).Pluck("name", &name).Error; err != nil {
		return err
	}
	owners, err := s.OwnerEmails(ctx, tx, tenant)
	if err != nil {
		return err
	}
	for _, owner := range owners {
		err := s.Mail.Send(ctx, tx, s.proofLostMail(owner, d.Domain, name))
		if err != nil && fault.From(err).Code == "mail_off" {
			return nil // the proof is lost all the same
		}
		if err != nil {
			return err
		}
	}
	return nil
}
