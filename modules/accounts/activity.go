package accounts

import (
	"context"
	"time"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/audit"
	"saaskit/platform/db"
)

// Activity is something that happened to a person's account, as its owner sees it.
type Activity struct {
	ID     uuid.UUID      `json:"id"`
	At     time.Time      `json:"at" doc:"When it happened"`
	Action string         `json:"action" example:"user.sign_in" doc:"What happened"`
	IP     string         `json:"ip" example:"203.0.113.7" doc:"The client's address; empty when it was not the person or a stranger, but us"`
	Device string         `json:"device" example:"Firefox on Linux" doc:"The client's program, as it names itself"`
	Place  string         `json:"place" example:"Berlin, Germany" doc:"Where the address is, as far as is known"`
	Detail map[string]any `json:"detail,omitempty" doc:"More about it"`
}

type listActivityInput struct{ db.PageQuery }

// listActivity is the part of the security log that is about the person who asks, newest first.
func (s *service) listActivity(ctx context.Context, in *listActivityInput) (*db.Page[Activity], error) {
	var found db.Page[audit.Entry]
	err := s.DB.System(ctx, "show a person what happened to their account", func(tx *db.SystemTx) (err error) {
		found, err = audit.ListAbout(ctx, tx, target(access.From(ctx).ID), in.PageQuery)
		return err
	})
	page := &db.Page[Activity]{Items: make([]Activity, len(found.Items)), NextCursor: found.NextCursor}
	for i, e := range found.Items {
		page.Items[i] = s.activity(e)
	}
	return page, err
}

func (s *service) activity(e audit.Entry) Activity {
	a := Activity{ID: e.ID, At: e.At, Action: e.Action, Detail: e.Detail}
	// Where an operator sits is nobody's business.
	if e.ActorKind == access.User || e.ActorKind == access.Nobody {
		a.IP, a.Device, a.Place = e.IP, device(e.UserAgent), s.Places.Of(e.IP)
	}
	return a
}
