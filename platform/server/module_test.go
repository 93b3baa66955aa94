package server_test

import (
	"context"
	"errors"
	"net/http"
	"testing/fstest"
	"time"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/api"
	"saaskit/platform/fault"
	"saaskit/platform/limit"
)

type thingOut struct {
	ID   uuid.UUID `json:"id"`
	Name string    `json:"name"`
}

func (o *thingOut) Location() string { return "/things/" + o.ID.String() }

type byID struct {
	ID uuid.UUID `path:"id"`
}

type createInput struct {
	Body struct {
		Name  string     `json:"name" minLength:"1" maxLength:"20"`
		Count int32      `json:"count,omitempty" minimum:"0" maximum:"100"`
		Owner *uuid.UUID `json:"owner,omitempty"`
		Tags  []string   `json:"tags,omitempty" maxItems:"3"`
		Mail  string     `json:"mail,omitempty" format:"email"`
	}
}

type listInput struct {
	Limit int       `query:"limit" minimum:"1" maximum:"100" default:"20"`
	Owner uuid.UUID `query:"owner"`
}

type listOut struct {
	Items []thingOut `json:"items"`
	Limit int        `json:"limit"`
}

// things is the module of the tests.
func things(r *api.Router) {
	api.Get(r, "list", "List things", "/things", api.Needs("things:read"), func(_ context.Context, in *listInput) (*listOut, error) {
		return &listOut{Items: []thingOut{}, Limit: in.Limit}, nil
	})
	api.Get(r, "get", "Get a thing", "/things/{id}", api.Needs("things:read"), func(_ context.Context, in *byID) (*thingOut, error) {
		return &thingOut{ID: in.ID, Name: "a thing"}, nil
	})
	api.Post(r, "create", "Create a thing", "/things", api.Needs("things:write"), func(_ context.Context, in *createInput) (*thingOut, error) {
		return &thingOut{ID: thing, Name: in.Body.Name}, nil
	}, api.Errors("thing_exists"))
	api.Delete(r, "delete", "Delete a thing", "/things/{id}", api.Needs("things:write"), func(context.Context, *byID) error { return nil })
	api.Get(r, "me", "Who am I", "/me", api.SignedIn(), func(ctx context.Context, _ *struct{}) (*thingOut, error) {
		return &thingOut{ID: access.From(ctx).ID, Name: access.OriginFrom(ctx).IP}, nil
	})
	api.Get(r, "admin", "Operators only", "/admin", api.Operator(), func(ctx context.Context, _ *struct{}) (*thingOut, error) {
		return &thingOut{ID: access.From(ctx).ID}, nil
	})
	api.Command(r, "sign-in", "Sign in", "/sign-in", api.Public(limit.Rate{Name: "sign-in", Count: 5, Per: time.Minute}),
		func(ctx context.Context, _ *createInput) error {
			api.SetCookie(ctx, &http.Cookie{Name: "session", Value: "s3cret", Path: "/", HttpOnly: true})
			return nil
		})
	api.Get(r, "fail", "Fail in some way", "/fail/{how}", api.Public(), func(ctx context.Context, in *struct {
		How string `path:"how"`
	}) (*thingOut, error) {
		switch in.How {
		case "panic":
			panic("internal detail: hunter2")
		case "plain":
			return nil, errors.New("pq: relation secret_table does not exist")
		case "slow":
			<-ctx.Done()
			return nil, ctx.Err()
		case "nothing":
			return nil, nil
		}
		return nil, fault.New(fault.Conflict, "taken", "That is taken.")
	})
	api.Hook(r, "/provider", func(_ context.Context, body []byte, header http.Header) error {
		if header.Get("Signature") != "good" || string(body) != `{"a":1}` {
			return fault.New(fault.Malformed, "bad_signature", "The signature does not match.")
		}
		return nil
	})
}

func webBuild() fstest.MapFS {
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	return fstest.MapFS{
		"index.html": file("<!doctype html>landing"), "app.html": file("<!doctype html>app"), "terms.html": file("<!doctype html>terms"),
		"docs.html": file("<!doctype html>docs"), "favicon.svg": file("<svg/>"),
		"assets/main-abc123.js": file("console.log(1)"), "assets/main-abc123.js.br": file("brotli"), "assets/main-abc123.js.gz": file("gzip"),
	}
}
