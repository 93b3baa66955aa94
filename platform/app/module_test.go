package app_test

import (
	"context"
	"strings"
	"testing"

	"saaskit/platform/access"
	"saaskit/platform/api"
	"saaskit/platform/app"
	"saaskit/platform/plan"
	"saaskit/platform/token"
)

func describe(t *testing.T, modules ...app.Module) error {
	t.Helper()
	plans, err := plan.New(plan.Catalogue{{Key: "free", Name: "Free"}}, plan.Entitlements{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = app.New(app.Describe(plans), modules, nil)
	return err
}

// A manifest that contradicts another one stops the start, with a line that names both.
func TestBootRefusesManifestsThatContradict(t *testing.T) {
	t.Parallel()
	read := access.Permissions{"things:read": access.Viewer}
	limit := plan.Entitlements{"things.max": plan.Limit("Things")}
	actors := map[string]api.ActorFunc{"app": func(context.Context, token.Claims) (access.Actor, error) { return access.Actor{}, nil }}
	hello := func(r *api.Router) {
		api.Get(r, "hello", "Hello", "/hello", api.Public(), func(context.Context, *struct{}) (*struct{}, error) { return &struct{}{}, nil })
	}
	for name, test := range map[string]struct {
		modules []app.Module
		want    string
	}{
		"no name":          {[]app.Module{{}}, "no name"},
		"same name":        {[]app.Module{{Name: "a"}, {Name: "a"}}, `module name "a"`},
		"same permission":  {[]app.Module{{Name: "a", Permissions: read}, {Name: "b", Permissions: read}}, `permission "things:read" is declared by a and by b`},
		"unknown role":     {[]app.Module{{Name: "a", Permissions: access.Permissions{"x:y": "king"}}}, "unknown role"},
		"foreign summary":  {[]app.Module{{Name: "a", Permissions: read, Summaries: access.Summaries{"x:y": "Do it"}}}, "says what x:y is for"},
		"same entitlement": {[]app.Module{{Name: "a", Entitlements: limit}, {Name: "b", Entitlements: limit}}, `entitlement "things.max"`},
		"same audience":    {[]app.Module{{Name: "a", Actors: actors}, {Name: "b", Actors: actors}}, `token audience "app"`},
		"same route":       {[]app.Module{{Name: "a", Routes: hello}, {Name: "b", Routes: hello}}, "/hello"},
		"unknown permission": {[]app.Module{{Name: "a", Routes: func(r *api.Router) {
			api.Get(r, "x", "X", "/x", api.Needs("nobody:knows"), func(context.Context, *struct{}) (*struct{}, error) { return &struct{}{}, nil })
		}}}, "nobody:knows"},
		"no rule": {[]app.Module{{Name: "a", Routes: func(r *api.Router) {
			api.Get(r, "x", "X", "/x", api.Rule{}, func(context.Context, *struct{}) (*struct{}, error) { return &struct{}{}, nil })
		}}}, "rule"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := describe(t, test.modules...)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %q in it", err, test.want)
			}
		})
	}
	if err := describe(t, app.Module{Name: "a", Permissions: read, Entitlements: limit, Actors: actors, Routes: hello}, app.Module{Name: "b"}); err != nil {
		t.Errorf("good manifests: %v", err)
	}
}
