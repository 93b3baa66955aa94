package api_test

import (
	"context"
	"encoding/json"
	"fmt"
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
		Take: func(context.Context, limit.Rate, string) error { return nil },
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

func whole() *api.API {
	a := newAPI()
	r := a.Router("items")
	api.Get(r, "list", "List items", "/items", api.Needs("items:read"), func(context.Context, *none) (*list[item], error) { return nil, nil })
	api.Get(r, "new", "New item", "/items/new", api.Public(), get[none])
	api.Get(r, "get", "Get an item", "/items/{id}", api.SignedIn(), get[byID], api.Describe("All about *items*."))
	api.Patch(r, "update", "Change an item", "/items/{id}", api.Operator(), get[write], api.Errors("title_taken", "locked"))
	api.Delete(r, "delete", "Delete an item", "/items/{id}", api.SignedIn(), do[byID])
	api.Command(r, "send", "Send", "/send", api.Public(limit.Rate{Name: "n", Count: 1, Per: time.Second}), do[none], api.Status(202))
	o := a.Router("others")
	api.Patch(o, "update", "Change another", "/others/{id}", api.SignedIn(), get[write])
	return a
}

type document struct {
	Paths map[string]map[string]struct {
		ID          string                `json:"operationId"`
		Tags        []string              `json:"tags"`
		Access      string                `json:"x-access"`
		Role        string                `json:"x-role"`
		Codes       []string              `json:"x-error-codes"`
		Security    []map[string][]string `json:"security"`
		Description string                `json:"description"`
		Responses   map[string]struct {
			Description string
			Content     map[string]struct {
				Schema struct {
					Ref string `json:"$ref"`
				}
			}
		}
		RequestBody struct {
			Content map[string]struct {
				Schema struct {
					Ref string `json:"$ref"`
				}
			}
		}
		Parameters []struct {
			Name   string
			Schema struct{ Type, Format string }
		}
	}
	Components struct {
		Schemas map[string]struct {
			AdditionalProperties any
			Properties           map[string]map[string]any
		}
		SecuritySchemes map[string]any
	}
}

// Z1: the document says of every operation who may call it, so that a test can walk them all.
func TestZ1_DocumentTellsAccess(t *testing.T) {
	t.Parallel()
	a := whole()
	if err := a.Seal(); err != nil {
		t.Fatal(err)
	}
	var d document
	if err := json.Unmarshal(a.Document(), &d); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{
		"GET /api/v1/items": "items-list items:read viewer app", "GET /api/v1/items/new": "items-new public  ", "GET /api/v1/items/{id}": "items-get signed-in  app",
		"PATCH /api/v1/items/{id}": "items-update operator  operator", "DELETE /api/v1/items/{id}": "items-delete signed-in  app", "POST /api/v1/send": "items-send public  ",
		"PATCH /api/v1/others/{id}": "others-update signed-in  app",
	} {
		method, path, _ := strings.Cut(key, " ")
		op := d.Paths[path][strings.ToLower(method)]
		scheme := ""
		for _, s := range op.Security {
			for name := range s {
				scheme += name
			}
		}
		if got := fmt.Sprint(op.ID, " ", op.Access, " ", op.Role, " ", scheme); got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
		if op.Security == nil {
			t.Errorf("%s does not say which token it takes", key)
		}
		if op.Responses["default"].Content["application/problem+json"].Schema.Ref != "#/components/schemas/Problem" {
			t.Errorf("%s: problems are not documented", key)
		}
	}
	if len(d.Paths) != 5 || len(d.Components.SecuritySchemes) != 2 {
		t.Errorf("%d paths, schemes %v", len(d.Paths), d.Components.SecuritySchemes)
	}
	checkDetails(t, &d)
	again := whole()
	if err := again.Seal(); err != nil {
		t.Fatal(err)
	}
	if string(again.Document()) != string(a.Document()) {
		t.Error("the same operations make another document")
	}
}

func checkDetails(t *testing.T, d *document) {
	t.Helper()
	update := d.Paths["/api/v1/items/{id}"]["patch"]
	if got := strings.Join(update.Codes, " "); !strings.Contains(got, "locked") || !strings.Contains(got, "title_taken") || !strings.Contains(got, "token_expired") || !strings.Contains(got, "unsupported_media_type") {
		t.Errorf("codes %s", got)
	}
	if !strings.HasPrefix(update.Responses["default"].Description, "A problem. `title_taken`, `locked`. 400: ") {
		t.Errorf("problems: %s", update.Responses["default"].Description)
	}
	if p := update.Parameters; len(p) != 1 || p[0].Schema.Type != "string" || p[0].Schema.Format != "uuid" {
		t.Errorf("parameters %+v", p)
	}
	if _, ok := d.Paths["/api/v1/send"]["post"].Responses["202"]; !ok {
		t.Error("the status 202 is not documented")
	}
	for _, name := range []string{"ItemsUpdateBody", "OthersUpdateBody", "ItemsUpdateItem", "OthersUpdateItem", "Problem", "ProblemField", "ApiTestItem", "ApiTestItemList"} {
		if _, ok := d.Components.Schemas[name]; !ok {
			t.Errorf("no schema %s", name)
		}
	}
	if t.Failed() {
		for name := range d.Components.Schemas {
			t.Log(name)
		}
	}
	if d.Components.Schemas["ItemsUpdateBody"].AdditionalProperties != false {
		t.Error("unknown members are allowed")
	}
	if got := d.Components.Schemas["ApiTestItem"].Properties["owner"]; got["format"] != "uuid" || got["type"] != "string" {
		t.Errorf("owner is %v", got)
	}
	if got := d.Components.Schemas["ApiTestItem"].Properties["tags"]["type"]; got != "array" {
		t.Errorf("tags are %v", got)
	}
}

func TestCookiesOutsideOfARequest(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	api.SetCookie(ctx, &http.Cookie{Name: "a", Value: "b"})
	if got := api.Cookie(ctx, "a"); got != "" {
		t.Errorf("cookie %q", got)
	}
}
