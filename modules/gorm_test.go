package modules_test

import (
	"go/ast"
	"go/parser"
	"maps"
	"slices"
	"testing"
)

// conditionAt is the first argument of each GORM method that becomes SQL as it stands.
var conditionAt = map[string]int{
	"Where": 0, "Or": 0, "Not": 0, "Order": 0, "Raw": 0, "Exec": 0, "Joins": 0, "InnerJoins": 0, "Group": 0, "Having": 0,
	"Pluck": 0, "Select": 0, "Omit": 0, "Table": 0, "Distinct": 0, "Expr": 0, "Update": 0, "UpdateColumn": 0,
	"First": 1, "Take": 1, "Last": 1, "Find": 1, "Delete": 1,
}

// banned are methods of GORM that do something else than they seem to.
var banned = map[string]string{
	"Save":          "writes every column, and inserts when the row is not there",
	"FirstOrCreate": "inserts what a race or a policy has hidden",
	"FirstOrInit":   "hides that the row is not there",
	"AutoMigrate":   "the schema is written in SQL",
	"Unscoped":      "drops conditions that somebody relies on",
	"Or":            "binds weaker than the conditions before it; write OR inside one condition",
	"Assign":        "goes with FirstOrCreate",
	"Attrs":         "goes with FirstOrCreate",
}

// bannedKeys are settings that take the safety off.
var bannedKeys = map[string]string{
	"AllowGlobalUpdate":    "lets an update or a delete without a condition hit every row",
	"NewDB":                "forgets the conditions before it",
	"PreferSimpleProtocol": "lets one string hold several statements",
}

// allowed are the places where SQL is put together from parts, and why that is safe.
var allowed = map[string]string{
	"modules/billing/notices.go": "its two sweeps hand their constant queries to one function",
	"modules/billing/order.go":   "its statements that number an attempt are constants, run by one function",
	"platform/db/page.go":        "the columns and the direction of an order come from code; the values of a cursor are parameters",
	"platform/db/work.go":        "its Raw is that of database/sql, and hands out a connection",
}

func TestG2_NoSQLIsPutTogetherFromStrings(t *testing.T) {
	t.Parallel()
	constants := map[string]map[string]bool{} // of each folder
	for _, s := range allSources(t) {
		if constants[s.dir] == nil {
			constants[s.dir] = map[string]bool{}
		}
		maps.Copy(constants[s.dir], constantsOf(s.file))
	}
	used := map[string]bool{}
	for _, s := range allSources(t) {
		if s.test || !usesGorm(s) {
			continue
		}
		packages := packageNames(s)
		check := &sqlCheck{constants: constants[s.dir], packages: packages}
		ast.Inspect(s.file, func(n ast.Node) bool {
			problem := check.problem(n)
			if problem == "" {
				return true
			}
			if allowed[s.path] != "" {
				used[s.path] = true
				return true
			}
			t.Errorf("%s: %s", s.line(n), problem)
			return true
		})
	}
	for _, place := range slices.Sorted(maps.Keys(allowed)) {
		if !used[place] {
			t.Errorf("%s needs no exception any more", place)
		}
	}
}

// usesGorm reports whether the file can hold a *gorm.DB: directly, or inside a transaction of platform/db.
func usesGorm(s source) bool {
	return within(s.dir, "platform/db") || slices.ContainsFunc(s.imports, func(target string) bool {
		return within(target, "gorm.io") || target == self+"platform/db"
	})
}

// The check itself must see what it is there for.
func TestG2_TheCheckSeesWhatIsWrong(t *testing.T) {
	t.Parallel()
	c := &sqlCheck{constants: map[string]bool{"known": true}, packages: map[string]bool{"gorm": true, "api": true}}
	for text, wrong := range map[string]bool{
		`tx.Where("id = ?", id)`:                                          false,
		`tx.Where(known + " AND x")`:                                      false,
		`tx.Raw(known, args)`:                                             false,
		`tx.Select([]string{"a", known})`:                                 false,
		`tx.Where(clause.Eq{Column: name})`:                               false,
		`tx.Updates(map[string]any{"a": 1})`:                              false,
		`tx.Find(&rows)`:                                                  false,
		`api.Delete(r, "delete", path)`:                                   false,
		`tx.Where("id = " + id)`:                                          true,
		`tx.Where(fmt.Sprintf("id = %s", id))`:                            true,
		`tx.Where(condition)`:                                             true,
		`tx.Where(&Note{Title: title})`:                                   true,
		`tx.Where(Note{Title: title})`:                                    true,
		`tx.Order(in.Sort)`:                                               true,
		`tx.Order("id " + direction)`:                                     true,
		`tx.First(&note, in.ID)`:                                          true,
		`tx.Delete(&Note{}, id)`:                                          true,
		`gorm.Expr("version + " + n)`:                                     true,
		`tx.Select([]string{"a", column})`:                                true,
		`tx.Table(name)`:                                                  true,
		`tx.Save(&note)`:                                                  true,
		`tx.Unscoped()`:                                                   true,
		`tx.Where("a").Or("b")`:                                           true,
		`tx.Updates(Note{Title: title})`:                                  true,
		`tx.Updates(&Note{Title: title})`:                                 true,
		`tx.Session(&gorm.Session{NewDB: true})`:                          true,
		`tx.Where(clause.Expr{SQL: "id = ?", Vars: vars})`:                false,
		`tx.Where(clause.Expr{SQL: "id = '" + in.ID + "'"})`:              true,
		`tx.Clauses(clause.Expr{SQL: in.Q})`:                              true,
		`tx.Clauses(clause.Expr{in.Q, nil, false})`:                       true,
		`tx.Order(clause.OrderBy{Expression: clause.Expr{SQL: in.Sort}})`: true,
		`tx.Order(clause.OrderByColumn{Column: clause.Column{Name: in.Sort, Raw: true}})`: true,
		`tx.Session(&gorm.Session{AllowGlobalUpdate: x})`:                                 true,
	} {
		if got := c.anyProblem(t, text); (got != "") != wrong {
			t.Errorf("%s: %q", text, got)
		}
	}
}

func (c *sqlCheck) anyProblem(t *testing.T, expression string) string {
	t.Helper()
	e, err := parser.ParseExpr(expression)
	if err != nil {
		t.Fatal(err)
	}
	found := ""
	ast.Inspect(e, func(n ast.Node) bool {
		if p := c.problem(n); p != "" {
			found = p
		}
		return true
	})
	return found
}

// A body is written out field by field, so that a column that is added to a model never becomes something that a client can set.
func TestG4_NoRequestBindsIntoAModel(t *testing.T) {
	t.Parallel()
	inputs := 0
	for _, s := range allSources(t) {
		if s.test || !isModule(s.dir) {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok {
				return true
			}
			input, ok := spec.Type.(*ast.StructType)
			if !ok {
				return true
			}
			for _, field := range input.Fields.List {
				if len(field.Names) != 1 || field.Names[0].Name != "Body" || field.Tag != nil {
					continue
				}
				inputs++
				written := field.Type
				if optional, is := written.(*ast.StarExpr); is {
					written = optional.X
				}
				body, inline := written.(*ast.StructType)
				if !inline {
					t.Errorf("%s: the body of %s is a named type; write its fields here", s.line(field), spec.Name.Name)
					continue
				}
				for _, member := range body.Fields.List {
					if len(member.Names) == 0 {
						t.Errorf("%s: the body of %s embeds a type; write its fields here", s.line(member), spec.Name.Name)
					}
				}
			}
			return true
		})
	}
	if inputs < 5 {
		t.Fatalf("only %d bodies were found", inputs)
	}
}
