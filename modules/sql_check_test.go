package modules_test

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// sqlCheck finds GORM calls whose SQL is not constant, and the banned ones, in the files of one folder.
type sqlCheck struct {
	constants map[string]bool
	packages  map[string]bool
}

// problem says what is wrong with a node, or nothing.
func (c *sqlCheck) problem(n ast.Node) string {
	switch n := n.(type) {
	case *ast.KeyValueExpr:
		if key, ok := n.Key.(*ast.Ident); ok && bannedKeys[key.Name] != "" {
			return key.Name + " is banned: it " + bannedKeys[key.Name]
		}
	case *ast.CompositeLit:
		return c.clauseProblem(n)
	case *ast.CallExpr:
		method, ok := n.Fun.(*ast.SelectorExpr)
		if !ok {
			return ""
		}
		name := method.Sel.Name
		if receiver, ok := method.X.(*ast.Ident); ok && c.packages[receiver.Name] && receiver.Name != "gorm" {
			return ""
		}
		if ofStripe(method.X) {
			return ""
		}
		if banned[name] != "" {
			return name + " is banned: it " + banned[name]
		}
		if name == "Updates" && len(n.Args) == 1 && isStruct(n.Args[0]) {
			return "Updates with a struct drops zero values; use a map"
		}
		if at, known := conditionAt[name]; known && len(n.Args) > at && !isContext(n.Args[0]) && !c.constant(n.Args[at]) {
			return name + " takes SQL that is not a constant"
		}
	}
	return ""
}

// clauseProblem finds the clauses that take SQL as text, in whatever call they stand.
func (c *sqlCheck) clauseProblem(lit *ast.CompositeLit) string {
	t, ok := lit.Type.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	if pkg, ok := t.X.(*ast.Ident); !ok || pkg.Name != "clause" {
		return ""
	}
	for i, element := range lit.Elts {
		field, value := "", element
		if pair, ok := element.(*ast.KeyValueExpr); ok {
			if key, ok := pair.Key.(*ast.Ident); ok {
				field = key.Name
			}
			value = pair.Value
		}
		if (t.Sel.Name == "Expr" || t.Sel.Name == "NamedExpr") && (field == "SQL" || field == "" && i == 0) && !c.constant(value) {
			return "clause." + t.Sel.Name + " takes SQL that is not a constant"
		}
		if field == "Raw" {
			return "clause." + t.Sel.Name + " with Raw is banned: it does not quote the name"
		}
	}
	return ""
}

// constant reports whether the expression is a constant string, a list of them or a clause, so that no input can be part of it.
func (c *sqlCheck) constant(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BasicLit:
		return true
	case *ast.Ident:
		return c.constants[e.Name]
	case *ast.ParenExpr:
		return c.constant(e.X)
	case *ast.BinaryExpr:
		return e.Op == token.ADD && c.constant(e.X) && c.constant(e.Y)
	case *ast.CompositeLit:
		switch t := e.Type.(type) {
		case *ast.SelectorExpr: // clause.Eq{...} quotes its columns; clauseProblem looks at those that do not
			pkg, ok := t.X.(*ast.Ident)
			return ok && pkg.Name == "clause"
		case *ast.ArrayType:
			return !slices.ContainsFunc(e.Elts, func(x ast.Expr) bool { return !c.constant(x) })
		}
	}
	return false
}

// ofStripe tells s.stripe.Subscriptions.Update(...) from GORM's Update.
func ofStripe(e ast.Expr) bool {
	service, ok := e.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	client, ok := service.X.(*ast.SelectorExpr)
	return ok && client.Sel.Name == "stripe"
}

// isContext tells limit.Take(ctx, ...) from GORM's Take, which has its context already.
func isContext(e ast.Expr) bool {
	name, ok := e.(*ast.Ident)
	return ok && name.Name == "ctx"
}

func isStruct(e ast.Expr) bool {
	if u, ok := e.(*ast.UnaryExpr); ok {
		e = u.X
	}
	lit, ok := e.(*ast.CompositeLit)
	if !ok {
		return false
	}
	_, isMap := lit.Type.(*ast.MapType)
	return !isMap
}

// constantsOf lists the names that the file declares as constants, at any depth.
func constantsOf(f *ast.File) map[string]bool {
	names := map[string]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		if d, ok := n.(*ast.GenDecl); ok && d.Tok == token.CONST {
			for _, spec := range d.Specs {
				if v, ok := spec.(*ast.ValueSpec); ok {
					for _, name := range v.Names {
						names[name.Name] = true
					}
				}
			}
		}
		return true
	})
	return names
}

// packageNames lists the names under which a file imports packages.
func packageNames(s source) map[string]bool {
	names := map[string]bool{}
	for i, spec := range s.file.Imports {
		if spec.Name != nil {
			names[spec.Name.Name] = true
			continue
		}
		name := s.imports[i][strings.LastIndex(s.imports[i], "/")+1:]
		names[name] = true
	}
	return names
}
