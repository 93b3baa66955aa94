package invitations

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"saaskit/platform/access"
	"saaskit/platform/audit"
	"saaskit/platform/db"
	"saaskit/platform/fault"
)

// Domain is a mail domain that a tenant claims, proved or not.
type Domain struct {
	ID          uuid.UUID   `json:"id" doc:"Identifies the claim"`
	Domain      string      `json:"domain" example:"example.com" doc:"In lower-case ASCII; international names in punycode"`
	RecordName  string      `json:"record_name" gorm:"-" example:"_saaskit-challenge.example.com" doc:"Where the TXT record belongs that proves the domain"`
	RecordValue string      `json:"record_value" example:"saaskit-domain=7H2K4QJXN3V5ZLWA6TBC2MDRPE" doc:"What the TXT record holds"`
	VerifiedAt  *time.Time  `json:"verified_at" doc:"Since when the domain is proved; null when it is not"`
	Missing     *time.Time  `json:"missing_since" gorm:"column:missing_since" doc:"Since when the record of a proved domain is gone; null while it is there"`
	Role        access.Role `json:"role" enum:"member,viewer" doc:"What people of the domain join as"`
	AutoJoin    bool        `json:"auto_join" doc:"People with an address at the domain may join by themselves"`
	CreatedAt   time.Time   `json:"created_at"`
}

// AfterFind adds what follows from the domain.
func (d *Domain) AfterFind(*gorm.DB) error {
	d.RecordName = recordName(d.Domain)
	return nil
}

func recordName(domain string) string { return "_saaskit-challenge." + domain }

const domainColumns = "id, domain, record_value, verified_at, missing_since, role, auto_join, created_at"

var (
	errNoDomain   = fault.New(fault.NotFound, "not_found", "There is no such domain.")
	errClaimed    = fault.New(fault.Conflict, "domain_exists", "This domain is on the list already.")
	errManyClaims = fault.New(fault.Conflict, "too_many_domains", "A workspace can have 20 domains.")
	errUnproven   = fault.New(fault.Conflict, "domain_unproven", "Prove the domain first.")
)

func domainTarget(id uuid.UUID) string { return "domain:" + id.String() }

// Domains is the answer of the list.
type Domains struct {
	Items []Domain `json:"items"`
}

func (s *service) listDomains(ctx context.Context, _ *struct{}) (*Domains, error) {
	var out Domains
	err := s.DB.One(ctx, func(tx *db.Tx) error {
		return tx.Model(&Domain{}).Select(domainColumns).Order("domain").Limit(maxDomains).Find(&out.Items).Error
	})
	return &out, err
}

type createDomainInput struct {
	Body struct {
		Domain string      `json:"domain" minLength:"1" maxLength:"300" example:"example.com"`
		Role   access.Role `json:"role" enum:"member,viewer" doc:"What people of the domain join as"`
	}
}

// createDomain claims a domain, on a plan that has domains. The claim says nothing of the domain: whether somebody else has proved it shows only to who can prove it too.
func (s *service) createDomain(ctx context.Context, in *createDomainInput) (*Domain, error) {
	name, err := normalise(in.Body.Domain)
	if err != nil {
		return nil, err
	}
	d := &Domain{ID: db.NewID(), Domain: name, RecordName: recordName(name), RecordValue: "saaskit-domain=" + rand.Text(), Role: in.Body.Role}
	err = s.DB.Tenant(ctx, func(tx *db.Tx) error {
		if err := s.Plans.Check(ctx, tx, JoinByDomain); err != nil {
			return err
		}
		if err := takeTurnsTx(tx); err != nil {
			return err
		}
		var n int64
		if err := tx.Table("domains").Count(&n).Error; err != nil {
			return err
		}
		if n >= maxDomains {
			return errManyClaims
		}
		made := tx.Raw("INSERT INTO domains (id, domain, role, record_value) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING created_at",
			d.ID, d.Domain, d.Role, d.RecordValue).Scan(&d.CreatedAt)
		if made.Error != nil {
			return made.Error
		}
		if made.RowsAffected == 0 {
			return errClaimed
		}
		return audit.Record(ctx, tx, "domain.create", domainTarget(d.ID), map[string]any{"domain": d.Domain})
	})
	return d, err
}

type updateDomainInput struct {
	ID   uuid.UUID `path:"id"`
	Body struct {
		AutoJoin *bool        `json:"auto_join,omitempty" doc:"Whether people with an address at the domain may join by themselves"`
		Role     *access.Role `json:"role,omitempty" enum:"member,viewer" doc:"What they join as"`
	}
}

// updateDomain opens or closes the workspace to people of a proved domain. It is opened only on a plan that has domains, and closed on any.
func (s *service) updateDomain(ctx context.Context, in *updateDomainInput) (*Domain, error) {
	var d Domain
	err := s.DB.Tenant(ctx, func(tx *db.Tx) error {
		if err := findDomainTx(tx, in.ID, &d); err != nil {
			return err
		}
		if in.Body.AutoJoin != nil && *in.Body.AutoJoin {
			if err := s.Plans.Check(ctx, tx, JoinByDomain); err != nil {
				return err
			}
		}
		var written []string
		// Only what was sent is written, and the statement decides by what is true when it runs: a proof may have been lost, or the workspace
		// closed, since the row was read.
		changed := tx.Raw(`UPDATE domains SET role = coalesce(?, role), auto_join = coalesce(?, auto_join)
			WHERE id = ? AND (NOT coalesce(?, false) OR verified_at IS NOT NULL)
			RETURNING id`, in.Body.Role, in.Body.AutoJoin, d.ID, in.Body.AutoJoin).Scan(&written)
		if changed.Error != nil {
			return changed.Error
		}
		if changed.RowsAffected == 0 {
			return errUnproven
		}
		if err := findDomainTx(tx, in.ID, &d); err != nil {
			return err
		}
		return audit.Record(ctx, tx, "domain.update", domainTarget(d.ID), map[string]any{"domain": d.Domain, "auto_join": d.AutoJoin, "role": d.Role})
	})
	return &d, err
}

type domainInput struct {
	ID uuid.UUID `path:"id"`
}

// deleteDomain gives the claim up, and with it the proof. Members who joined by it stay.
func (s *service) deleteDomain(ctx context.Context, in *domainInput) error {
	return s.DB.Tenant(ctx, func(tx *db.Tx) error {
		var names []string
		if err := tx.Raw("DELETE FROM domains WHERE id = ? RETURNING domain", in.ID).Scan(&names).Error; err != nil {
			return err
		}
		if len(names) != 1 {
			return errNoDomain
		}
		return audit.Record(ctx, tx, "domain.delete", domainTarget(in.ID), map[string]any{"domain": names[0]})
	})
}

func findDomainTx(tx *db.Tx, id uuid.UUID, d *Domain) error {
	err := tx.Model(&Domain{}).Select(domainColumns).Where("id = ?", id).Take(d).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return errNoDomain
	}
	return err
}
