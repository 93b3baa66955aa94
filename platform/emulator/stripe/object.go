package stripe

import (
	"crypto/rand"
	"encoding/json"
	"math/big"

	"github.com/stripe/stripe-mock/embedded"
)

// object is one Stripe object in JSON's shape: maps, []any, strings, bools, nil and numbers.
type object = map[string]any

// fixtures are Stripe's own sample objects, from which new ones take their full shape.
var fixtures = func() map[string]object {
	var all struct {
		Resources map[string]object `json:"resources"`
	}
	if err := json.Unmarshal(embedded.OpenAPIFixtures, &all); err != nil {
		panic("the embedded Stripe fixtures cannot be read: " + err.Error())
	}
	return all.Resources
}()

// newObject is an object of the kind with every field that Stripe would send, set as given.
func newObject(kind string, fields object) object {
	o := clone(fixtures[kind]).(object)
	for name, value := range fields {
		o[name] = value
	}
	o["object"] = kind
	if _, has := o["livemode"]; has { // a few kinds have no mode of their own
		o["livemode"] = false
	}
	return o
}

func clone(v any) any {
	switch v := v.(type) {
	case object:
		c := make(object, len(v))
		for name, value := range v {
			c[name] = clone(value)
		}
		return c
	case []any:
		c := make([]any, len(v))
		for i, value := range v {
			c[i] = clone(value)
		}
		return c
	default:
		return v
	}
}

// text is a string field, "" when it is absent or null.
func text(o object, name string) string {
	s, _ := o[name].(string)
	return s
}

// number is an integer field: an int of a parameter, an int64 of ours or a float64 from the state file.
func number(o object, name string) int64 {
	switch n := o[name].(type) {
	case int:
		return int64(n)
	case int64:
		return n
	case float64:
		return int64(n)
	default:
		return 0
	}
}

func flag(o object, name string) bool {
	b, _ := o[name].(bool)
	return b
}

func child(o object, name string) object {
	c, _ := o[name].(object)
	return c
}

func items(o object, name string) []any {
	a, _ := o[name].([]any)
	return a
}

// mergeMetadata follows Stripe: new keys are added, an empty value removes a key, an empty string removes all.
func mergeMetadata(o, params object) {
	given, present := params["metadata"]
	if !present {
		return
	}
	merged := object{}
	if patch, ok := given.(object); ok {
		merged, _ = clone(child(o, "metadata")).(object)
		if merged == nil {
			merged = object{}
		}
		for key, value := range patch {
			if value == "" {
				delete(merged, key)
			} else {
				merged[key] = value
			}
		}
	}
	o["metadata"] = merged
}

// assign copies the named parameters that were sent; an empty string unsets, as in Stripe.
func assign(o, params object, names ...string) {
	for _, name := range names {
		value, present := params[name]
		switch {
		case !present:
		case value == "":
			o[name] = nil
		default:
			o[name] = clone(value)
		}
	}
}

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// randomText is n random letters and digits.
func randomText(n int) string {
	b := make([]byte, n)
	for i := range b {
		k, err := rand.Int(rand.Reader, big.NewInt(int64(len(alphabet))))
		if err != nil {
			panic(err) // the system's random source never fails
		}
		b[i] = alphabet[k.Int64()]
	}
	return string(b)
}

func newID(prefix string) string { return prefix + "_" + randomText(24) }
