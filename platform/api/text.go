package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"saaskit/platform/fault"
)

var errText = fault.New(fault.Invalid, "invalid_input", "Some of the input is not valid.")

// checkText refuses the one character that Postgres cannot keep in a text, NUL, in every string of a valid JSON body. A member named
// password may have it: passwords are hashed, never stored, and any character counts in them.
func checkText(body []byte) error {
	if !bytes.Contains(body, []byte(`\u0000`)) { // in JSON there is no other way to write it
		return nil
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return errBody.Wrap(err)
	}
	fields := findNUL(value, "body", nil)
	if len(fields) == 0 {
		return nil
	}
	return errText.With(fields[:min(len(fields), maxFields)]...)
}

// findNUL adds to found the strings in value that hold NUL, and the objects with such a name.
func findNUL(value any, at string, found []fault.Field) []fault.Field {
	switch v := value.(type) {
	case string:
		if !plainText(v) {
			found = append(found, fault.Field{Location: safeLocation(at), Message: "must not contain a NUL character"})
		}
	case []any:
		for i, item := range v {
			found = findNUL(item, fmt.Sprintf("%s[%d]", at, i), found)
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if _, text := v[name].(string); text && name == "password" {
				continue
			}
			found = findNUL(name, at, found)
			found = findNUL(v[name], at+"."+name, found)
		}
	}
	return found
}
