package api_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/api"
	"saaskit/platform/limit"
)

type item struct {
	ID    uuid.UUID  `json:"id"`
	Owner *uuid.UUID `json:"owner,omitempty"`
	Tags  []string   `json:"tags"`
}

type list[T any] struct {
	Items []T `json:"items"`
}

type none = struct{}

type byID struct {
	ID uuid.UUID `path:"id"`
}

type byName struct {
	Name string `path:"name"`
}

type write struct {
	ID   uuid.UUID `path:"id"`
	Body struct {
		Title string `json:"title" maxLength:"10"`
		Sub   []struct {
			A int `json:"a"`
		} `json:"sub,omitempty"`
	}
}

func get[I any](context.Context, *I) (*item, error) { return &item{}, nil }

func do[I any](context.Context, *I) error { return nil }

func newAPI() *api.API {
	return api.New(fiber.New(), api.Config{
		Title: "Test", Version: "1", Permissions: access.Permissions{"items:read": access.Viewer},
		Take: func(context.Context, limit.Rate, string, int) (limit.State, error) { return limit.State{}, nil },
	})
}

// Z1: an operation that is not fit to be served stops the program, and says which one and why.
func TestZ1_UnfitOperationsAreRefused(t *testing.T) {
	t.Parallel()
	var unset api.Rule
	for want, add := range map[string]func(r *api.Router){
		"items-list (GET /items): has no access rule":    func(r *api.Router) { api.Get(r, "list", "List", "/items", unset, get[none]) },
		"has no access rule":                             func(r *api.Router) { api.Command(r, "do", "Do", "/do", unset.Limit(limit.Rate{}), do[none]) },
		`needs the permission "items:rad", which no mod`: func(r *api.Router) { api.Get(r, "list", "List", "/items", api.Needs("items:rad"), get[none]) },
		`needs the permission "", which no module has`:   func(r *api.Router) { api.Get(r, "list", "List", "/items", api.Needs(""), get[none]) },
		"has no id or no summary":                        func(r *api.Router) { api.Get(r, "", "List", "/items", api.Public(), get[none]) },
		`has the parameter "id", but the input has no`:   func(r *api.Router) { api.Get(r, "get", "Get", "/items/{id}", api.Public(), get[none]) },
		`has the path parameter "id", but the path is`:   func(r *api.Router) { api.Get(r, "get", "Get", "/items", api.Public(), get[byID]) },
		"has a part that cannot be routed":               func(r *api.Router) { api.Get(r, "get", "Get", "/items/*", api.Public(), get[none]) },
		"must start with a slash and not end with one":   func(r *api.Router) { api.Get(r, "get", "Get", "/items/", api.Public(), get[none]) },
		"a path parameter is a uuid.UUID": func(r *api.Router) {
			api.Get(r, "get", "Get", "/{f}", api.Public(), get[struct {
				F float64 `path:"f"`
			}])
		},
		"takes string, not a struct": func(r *api.Router) { api.Get(r, "get", "Get", "/items", api.Public(), get[string]) },
		"has the id of another operation": func(r *api.Router) {
			api.Get(r, "get", "Get", "/items", api.Public(), get[none])
			api.Get(r, "get", "Get", "/others", api.Public(), get[none])
		},
		"can never be reached: /api/v1/items is added before it": func(r *api.Router) {
			api.Get(r, "a", "A", "/items", api.Public(), get[none])
			api.Get(r, "b", "B", "/items", api.Public(), get[none])
		},
		"GET /api/v1/items/new can never be reached": func(r *api.Router) {
			api.Get(r, "a", "A", "/items/{name}", api.Public(), get[byName])
			api.Get(r, "b", "B", "/items/new", api.Public(), get[none])
		},
		"GET /api/v1/items/{id} can never be reached": func(r *api.Router) {
			api.Get(r, "a", "A", "/items/{name}", api.Public(), get[byName])
			api.Get(r, "b", "B", "/items/{id}", api.Public(), get[byID])
		},
		"POST /hooks/a can never be reached": func(r *api.Router) {
			hook := func(context.Context, []byte, http.Header) error { return nil }
			api.Hook(r, "/a", hook)
			api.Hook(r, "/hooks/a", hook)
		},
	} {
		a := newAPI()
		add(a.Router("items"))
		err := a.Seal()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	a := api.New(fiber.New(), api.Config{})
	api.Get(a.Router("items"), "get", "Get", "/items", api.Public(limit.Rate{Name: "n", Count: 1, Per: time.Second}), get[none])
	if err := a.Seal(); err == nil || !strings.Contains(err.Error(), "nothing counts") {
		t.Errorf("a limit without a limiter: %v", err)
	}
	sealed := newAPI()
	if err := sealed.Seal(); err != nil {
		t.Fatal(err)
	}
	api.Get(sealed.Router("late"), "get", "Get", "/late", api.Public(), get[none])
	if err := sealed.Seal(); err == nil || !strings.Contains(err.Error(), "after the API was sealed") {
		t.Errorf("a late operation: %v", err)
	}
}
