package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"saaskit/platform/api"
	"saaskit/platform/limit"
)

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
	first, err := a.Document()
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(first, &d); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{
		"GET /api/v1/items": "items-list items:read viewer app+api_keyitems:read", "GET /api/v1/items/new": "items-new public  ", "GET /api/v1/items/{id}": "items-get signed-in  app",
		"PATCH /api/v1/items/{id}": "items-update operator  operator", "DELETE /api/v1/items/{id}": "items-delete signed-in  app", "POST /api/v1/send": "items-send public  ",
		"PATCH /api/v1/others/{id}": "others-update signed-in  app",
	} {
		method, path, _ := strings.Cut(key, " ")
		op := d.Paths[path][strings.ToLower(method)]
		var schemes []string
		for _, s := range op.Security {
			for name, scopes := range s {
				schemes = append(schemes, name+strings.Join(scopes, " "))
			}
		}
		if got := fmt.Sprint(op.ID, " ", op.Access, " ", op.Role, " ", strings.Join(schemes, "+")); got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
		if op.Security == nil {
			t.Errorf("%s does not say which token it takes", key)
		}
		if op.Responses["default"].Content["application/problem+json"].Schema.Ref != "#/components/schemas/Problem" {
			t.Errorf("%s: problems are not documented", key)
		}
	}
	if len(d.Paths) != 5 || len(d.Components.SecuritySchemes) != 3 {
		t.Errorf("%d paths, schemes %v", len(d.Paths), d.Components.SecuritySchemes)
	}
	checkDetails(t, &d)
	again := whole()
	if err := again.Seal(); err != nil {
		t.Fatal(err)
	}
	if second, err := again.Document(); err != nil || string(second) != string(first) {
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
