package api

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/google/uuid"
)

// segment is one part of a route between slashes.
type segment struct {
	literal string
	kind    string // "" for a literal, else what a parameter takes: "text", "guid" or "int"
}

type route struct {
	method   string
	path     string
	segments []segment
}

// parseRoute reads a path such as /notes/{id}; input tells the types of its parameters by their path tags.
func parseRoute(method, path string, input reflect.Type) (route, error) {
	r := route{method: method, path: path}
	if !strings.HasPrefix(path, "/") || strings.HasSuffix(path, "/") {
		return r, fmt.Errorf("the path %q must start with a slash and not end with one", path)
	}
	params := pathParams(input)
	for part := range strings.SplitSeq(path[1:], "/") {
		name, isParam := strings.CutPrefix(part, "{")
		if !isParam {
			if part == "" || strings.ContainsAny(part, "{}:*+?<>\\%") {
				return r, fmt.Errorf("the path %q has a part that cannot be routed: %q", path, part)
			}
			r.segments = append(r.segments, segment{literal: part})
			continue
		}
		name = strings.TrimSuffix(name, "}")
		t, ok := params[name]
		if !ok {
			return r, fmt.Errorf("the path %q has the parameter %q, but the input has no field with the tag path:%q", path, name, name)
		}
		delete(params, name)
		kind, err := paramKind(t)
		if err != nil {
			return r, fmt.Errorf("the parameter %q of %q: %w", name, path, err)
		}
		r.segments = append(r.segments, segment{literal: name, kind: kind})
	}
	for name := range params {
		return r, fmt.Errorf("the input has the path parameter %q, but the path is %q", name, path)
	}
	return r, nil
}

// fiber is the route in Fiber's own notation.
func (r route) fiber() string {
	var b strings.Builder
	for _, s := range r.segments {
		b.WriteByte('/')
		switch s.kind {
		case "":
			b.WriteString(s.literal)
		case "text":
			b.WriteString(":" + s.literal)
		default:
			b.WriteString(":" + s.literal + "<" + s.kind + ">")
		}
	}
	return b.String()
}

func pathParams(input reflect.Type) map[string]reflect.Type {
	params := map[string]reflect.Type{}
	if input == nil {
		return params
	}
	for _, f := range reflect.VisibleFields(input) {
		if name := f.Tag.Get("path"); name != "" {
			params[name] = f.Type
		}
	}
	return params
}

func paramKind(t reflect.Type) (string, error) {
	switch {
	case t == uuidType:
		return "guid", nil
	case t.Kind() == reflect.String:
		return "text", nil
	case t.Kind() == reflect.Int, t.Kind() == reflect.Int64:
		return "int", nil
	}
	return "", fmt.Errorf("a path parameter is a uuid.UUID, a string or an int, not %s", t)
}

// covers reports whether every part that o takes is taken by s as well.
func (s segment) covers(o segment) bool {
	switch s.kind {
	case "text":
		return true
	case "":
		return o.kind == "" && o.literal == s.literal
	case "guid":
		_, err := uuid.Parse(o.literal)
		return o.kind == "guid" || o.kind == "" && err == nil
	default:
		return o.kind == s.kind
	}
}

func (r route) covers(o route) bool {
	if r.method != o.method || len(r.segments) != len(o.segments) {
		return false
	}
	for i, s := range r.segments {
		if !s.covers(o.segments[i]) {
			return false
		}
	}
	return true
}

// shadowed finds routes that can never be reached, because routes match in the order in which they are added.
func shadowed(routes []route) []error {
	var errs []error
	for i, later := range routes {
		for _, earlier := range routes[:i] {
			if earlier.covers(later) {
				errs = append(errs, fmt.Errorf("%s %s can never be reached: %s is added before it and takes the same addresses", later.method, later.path, earlier.path))
			}
		}
	}
	return errs
}
