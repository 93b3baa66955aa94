package notes

import (
	"context"

	"saaskit/platform/db"
)

type listInput struct {
	db.PageQuery
	Trash bool `query:"trash" default:"false" doc:"List the trash instead"`
}

// newest lists notes by id, which grows with time: the newest first.
var newest = db.Order[Note]{
	Name: "notes", Columns: []string{"id"}, Desc: true,
	Key: func(n Note) []any { return []any{n.ID} },
}

// lastDeleted lists the trash: what was thrown away last comes first.
var lastDeleted = db.Order[Note]{
	Name: "notes-trash", Columns: []string{"deleted_at", "id"}, Desc: true,
	Key: func(n Note) []any { return []any{n.DeletedAt, n.ID} },
}

func (s *service) list(ctx context.Context, in *listInput) (*db.Page[Note], error) {
	var page db.Page[Note]
	err := s.DB.One(ctx, func(tx *db.Tx) (err error) {
		if in.Trash {
			page, err = db.List(tx.Where("deleted_at IS NOT NULL"), in.PageQuery, lastDeleted)
		} else {
			page, err = db.List(tx.Where("deleted_at IS NULL"), in.PageQuery, newest)
		}
		return err
	})
	return &page, err
}
