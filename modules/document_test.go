package modules_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"saaskit/modules/apptest"
)

// document is what the walks need of the OpenAPI document.
type document struct {
	Paths      map[string]map[string]*operation
	Components struct{ Schemas map[string]*schema }
}

type operation struct {
	ID          string `json:"operationId"`
	Access      string `json:"x-access"`
	Recent      bool   `json:"x-recent"`
	Security    []map[string][]string
	RequestBody struct{ Content map[string]media }
	Responses   map[string]struct{ Content map[string]media }

	method, path string
}

type media struct{ Schema *schema }

type schema struct {
	Ref                  string `json:"$ref"`
	Type                 types
	Format               string
	Properties           map[string]*schema
	Required             []string
	Items                *schema
	AdditionalProperties json.RawMessage
	Enum                 []any
	AllOf, AnyOf, OneOf  []*schema
}

// types is one type or, as OpenAPI 3.1 has it, a list of them.
type types []string

func (t *types) UnmarshalJSON(raw []byte) error {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		*t = types{one}
		return nil
	}
	var many []string
	err := json.Unmarshal(raw, &many)
	*t = many
	return err
}

func readDocument(t *testing.T, a *apptest.App) *document {
	t.Helper()
	var d document
	a.Anonymous(t).Do(t, "GET", "/api/openapi.json", nil).Status(t, 200).JSON(t, &d)
	for path, methods := range d.Paths {
		for method, o := range methods {
			o.method, o.path = strings.ToUpper(method), path
		}
	}
	return &d
}

// operations lists all operations by id.
func (d *document) operations() []*operation {
	var all []*operation
	for _, methods := range d.Paths {
		for _, o := range methods {
			all = append(all, o)
		}
	}
	slices.SortFunc(all, func(a, b *operation) int { return strings.Compare(a.ID, b.ID) })
	return all
}

// body is the schema of the operation's request body, or nil.
func (d *document) body(o *operation) *schema {
	m, ok := o.RequestBody.Content["application/json"]
	if !ok {
		return nil
	}
	return d.resolve(m.Schema)
}

func (d *document) resolve(s *schema) *schema {
	for s != nil && s.Ref != "" {
		s = d.Components.Schemas[strings.TrimPrefix(s.Ref, "#/components/schemas/")]
	}
	return s
}

// conforms says how an answer differs from what the document promises; "" when it does not.
func (d *document) conforms(o *operation, status int, contentType string, body []byte) string {
	answer, documented := o.Responses[strconv.Itoa(status)]
	if !documented {
		if answer, documented = o.Responses["default"]; !documented {
			return fmt.Sprintf("the status %d is not documented", status)
		}
	}
	if len(answer.Content) == 0 {
		if len(body) > 0 {
			return "a body where none is documented"
		}
		return ""
	}
	kind, _, _ := strings.Cut(contentType, ";")
	m, documented := answer.Content[kind]
	if !documented {
		return fmt.Sprintf("the media type %q is not documented for %d", kind, status)
	}
	decoder := json.NewDecoder(strings.NewReader(string(body)))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return err.Error()
	}
	return d.fits(m.Schema, value, "body")
}

// fits checks strictly: a field that the document does not name is a difference.
func (d *document) fits(s *schema, value any, at string) string {
	s = d.resolve(s)
	if s == nil {
		return at + " has no schema"
	}
	for _, alternatives := range [][]*schema{s.AnyOf, s.OneOf} {
		if len(alternatives) > 0 {
			if slices.ContainsFunc(alternatives, func(a *schema) bool { return d.fits(a, value, at) == "" }) {
				return ""
			}
			return at + " fits no alternative"
		}
	}
	if len(s.Enum) > 0 && !slices.ContainsFunc(s.Enum, func(e any) bool { return fmt.Sprint(e) == fmt.Sprint(value) }) {
		return fmt.Sprintf("%s is not one of %v", at, s.Enum)
	}
	kind := kindOf(value)
	integral := kind == "integer" && slices.Contains(s.Type, "number")
	if len(s.Type) > 0 && !slices.Contains(s.Type, kind) && !integral {
		return fmt.Sprintf("%s is of type %s, not %s", at, kind, strings.Join(s.Type, " or "))
	}
	switch value := value.(type) {
	case string:
		return fitsFormat(s.Format, value, at)
	case []any:
		for i, item := range value {
			if problem := d.fits(s.Items, item, fmt.Sprintf("%s[%d]", at, i)); problem != "" {
				return problem
			}
		}
	case map[string]any:
		return d.fitsObject(s, value, at)
	}
	return ""
}

func (d *document) fitsObject(s *schema, value map[string]any, at string) string {
	for _, name := range s.Required {
		if _, ok := value[name]; !ok {
			return at + "." + name + " is missing"
		}
	}
	for name, member := range value {
		property, known := s.Properties[name]
		if !known {
			var rest schema
			switch allowed := string(s.AdditionalProperties); {
			case allowed == "true" || allowed == "{}":
				continue
			case allowed == "" || allowed == "false" || json.Unmarshal(s.AdditionalProperties, &rest) != nil:
				return at + "." + name + " is not documented"
			}
			property = &rest
		}
		if problem := d.fits(property, member, at+"."+name); problem != "" {
			return problem
		}
	}
	return ""
}

func kindOf(value any) string {
	switch v := value.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case json.Number:
		if _, err := v.Int64(); err == nil {
			return "integer"
		}
		return "number"
	case string:
		return "string"
	case []any:
		return "array"
	default:
		return "object"
	}
}

func fitsFormat(format, value, at string) string {
	var err error
	switch format {
	case "uuid":
		_, err = uuid.Parse(value)
	case "date-time":
		if _, err = time.Parse(time.RFC3339, value); err == nil && !strings.HasSuffix(value, "Z") {
			return at + " is not in UTC"
		}
	}
	if err != nil {
		return fmt.Sprintf("%s is not a %s", at, format)
	}
	return ""
}

// The check itself must see what it is there for.
func TestZ6_TheCheckSeesUndocumentedFields(t *testing.T) {
	t.Parallel()
	var d document
	if err := json.Unmarshal([]byte(`{"components": {"schemas": {"Note": {"type": "object", "additionalProperties": false, "required": ["id"],
		"properties": {"id": {"type": "string", "format": "uuid"}, "n": {"type": "integer"}, "tags": {"type": ["array", "null"], "items": {"type": "string"}}}}}},
		"paths": {"/x": {"get": {"operationId": "x", "responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Note"}}}}}}}}}`), &d); err != nil {
		t.Fatal(err)
	}
	const id = `"id": "0192f0c1-e7a8-7d3f-8000-000000000000"`
	for body, want := range map[string]string{
		`{` + id + `}`:                          "",
		`{` + id + `, "n": 1, "tags": null}`:    "",
		`{` + id + `, "tags": ["a"]}`:           "",
		`{` + id + `, "password_hash": "x"}`:    "body.password_hash is not documented",
		`{}`:                                    "body.id is missing",
		`{"id": "x"}`:                           "body.id is not a uuid",
		`{` + id + `, "n": 1.5}`:                "body.n is of type number, not integer",
		`{` + id + `, "tags": [{"secret": 1}]}`: "body.tags[0] is of type object, not string",
	} {
		if got := d.conforms(d.Paths["/x"]["get"], 200, "application/json", []byte(body)); got != want {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
}
