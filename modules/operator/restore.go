package operator

import "context"

// restore lets a suspended tenant work again, and tells its owners.
func (s *service) restore(ctx context.Context, in *reasonInput) (*TenantDetail, error) {
	reason, err := cleanReason(in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return s.change(ctx, in.ID, reason, change{
		from: suspended, to: active, refusal: errNotSuspended, action: "tenant.restore", purpose: "restore a tenant",
		mail: s.restoredMail,
	})
}
