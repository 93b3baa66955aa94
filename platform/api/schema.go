package api

import (
	"path"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"
)

// naming names the schemas of the document: a type of a module gets the module's name in front, unless it has it already
// (notes.Note is Note, accounts.User is AccountsUser), and an unnamed body is named after its operation.
type naming struct {
	operation string // of the operation being registered
}

func (n *naming) schema(t reflect.Type, hint string) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Name() == "" {
		return pascal(n.operation) + upper(hint)
	}
	return typeName(t.PkgPath(), t.Name())
}

// typeName is the schema name of a named type; a generic type comes after its arguments, so that Page[Note] is NotePage.
func typeName(pkg, name string) string {
	base, args, generic := strings.Cut(name, "[")
	if !generic {
		return qualified(pkg, base)
	}
	var b strings.Builder
	for arg := range strings.SplitSeq(strings.TrimSuffix(args, "]"), ",") {
		dot := strings.LastIndex(arg, ".")
		if dot < 0 {
			b.WriteString(upper(arg))
			continue
		}
		b.WriteString(qualified(arg[:dot], arg[dot+1:]))
	}
	return b.String() + upper(base)
}

func qualified(pkg, name string) string {
	name = upper(name)
	module := pascal(path.Base(pkg))
	switch {
	case strings.HasSuffix(pkg, "platform/api"), strings.HasSuffix(pkg, "platform/db"), pkg == "":
		return name
	case module == "Fault":
		return "Problem" + name
	case strings.HasPrefix(name, strings.TrimSuffix(module, "s")):
		return name
	}
	return module + name
}

func pascal(s string) string {
	var b strings.Builder
	for word := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == '-' || r == '_' }) {
		b.WriteString(upper(word))
	}
	return b.String()
}

func upper(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

var uuidType = reflect.TypeFor[uuid.UUID]()

type uuidSchema struct{}

// Schema is how a UUID appears in the document.
func (uuidSchema) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "uuid"}
}

func registerTypes(r huma.Registry) {
	r.RegisterTypeAlias(uuidType, reflect.TypeFor[uuidSchema]())
}
