package invitations

import (
	"context"
	"errors"
	"net"
	"slices"
	"time"

	"saaskit/platform/access"
	"saaskit/platform/audit"
	"saaskit/platform/db"
	"saaskit/platform/fault"
)

// lookupTime bounds one question to the name server.
const lookupTime = 5 * time.Second

var (
	errNoRecord = fault.New(fault.Conflict, "record_not_found", "The TXT record is not there yet. New records can take some minutes to be seen everywhere.")
	errNoAnswer = fault.New(fault.Unavailable, "dns_unavailable", "The name server did not answer. Please try again.")
	errTaken    = fault.New(fault.Conflict, "domain_taken", "Another workspace has proved this domain.")
)

// newResolver asks the server, or the system's when it is "". It is Go's own: that one goes by the answer, not by the machine's settings.
func newResolver(server string) *net.Resolver {
	r := &net.Resolver{PreferGo: true}
	if server != "" {
		r.Dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, server)
		}
	}
	return r
}

// proved asks whether the record is there. An error says that nobody knows.
func (s *service) proved(ctx context.Context, d Domain) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, lookupTime)
	defer cancel()
	// The dot at the end keeps the machine's search domains out.
	values, err := s.resolver.LookupTXT(ctx, recordName(d.Domain)+".")
	if failed, ok := errors.AsType[*net.DNSError](err); ok && failed.IsNotFound {
		return false, nil
	}
	if err != nil {
		return false, errNoAnswer.Wrap(err)
	}
	return slices.Contains(values, d.RecordValue), nil
}

// verifyDomain proves the domain, when its record is there and nobody else has proved it. Only who controls the domain gets so far as to
// learn that somebody else has.
func (s *service) verifyDomain(ctx context.Context, in *domainInput) (*Domain, error) {
	var d Domain
	if err := s.DB.One(ctx, func(tx *db.Tx) error { return findDomainTx(tx, in.ID, &d) }); err != nil {
		return nil, err
	}
	tenant := access.From(ctx).Tenant
	if err := s.Limits.Take(ctx, verifyByTenant, tenant.String()); err != nil {
		return nil, err
	}
	there, err := s.proved(ctx, d)
	if err != nil {
		return nil, err
	}
	if !there {
		return nil, errNoRecord
	}
	err = s.DB.System(ctx, "note the proof of a domain", func(tx *db.SystemTx) error {
		proved := tx.Raw(`UPDATE domains SET verified_at = coalesce(verified_at, ?), missing_since = NULL WHERE tenant_id = ? AND id = ? AND record_value = ?
			RETURNING verified_at`, s.Now(), tenant, d.ID, d.RecordValue).Scan(&d.VerifiedAt)
		if db.IsUnique(proved.Error, "domains_proven") {
			return errTaken
		}
		if proved.Error != nil {
			return proved.Error
		}
		if proved.RowsAffected == 0 {
			return errNoDomain
		}
		d.Missing = nil
		return audit.RecordFor(ctx, tx, tenant, "domain.verify", domainTarget(d.ID), map[string]any{"domain": d.Domain})
	})
	return &d, err
}
