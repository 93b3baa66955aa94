package db

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"time"
)

var errNull = errors.New("NULL into a type that has none; use a pointer")

// assign puts a decoded value where dest points to, by the rules of database/sql's Scan, which does not offer them on their own.
// A pointer to a pointer is for columns that can be NULL.
func assign(dest any, value driver.Value) error {
	switch d := dest.(type) {
	case *any:
		*d = value
		return nil
	case **time.Time:
		if at, ok := value.(time.Time); ok {
			*d = &at
			return nil
		}
	case **int64:
		if n, ok := value.(int64); ok {
			*d = &n
			return nil
		}
	case sql.Scanner:
		return d.Scan(value)
	}
	target := reflect.ValueOf(dest)
	if target.Kind() != reflect.Pointer || target.IsNil() {
		return fmt.Errorf("%T is no place for a value", dest)
	}
	target = target.Elem()
	if target.Kind() == reflect.Pointer {
		if value == nil {
			target.SetZero()
			return nil
		}
		pointed := reflect.New(target.Type().Elem())
		if err := assign(pointed.Interface(), value); err != nil {
			return err
		}
		target.Set(pointed)
		return nil
	}
	return set(target, value)
}

// set puts the value into a target that is no pointer.
func set(target reflect.Value, value driver.Value) error {
	if value == nil {
		if target.Kind() == reflect.Slice { // of bytes, which have a NULL of their own
			target.SetZero()
			return nil
		}
		return errNull
	}
	source := reflect.ValueOf(value)
	switch {
	case source.Type().AssignableTo(target.Type()):
		target.Set(source)
		return nil
	case source.Kind() == target.Kind() && source.CanConvert(target.Type()):
		target.Set(source.Convert(target.Type()))
		return nil
	}
	return parse(target, value)
}

// parse reads the value's text into a target of another kind. Of the kinds of text, only string and []byte themselves take everything.
func parse(target reflect.Value, value driver.Value) (err error) {
	text, isText := inWords(value)
	switch {
	case target.CanInt():
		var n int64
		n, err = strconv.ParseInt(text, 10, target.Type().Bits())
		target.SetInt(n)
	case target.CanUint():
		var n uint64
		n, err = strconv.ParseUint(text, 10, target.Type().Bits())
		target.SetUint(n)
	case target.CanFloat():
		var f float64
		f, err = strconv.ParseFloat(text, target.Type().Bits())
		target.SetFloat(f)
	case target.Kind() == reflect.Bool:
		var b bool
		b, err = strconv.ParseBool(text)
		target.SetBool(b)
	case target.Type() == stringType, target.Kind() == reflect.String && isText:
		target.SetString(text)
	case target.Type() == bytesType:
		target.SetBytes([]byte(text))
	default:
		err = fmt.Errorf("%T into %s", value, target.Type())
	}
	return err
}

var (
	stringType = reflect.TypeFor[string]()
	bytesType  = reflect.TypeFor[[]byte]()
)

// inWords is the value as text, and whether it is text.
func inWords(value driver.Value) (text string, isText bool) {
	switch v := value.(type) {
	case string:
		return v, true
	case []byte:
		return string(v), true
	case time.Time:
		return v.Format(time.RFC3339Nano), false
	}
	return fmt.Sprint(value), false
}
