package stripe_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/stripe/stripe-mock/embedded"
)

// schema is a part of a JSON schema as Stripe's OpenAPI document writes them.
type schema struct {
	Ref        string             `json:"$ref"`
	Type       string             `json:"type"`
	Enum       []any              `json:"enum"`
	AnyOf      []*schema          `json:"anyOf"`
	Properties map[string]*schema `json:"properties"`
	Required   []string           `json:"required"`
	Items      *schema            `json:"items"`
	Nullable   bool               `json:"nullable"`
	Additional json.RawMessage    `json:"additionalProperties"`
	MaxLength  int                `json:"maxLength"`
}

type documentOperation struct {
	Responses map[string]struct {
		Content map[string]struct {
			Schema *schema `json:"schema"`
		} `json:"content"`
	} `json:"responses"`
}

type contractDocument struct {
	Paths      map[string]map[string]documentOperation `json:"paths"`
	Components struct {
		Schemas map[string]*schema `json:"schemas"`
	} `json:"components"`
}

// contract is Stripe's document with our description of the meter routes.
var contract = sync.OnceValue(func() *contractDocument {
	d := &contractDocument{}
	meters, err := os.ReadFile("document/meters.json")
	if err != nil {
		panic(err)
	}
	for _, raw := range [][]byte{embedded.OpenAPISpec, meters} {
		if err := json.Unmarshal(raw, d); err != nil {
			panic(err)
		}
	}
	return d
})

// answer is the schema of the operation's good answer.
func (d *contractDocument) answer(method, path string) *schema {
	return d.Paths[path][strings.ToLower(method)].Responses["200"].Content["application/json"].Schema
}

// differ is the path and kind of the first difference between value and what the schema says, or "".
func (d *contractDocument) differ(s *schema, value any, at string) string {
	if s.Ref != "" {
		return d.differ(d.Components.Schemas[strings.TrimPrefix(s.Ref, "#/components/schemas/")], value, at)
	}
	if value == nil {
		if s.Nullable || (s.Type == "" && len(s.AnyOf) == 0) {
			return ""
		}
		return at + ": null, which it cannot be"
	}
	if len(s.AnyOf) > 0 {
		return d.differAll(s.AnyOf, value, at)
	}
	if len(s.Enum) > 0 && !slices.Contains(s.Enum, value) {
		return fmt.Sprintf("%s: %v is not one of %v", at, value, s.Enum)
	}
	switch v := value.(type) {
	case map[string]any:
		if s.Type != "object" {
			return at + ": an object, want " + s.Type
		}
		return d.differObject(s, v, at)
	case []any:
		if s.Type != "array" {
			return at + ": an array, want " + s.Type
		}
		for i, item := range v {
			if wrong := d.differ(s.Items, item, fmt.Sprintf("%s[%d]", at, i)); wrong != "" {
				return wrong
			}
		}
		return ""
	}
	return differScalar(s, value, at)
}

func differScalar(s *schema, value any, at string) string {
	switch v := value.(type) {
	case string:
		if s.Type != "string" {
			return fmt.Sprintf("%s: the text %q, want %s", at, v, s.Type)
		}
		if s.MaxLength > 0 && len(v) > s.MaxLength {
			return at + ": the text is too long"
		}
	case bool:
		if s.Type != "boolean" {
			return at + ": a boolean, want " + s.Type
		}
	case float64:
		if s.Type != "number" && (s.Type != "integer" || v != float64(int64(v))) {
			return fmt.Sprintf("%s: the number %v, want %s", at, v, s.Type)
		}
	}
	return ""
}

// differAll is "" when one of the alternatives fits: an object is held to the alternative of its own kind.
func (d *contractDocument) differAll(alternatives []*schema, value any, at string) string {
	first := ""
	for _, s := range alternatives {
		wrong := d.differ(s, value, at)
		if wrong == "" {
			return ""
		}
		if first == "" || len(wrong) > len(first) { // the longest path got furthest
			first = wrong
		}
	}
	return first
}

func (d *contractDocument) differObject(s *schema, value map[string]any, at string) string {
	for _, name := range s.Required {
		if _, present := value[name]; !present {
			return at + "." + name + ": missing"
		}
	}
	names := make([]string, 0, len(value))
	for name := range value {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		property := s.Properties[name]
		if property == nil {
			if wrong := d.differAdditional(s, value[name], at+"."+name); wrong != "" {
				return wrong
			}
			continue
		}
		if wrong := d.differ(property, value[name], at+"."+name); wrong != "" {
			return wrong
		}
	}
	return ""
}

// differAdditional judges a field that the schema does not name. A schema without any names takes all: the document's "object".
func (d *contractDocument) differAdditional(s *schema, value any, at string) string {
	var each schema
	if len(s.Additional) > 0 && s.Additional[0] == '{' {
		if err := json.Unmarshal(s.Additional, &each); err != nil {
			return at + ": " + err.Error()
		}
		return d.differ(&each, value, at)
	}
	if len(s.Properties) == 0 || undocumented[at[strings.LastIndex(at, ".")+1:]] {
		return ""
	}
	return at + ": not in the document"
}

// undocumented are fields that Stripe sends and stripe-go v76 reads although this edition of the document does not name them.
var undocumented = map[string]bool{"meter": true, "total_count": true}
