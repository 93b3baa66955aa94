package notes

import (
	"context"

	"saaskit/platform/db"
)

type createInput struct {
	Body struct {
		Title string `json:"title" minLength:"1" maxLength:"200" doc:"One line, not only space" example:"Shopping"`
		Body  string `json:"body,omitempty" maxLength:"100000" doc:"Plain text" example:"Milk, bread"`
	}
}

func (s *service) create(ctx context.Context, in *createInput) (*Note, error) {
	title, err := cleanTitle(in.Body.Title)
	if err != nil {
		return nil, err
	}
	note := Note{ID: db.NewID(), Title: title, Body: in.Body.Body, Version: 1}
	err = s.DB.Tenant(ctx, func(tx *db.Tx) error {
		if err := s.Plans.Reserve(ctx, tx, MaxNotes, 1); err != nil {
			return err
		}
		return tx.Create(&note).Error
	})
	return &note, err
}
