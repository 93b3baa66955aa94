package config

import (
	"fmt"
	"reflect"
	"strings"
)

// Table describes every setting as a Markdown table: name, default, meaning.
func Table() string {
	var b strings.Builder
	b.WriteString("| variable | default | meaning |\n|---|---|---|\n")
	for field := range reflect.TypeFor[Config]().Fields() {
		value := field.Tag.Get("envDefault")
		if value != "" {
			value = "`" + value + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", field.Tag.Get("env"), value, field.Tag.Get("doc"))
	}
	return b.String()
}

func docs() map[string]string {
	texts := map[string]string{}
	for field := range reflect.TypeFor[Config]().Fields() {
		texts[field.Tag.Get("env")] = field.Tag.Get("doc")
	}
	return texts
}
