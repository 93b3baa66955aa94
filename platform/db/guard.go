package db

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// ErrRefused is what GORM's statements end in, before any SQL is sent, where GORM would quietly do something else than it says.
var ErrRefused = errors.New("db: refused")

var (
	errOr        = fmt.Errorf("%w: Or beside several conditions reads as (a AND b) OR c; group it: Where(a).Where(tx.Where(b).Or(c))", ErrRefused)
	errZeroID    = fmt.Errorf("%w: a condition compares with the zero id", ErrRefused)
	errZeroKey   = fmt.Errorf("%w: the model has values but no id, so the statement would change other rows", ErrRefused)
	errSave      = fmt.Errorf("%w: Save and UpdateAll write every column, and insert what is missing; name the columns", ErrRefused)
	errDrops     = fmt.Errorf("%w: Updates with a struct drops zero values; use a map, or Select the columns", ErrRefused)
	errOrderText = fmt.Errorf("%w: Order takes column names only; use a clause.Expr for more", ErrRefused)
)

// guard makes GORM refuse its traps.
func guard(g *gorm.DB) error {
	c := g.Callback()
	return errors.Join(
		c.Query().Before("gorm:query").Register("db:guard", refuse(checkRead)),
		c.Row().Before("gorm:row").Register("db:guard", refuse(checkRead)),
		c.Create().Before("gorm:before_create").Register("db:guard", refuse(checkCreate)),
		c.Update().Before("gorm:setup_reflect_value").Register("db:guard", refuse(checkUpdate, checkRead)),
		c.Delete().Before("gorm:before_delete").Register("db:guard", refuse(checkKey, checkRead)),
	)
}

func refuse(checks ...func(*gorm.Statement) error) func(*gorm.DB) {
	return func(tx *gorm.DB) {
		for _, check := range checks {
			if err := check(tx.Statement); err != nil && tx.Error == nil {
				_ = tx.AddError(err)
			}
		}
	}
}

func checkRead(s *gorm.Statement) error {
	if order, ok := s.Clauses["ORDER BY"].Expression.(clause.OrderBy); ok {
		for _, by := range order.Columns {
			if by.Column.Raw && !isColumnList(by.Column.Name) {
				return errOrderText
			}
		}
	}
	where, ok := s.Clauses["WHERE"].Expression.(clause.Where)
	if !ok {
		return nil
	}
	if mixesOr(where.Exprs) {
		return errOr
	}
	if slices.ContainsFunc(where.Exprs, hasZeroID) {
		// To the caller of the product, an id that nothing has is one that does not exist.
		return errNotFound.Wrap(errZeroID)
	}
	return nil
}

// hasOr reports whether one of the conditions is joined to the others by OR.
func hasOr(exprs []clause.Expression) bool { return slices.ContainsFunc(exprs, isOr) }

func isOr(e clause.Expression) bool {
	or, ok := e.(clause.OrConditions)
	return ok && len(or.Exprs) == 1
}

// mixesOr reports whether the conditions, or those of a group in them, join more than two by AND and OR without a bracket.
func mixesOr(exprs []clause.Expression) bool {
	ands, or := 0, false
	for _, e := range exprs {
		if isOr(e) {
			or = true
		} else {
			ands++
		}
		if group, ok := e.(clause.AndConditions); ok && mixesOr(group.Exprs) {
			return true
		}
	}
	return or && ands > 1
}

func hasZeroID(e clause.Expression) bool {
	switch e := e.(type) {
	case clause.Expr:
		return slices.ContainsFunc(e.Vars, isZeroID)
	case clause.Eq:
		return isZeroID(e.Value)
	case clause.IN:
		return slices.ContainsFunc(e.Values, isZeroID)
	case clause.AndConditions:
		return slices.ContainsFunc(e.Exprs, hasZeroID)
	case clause.OrConditions:
		return slices.ContainsFunc(e.Exprs, hasZeroID)
	}
	return false
}

func isZeroID(v any) bool {
	id, ok := v.(uuid.UUID)
	return ok && id == uuid.Nil
}

func checkCreate(s *gorm.Statement) error {
	if conflict, ok := s.Clauses["ON CONFLICT"].Expression.(clause.OnConflict); ok && conflict.UpdateAll {
		return errSave
	}
	return nil
}

func checkUpdate(s *gorm.Statement) error {
	if slices.Contains(s.Selects, "*") {
		return errSave
	}
	dest := reflect.Indirect(reflect.ValueOf(s.Dest))
	if dest.Kind() == reflect.Struct && len(s.Selects) == 0 {
		return errDrops
	}
	return checkKey(s)
}

// checkKey refuses a filled model without its key. An empty one only names the table.
func checkKey(s *gorm.Statement) error {
	model := reflect.Indirect(reflect.ValueOf(s.Model))
	if model.Kind() != reflect.Struct || s.Schema == nil || model.Type() != s.Schema.ModelType || model.IsZero() {
		return nil
	}
	for _, key := range s.Schema.PrimaryFields {
		if _, zero := key.ValueOf(s.Context, model); !zero {
			return nil
		}
	}
	return errZeroKey
}

// isColumnList reports whether the text is no more than column names with directions.
func isColumnList(text string) bool {
	for part := range strings.SplitSeq(text, ",") {
		words := strings.Fields(part)
		if len(words) == 0 || len(words) > 4 || !isColumn(words[0]) {
			return false
		}
		for _, word := range words[1:] {
			switch strings.ToUpper(word) {
			case "ASC", "DESC", "NULLS", "FIRST", "LAST":
			default:
				return false
			}
		}
	}
	return true
}

func isColumn(word string) bool {
	for i := range len(word) {
		b := word[i]
		if !isLetter(b) && b != '_' && b != '.' && b != '"' && (b < '0' || b > '9' || i == 0) {
			return false
		}
	}
	return true
}
