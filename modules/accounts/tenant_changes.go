package accounts

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"saaskit/platform/access"
	"saaskit/platform/api"
	"saaskit/platform/session"
)

// longestWait is how long a request waits for a change: shorter than browsers and proxies wait for an answer.
const longestWait = 15 * time.Second

type tenantChangesInput struct {
	Since string `query:"since" maxLength:"64" example:"5d41402abc4b2a76" doc:"The version that you know. Empty: answers at once."`
}

// tenantChanges answers when the tenant is no longer as the caller knows it, or when it is time: then with the version they know. Who may
// no longer be here is told that. It holds no connection to the database while it waits.
func (s *service) tenantChanges(ctx context.Context, in *tenantChangesInput) (*CurrentTenant, error) {
	seen, err := s.currentTenant(ctx, nil)
	if err != nil || seen.Version != in.Since || access.From(ctx).Kind == access.APIKey {
		return seen, err // a program asks again when it likes
	}
	wait, err := s.Changes.Open(access.From(ctx))
	if err != nil {
		return nil, err
	}
	defer wait.Close()
	patience, cancel := context.WithTimeout(ctx, patienceOf(ctx))
	defer cancel()
	// The first round reads again: something may have changed before the wait was open.
	for sign := session.Changed; sign != session.Over; sign = wait.Next(patience) {
		now, err := api.Readmit(ctx)
		if err != nil {
			return nil, err
		}
		// Nobody asks the database for all of it each time they are unsure: name and plan can wait for the next request.
		if was, is := access.From(ctx), access.From(now); sign == session.Unsure && is.Permissions == was.Permissions && is.ReadOnly == was.ReadOnly {
			continue
		}
		if seen, err = s.currentTenant(now, nil); err != nil || seen.Version != in.Since {
			return seen, err
		}
	}
	return seen, nil
}

// patienceOf leaves a part of the request's time for the answer.
func patienceOf(ctx context.Context) time.Duration {
	deadline, bounded := ctx.Deadline()
	if !bounded {
		return longestWait
	}
	return min(longestWait, time.Until(deadline)*4/5)
}

// version is the same for the same tenant as the same actor sees it.
func (t CurrentTenant) version() (string, error) {
	t.Version = ""
	raw, err := json.Marshal(t)
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:8]), err
}
