package identities

import (
	"context"

	"saaskit/platform/access"
	"saaskit/platform/db"
	"saaskit/platform/fault"
)

// Provider is a place to sign in at.
type Provider struct {
	Key  string `json:"key" example:"google"`
	Name string `json:"name" example:"Google"`
}

// ProviderList is the providers, in the order in which to offer them.
type ProviderList struct {
	Items []Provider `json:"items"`
}

func (s *service) listProviders(context.Context, *struct{}) (*ProviderList, error) {
	out := &ProviderList{Items: []Provider{}}
	for _, p := range s.Providers.All() {
		out.Items = append(out.Items, Provider{Key: p.Key, Name: p.Name})
	}
	return out, nil
}

type startInput struct {
	Key  string `path:"key" maxLength:"20" example:"google" doc:"Key of the provider"`
	Body struct {
		Next string `json:"next,omitempty" maxLength:"2000" example:"/t/acme/notes" doc:"Page of the product to go on to; any other address is left out"`
	}
}

func (s *service) startSignIn(ctx context.Context, in *startInput) (*Started, error) {
	return s.begin(ctx, in.Key, toSignIn, in.Body.Next)
}

func (s *service) startLink(ctx context.Context, in *startInput) (*Started, error) {
	if err := s.Limits.Take(ctx, startByPerson, access.From(ctx).ID.String()); err != nil {
		return nil, err
	}
	return s.begin(ctx, in.Key, toLink, in.Body.Next)
}

// errCode refuses a provider's word from somebody who has more to show.
var errCode = fault.New(fault.Conflict, "code_required", "You have a second factor. Confirm with its code or with a passkey.")

func (s *service) startReauthenticate(ctx context.Context, in *startInput) (*Started, error) {
	actor := access.From(ctx)
	if err := s.Limits.Take(ctx, startByPerson, actor.ID.String()); err != nil {
		return nil, err
	}
	err := s.DB.System(ctx, "look for a second factor", func(tx *db.SystemTx) error {
		has, err := s.SecondFactor(ctx, tx, actor.ID)
		if err == nil && has {
			err = errCode
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.begin(ctx, in.Key, toProve, in.Body.Next)
}
