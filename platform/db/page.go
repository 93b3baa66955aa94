package db

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"saaskit/platform/fault"
)

const (
	defaultLimit = 20
	maxLimit     = 100
)

// PageQuery is the part of a list's input that pages it; embed it.
type PageQuery struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"20" doc:"How many to return at most."`
	Cursor string `query:"cursor" maxLength:"512" doc:"Where to go on: the next_cursor of the page before."`
}

// Page is one page of a list. NextCursor is empty on the last one.
type Page[T any] struct {
	Items      []T    `json:"items"`
	NextCursor string `json:"next_cursor,omitempty"`
}

// Order says how a list is sorted, so that it can go on behind a row. Name is part of the cursor: a cursor of another order is
// refused. The columns go all in one direction, the last one is unique, and all are NOT NULL. Key returns their values of a row.
type Order[T any] struct {
	Name    string
	Columns []string
	Desc    bool
	Key     func(T) []any
}

var errCursor = fault.New(fault.Invalid, "invalid_cursor", "The cursor is not one of ours.").
	With(fault.Field{Location: "query.cursor", Message: "must be the next_cursor of a page of this list"})

// List returns the page of q's rows that p asks for. A cursor is typed and holds only values of the order's columns, which reach
// Postgres as parameters: a forged one is refused, or shows rows that q shows anyway. It is one statement.
func List[T any](q *gorm.DB, p PageQuery, o Order[T]) (Page[T], error) {
	limit := p.Limit
	if limit <= 0 {
		limit = defaultLimit
	}
	limit = min(limit, maxLimit)
	compare, direction := ">", ""
	if o.Desc {
		compare, direction = "<", " DESC"
	}
	if p.Cursor != "" {
		after, err := o.decode(p.Cursor)
		if err != nil {
			return Page[T]{}, err
		}
		q = group(q).Where(clause.Expr{SQL: "(" + strings.Join(o.Columns, ", ") + ") " + compare + " ?", Vars: []any{after}})
	}
	items := make([]T, 0, limit+1)
	if err := q.Order(strings.Join(o.Columns, direction+", ") + direction).Limit(limit + 1).Find(&items).Error; err != nil {
		return Page[T]{}, err
	}
	if len(items) <= limit {
		return Page[T]{Items: items}, nil
	}
	items = items[:limit]
	next, err := o.encode(items[limit-1])
	return Page[T]{Items: items, NextCursor: next}, err
}

// group puts the conditions of q into one bracket when there is an Or among them.
func group(q *gorm.DB) *gorm.DB {
	c := q.Statement.Clauses["WHERE"]
	if where, ok := c.Expression.(clause.Where); ok && hasOr(where.Exprs) {
		c.Expression = clause.Where{Exprs: []clause.Expression{clause.And(where.Exprs...)}}
		q.Statement.Clauses["WHERE"] = c
	}
	return q
}

func (o Order[T]) encode(last T) (string, error) {
	raw, err := json.Marshal(append([]any{o.Name}, o.Key(last)...))
	if err != nil {
		return "", fmt.Errorf("encode cursor: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(raw), nil
}

// decode reads the values of a cursor as exactly the types that Key gives.
func (o Order[T]) decode(cursor string) ([]any, error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil {
		return nil, errCursor.Wrap(err)
	}
	var parts []json.RawMessage
	if err := json.Unmarshal(raw, &parts); err != nil {
		return nil, errCursor.Wrap(err)
	}
	var zero T
	values := o.Key(zero)
	var name string
	if len(parts) != len(values)+1 || json.Unmarshal(parts[0], &name) != nil || name != o.Name {
		return nil, errCursor
	}
	for i, sample := range values {
		if bytes.Equal(bytes.TrimSpace(parts[i+1]), []byte("null")) {
			return nil, errCursor
		}
		value := reflect.New(reflect.TypeOf(sample))
		if err := json.Unmarshal(parts[i+1], value.Interface()); err != nil {
			return nil, errCursor.Wrap(err)
		}
		if text, ok := value.Elem().Interface().(string); ok && (strings.ContainsRune(text, 0) || !utf8.ValidString(text)) {
			return nil, errCursor
		}
		values[i] = value.Elem().Interface()
	}
	return values, nil
}
