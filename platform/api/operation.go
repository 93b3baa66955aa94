package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
	gojson "github.com/goccy/go-json"
)

// operation is what is said about an operation when it is added.
type operation struct {
	method  string
	id      string
	summary string
	path    string
	rule    Rule
	status  int
	text    string
	codes   []string
}

// Option changes one thing about an operation.
type Option func(*operation)

// Status sets the status of success, for example 202.
func Status(code int) Option { return func(o *operation) { o.status = code } }

// Describe adds a text (Markdown) for the reader of the API reference.
func Describe(text string) Option { return func(o *operation) { o.text = text } }

// Errors documents the codes of problems that this operation has besides the general ones.
func Errors(codes ...string) Option {
	return func(o *operation) { o.codes = append(o.codes, codes...) }
}

// Get adds an operation that reads: 200 and the output as JSON.
func Get[I, O any](r *Router, id, summary, path string, rule Rule, h func(context.Context, *I) (*O, error), opts ...Option) {
	add(r, operation{method: http.MethodGet, id: id, summary: summary, path: path, rule: rule, status: http.StatusOK}, opts, answer(h))
}

// Post adds an operation that creates: 201 and the output as JSON. If *O has a method Location() string, its path below Prefix is sent as Location.
func Post[I, O any](r *Router, id, summary, path string, rule Rule, h func(context.Context, *I) (*O, error), opts ...Option) {
	o := operation{method: http.MethodPost, id: id, summary: summary, path: path, rule: rule, status: http.StatusCreated}
	if _, ok := any((*O)(nil)).(located); ok {
		add(r, o, opts, answerLocated(h))
		return
	}
	add(r, o, opts, answer(h))
}

// Patch adds an operation that changes some fields: 200 and the output as JSON.
func Patch[I, O any](r *Router, id, summary, path string, rule Rule, h func(context.Context, *I) (*O, error), opts ...Option) {
	add(r, operation{method: http.MethodPatch, id: id, summary: summary, path: path, rule: rule, status: http.StatusOK}, opts, answer(h))
}

// Delete adds an operation that deletes: 204 without a body.
func Delete[I any](r *Router, id, summary, path string, rule Rule, h func(context.Context, *I) error, opts ...Option) {
	add(r, operation{method: http.MethodDelete, id: id, summary: summary, path: path, rule: rule, status: http.StatusNoContent}, opts, silent(h))
}

// Action adds an operation that does something other than creating: POST, 200 and the output as JSON.
func Action[I, O any](r *Router, id, summary, path string, rule Rule, h func(context.Context, *I) (*O, error), opts ...Option) {
	add(r, operation{method: http.MethodPost, id: id, summary: summary, path: path, rule: rule, status: http.StatusOK}, opts, answer(h))
}

// Command adds an operation that does something and has nothing to say: POST, 204 without a body.
func Command[I any](r *Router, id, summary, path string, rule Rule, h func(context.Context, *I) error, opts ...Option) {
	add(r, operation{method: http.MethodPost, id: id, summary: summary, path: path, rule: rule, status: http.StatusNoContent}, opts, silent(h))
}

// located is an output that has an address of its own, relative to Prefix.
type located interface{ Location() string }

type reply[O any] struct{ Body *O }

type created[O any] struct {
	Location string `header:"Location" doc:"The address of what was created."`
	Body     *O
}

type nothing struct{}

var errNoAnswer = errors.New("the operation returned neither an output nor an error")

func answer[I, O any](h func(context.Context, *I) (*O, error)) func(context.Context, *I) (*reply[O], error) {
	return func(ctx context.Context, in *I) (*reply[O], error) {
		out, err := h(ctx, in)
		if err == nil && out == nil {
			err = errNoAnswer
		}
		if err != nil {
			return nil, newProblem(ctx, err)
		}
		fillLists(reflect.ValueOf(out).Elem())
		return &reply[O]{Body: out}, nil
	}
}

func answerLocated[I, O any](h func(context.Context, *I) (*O, error)) func(context.Context, *I) (*created[O], error) {
	plain := answer(h)
	return func(ctx context.Context, in *I) (*created[O], error) {
		out, err := plain(ctx, in)
		if err != nil {
			return nil, err
		}
		location := ""
		if l, ok := any(out.Body).(located); ok {
			location = Prefix + l.Location()
		}
		return &created[O]{Location: location, Body: out.Body}, nil
	}
}

func silent[I any](h func(context.Context, *I) error) func(context.Context, *I) (*nothing, error) {
	return func(ctx context.Context, in *I) (*nothing, error) {
		if err := h(ctx, in); err != nil {
			return nil, newProblem(ctx, err)
		}
		return &nothing{}, nil
	}
}

// add registers an operation, or notes why it cannot be one; such an operation is not served.
func add[I, O any](r *Router, o operation, opts []Option, h func(context.Context, *I) (*O, error)) {
	for _, opt := range opts {
		opt(&o)
	}
	o.rule.reads = o.method == http.MethodGet
	a := r.api
	id := r.module + "-" + o.id
	defer func() {
		if p := recover(); p != nil {
			a.reject("operation %s (%s %s): %v", id, o.method, o.path, p)
		}
	}()
	input := reflect.TypeFor[I]()
	if err := a.check(o, id, input); err != nil {
		a.reject("operation %s (%s %s): %w", id, o.method, o.path, err)
		return
	}
	parsed, err := parseRoute(o.method, Prefix+o.path, input)
	if err != nil {
		a.reject("operation %s: %w", id, err)
		return
	}
	a.ids[id] = true
	a.routes = append(a.routes, parsed)
	a.naming.operation = id
	body, hasBody := input.FieldByName("Body")
	op, codes := describe(a, o, id, r.module, input)
	op.Metadata = map[string]any{guardKey: &guard{
		rule: o.rule, route: parsed, needBody: hasBody && body.Type.Kind() != reflect.Pointer, codes: codes,
	}}
	huma.Register(a.huma, op, h)
}

// check finds what is wrong with an operation before it is registered.
func (a *API) check(o operation, id string, input reflect.Type) error {
	switch {
	case a.document != nil:
		return errors.New("is added after the API was sealed")
	case o.id == "" || o.summary == "":
		return errors.New("has no id or no summary")
	case a.ids[id]:
		return errors.New("has the id of another operation")
	case input.Kind() != reflect.Struct:
		return fmt.Errorf("takes %s, not a struct", input)
	case o.rule.kind == ruleNone:
		return errors.New("has no access rule")
	case len(o.rule.limits) > 0 && a.cfg.Take == nil:
		return errors.New("has a rate limit, but nothing counts")
	case o.rule.kind == rulePermission:
		if _, known := a.cfg.Permissions[o.rule.permission]; !known {
			return fmt.Errorf("needs the permission %q, which no module has", o.rule.permission)
		}
	}
	return nil
}

// encode writes v as JSON; characters of HTML stay readable, because no answer is ever taken for HTML.
func encode(w io.Writer, v any) error {
	raw, err := gojson.MarshalWithOption(v, gojson.DisableHTMLEscape())
	if err != nil {
		return fmt.Errorf("encode the answer: %w", err)
	}
	_, err = w.Write(raw)
	return err
}
