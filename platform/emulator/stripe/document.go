package stripe

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"
	"sync"

	"github.com/stripe/stripe-mock/embedded"
	"github.com/stripe/stripe-mock/param/coercer"
	"github.com/stripe/stripe-mock/spec"
)

// meterDocument describes the routes of billing meters as stripe-go v76 calls them: stripe-mock's document lacks them.
//
//go:embed document/meters.json
var meterDocument []byte

// document is Stripe's OpenAPI document. Operations are read when they are first used: the whole takes most of a second.
type document struct {
	paths      func() map[string]map[string]json.RawMessage
	mu         sync.Mutex // the validators are not safe for concurrent use
	operations map[string]*operation
}

type operation struct {
	schema    *spec.Schema
	validator interface{ Validate(params any) error }
}

var sharedDocument = &document{
	operations: map[string]*operation{},
	paths: sync.OnceValue(func() map[string]map[string]json.RawMessage {
		var d struct {
			Paths map[string]map[string]json.RawMessage `json:"paths"`
		}
		for _, raw := range [][]byte{embedded.OpenAPISpec, meterDocument} { // the second adds to the first
			if err := json.Unmarshal(raw, &d); err != nil {
				panic("the embedded Stripe document cannot be read: " + err.Error())
			}
		}
		return d.Paths
	}),
}

// knows reports whether Stripe has such an operation.
func (d *document) knows(method, path string) bool {
	for pattern, methods := range d.paths() {
		expression := `\A` + pathVariable.ReplaceAllString(pattern, `[^/]+`) + `\z`
		if _, has := methods[strings.ToLower(method)]; has && regexp.MustCompile(expression).MatchString(path) {
			return true
		}
	}
	return false
}

// check turns the parameters' texts into the types of the document, in place, and refuses what the document does not allow.
func (d *document) check(method, path string, params object) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	op, err := d.operation(method, path)
	if err != nil {
		return err
	}
	if op.schema == nil {
		return nil
	}
	if err := coercer.CoerceParams(op.schema, params); err != nil {
		return invalid("", "", "Invalid request: %v", err)
	}
	if name := unknownParam(op.schema, params, ""); name != "" {
		return invalid("parameter_unknown", name, "Received unknown parameter: %s", name)
	}
	for _, name := range op.schema.Required {
		if _, present := params[name]; !present {
			return invalid("parameter_missing", name, "Missing required param: %s.", name)
		}
	}
	if err := op.validator.Validate(params); err != nil {
		return invalid("", "", "Invalid request: %v", err)
	}
	return nil
}

func (d *document) operation(method, path string) (*operation, error) {
	key := method + " " + path
	if op := d.operations[key]; op != nil {
		return op, nil
	}
	raw, known := d.paths()[path][strings.ToLower(method)]
	if !known {
		return nil, fmt.Errorf("%s is not in Stripe's document", key)
	}
	var described spec.Operation
	if err := json.Unmarshal(raw, &described); err != nil {
		return nil, fmt.Errorf("read %s of Stripe's document: %w", key, err)
	}
	op := &operation{}
	if method == "GET" {
		op.schema = spec.BuildQuerySchema(&described)
	} else if described.RequestBody != nil {
		op.schema = described.RequestBody.Content["application/x-www-form-urlencoded"].Schema
	}
	if key == "POST /v1/prices" { // as stripe-go v76 sends it
		op.schema.Properties["recurring"].Properties["meter"] = &spec.Schema{Type: spec.TypeString, MaxLength: 5000}
	}
	if op.schema != nil {
		validator, err := spec.GetValidatorForOpenAPI3Schema(op.schema, nil)
		if err != nil {
			return nil, fmt.Errorf("build the validator of %s: %w", key, err)
		}
		op.validator = validator
	}
	d.operations[key] = op
	return op, nil
}

// unknownParam names the first parameter that the schema does not have, in Stripe's bracketed spelling, or "".
func unknownParam(schema *spec.Schema, value any, at string) string {
	switch value := value.(type) {
	case object:
		if len(schema.Properties) == 0 {
			return firstOf(schema.AnyOf, value, at)
		}
		names := make([]string, 0, len(value))
		for name := range value {
			names = append(names, name)
		}
		sort.Strings(names)
		for _, name := range names {
			spelled := name
			if at != "" {
				spelled = at + "[" + name + "]"
			}
			property := schema.Properties[name]
			if property == nil {
				return spelled
			}
			if unknown := unknownParam(property, value[name], spelled); unknown != "" {
				return unknown
			}
		}
	case []any:
		if schema.Items == nil {
			return firstOf(schema.AnyOf, value, at)
		}
		for i, item := range value {
			if unknown := unknownParam(schema.Items, item, fmt.Sprintf("%s[%d]", at, i)); unknown != "" {
				return unknown
			}
		}
	}
	return ""
}

// firstOf is "" when one of the alternatives fits, or there are none.
func firstOf(alternatives []*spec.Schema, value any, at string) string {
	first := ""
	for _, schema := range alternatives {
		unknown := unknownParam(schema, value, at)
		if unknown == "" {
			return ""
		}
		if first == "" {
			first = unknown
		}
	}
	return first
}

// unhonoured names a parameter that the document allows but the route does nothing with, or "".
func (rt route) unhonoured(params object) string {
	names := make([]string, 0, len(params))
	for name := range params {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		paging := rt.method == "GET" && slices.Contains(pagingParams, name)
		if name != "expand" && !paging && !slices.Contains(rt.params, name) {
			return name
		}
	}
	return ""
}
