package api

import (
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// describe is the operation as the OpenAPI document shows it, and the codes of its problems.
func describe(a *API, o operation, id, module string, input reflect.Type) (huma.Operation, []string) {
	op := huma.Operation{
		OperationID: id, Method: o.method, Path: Prefix + o.path,
		Summary: o.summary, Description: o.text, Tags: []string{module},
		DefaultStatus: o.status, MaxBodyBytes: -1, BodyReadTimeout: -1,
		Extensions: map[string]any{"x-access": o.rule.access()},
	}
	if audience := o.rule.audience(); audience != "" {
		op.Security = []map[string][]string{{audience: {}}}
	} else {
		op.Security = []map[string][]string{}
	}
	if o.rule.kind == rulePermission {
		op.Extensions["x-role"] = string(a.cfg.Permissions[o.rule.permission])
		if !o.rule.recent {
			op.Security = append(op.Security, map[string][]string{schemeKey: {string(o.rule.permission)}})
		}
	}
	if body, ok := input.FieldByName("Body"); ok {
		op.RequestBody = &huma.RequestBody{
			Required: body.Type.Kind() != reflect.Pointer,
			Content:  map[string]*huma.MediaType{mediaJSON: {Schema: huma.SchemaFromField(a.registry, body, "Body")}},
		}
	}
	if o.rule.recent {
		op.Extensions["x-recent"] = true
	}
	codes := generalCodes(o)
	general := flat(codes)
	for _, code := range o.codes {
		if _, known := slices.BinarySearch(general, code); !known {
			codes[0] = append(codes[0], code)
		}
	}
	op.Responses = problems(a.registry, codes)
	all := flat(codes)
	op.Extensions["x-error-codes"] = all
	return op, all
}

// generalCodes are the problems that follow from an operation's rule and input, by status; status 0 has those of the operation itself.
func generalCodes(o operation) map[int][]string {
	codes := map[int][]string{
		http.StatusInternalServerError: {"internal"},
		http.StatusServiceUnavailable:  {"unavailable", "timeout"},
	}
	if o.rule.audience() != "" {
		codes[http.StatusUnauthorized] = []string{"unauthenticated", "invalid_token", "token_expired", "session_expired"}
	}
	if o.rule.audience() == AudienceApp {
		codes[http.StatusUnauthorized] = append(codes[http.StatusUnauthorized], "not_a_member", "api_key_invalid")
	}
	if o.rule.kind == ruleSignedIn || o.rule.recent {
		codes[http.StatusForbidden] = append(codes[http.StatusForbidden], ErrNotUser.Code)
	}
	if o.rule.recent {
		codes[http.StatusForbidden] = append(codes[http.StatusForbidden], errNotRecent.Code)
	}
	if o.method != http.MethodGet {
		codes[http.StatusForbidden] = append(codes[http.StatusForbidden], "cross_site")
	}
	if o.rule.kind == rulePermission {
		codes[http.StatusForbidden] = append(codes[http.StatusForbidden], errForbidden.Code, errNoTenant.Code, errSuspended.Code, errSecondFactor.Code)
	}
	if o.rule.kind == rulePermission && !o.rule.recent {
		codes[http.StatusPaymentRequired] = []string{"limit_reached"} // of an API key, at least
	}
	if o.rule.changes() {
		codes[http.StatusForbidden] = append(codes[http.StatusForbidden], ErrReadOnly.Code)
	}
	if len(o.rule.limits) > 0 || o.rule.audience() != "" {
		codes[http.StatusTooManyRequests] = []string{"rate_limited"}
	}
	if strings.Contains(o.path, "{") {
		codes[http.StatusNotFound] = []string{errPath.Code}
	}
	codes[http.StatusUnprocessableEntity] = []string{errText.Code, "invalid_value"}
	// A body that is sent is checked, wanted or not.
	codes[http.StatusBadRequest] = []string{errQuery.Code, errBody.Code}
	codes[http.StatusRequestEntityTooLarge] = []string{"body_too_large"}
	codes[http.StatusUnsupportedMediaType] = []string{errMediaType.Code, errEncoding.Code}
	return codes
}

// problems is the one answer of an operation that failed; its text lists the codes, those of the operation itself first.
func problems(r huma.Registry, codes map[int][]string) map[string]*huma.Response {
	var b strings.Builder
	b.WriteString("A problem.")
	for _, status := range slices.Sorted(maps.Keys(codes)) {
		list := codes[status]
		if len(list) == 0 {
			continue
		}
		b.WriteByte(' ')
		if status != 0 {
			b.WriteString(strconv.Itoa(status) + ": ")
		}
		b.WriteString("`" + strings.Join(list, "`, `") + "`.")
	}
	return map[string]*huma.Response{"default": {
		Description: b.String(),
		Content:     map[string]*huma.MediaType{mediaProblem: {Schema: r.Schema(reflect.TypeFor[Problem](), true, "Problem")}},
	}}
}

func flat(codes map[int][]string) []string {
	var all []string
	for _, list := range codes {
		all = append(all, list...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
