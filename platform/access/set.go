package access

import (
	"slices"
	"strings"
)

// Set is an immutable set of permissions. The zero Set is empty. Two sets are equal (==) if they hold the same.
type Set struct{ lines string }

// NewSet returns the set of the permissions.
func NewSet(permissions ...Permission) Set {
	var b strings.Builder
	for _, p := range slices.Compact(slices.Sorted(slices.Values(permissions))) {
		if p != "" {
			b.WriteString("\n" + string(p))
		}
	}
	if b.Len() == 0 {
		return Set{}
	}
	return Set{b.String() + "\n"}
}

// Has reports whether p is in the set.
func (s Set) Has(p Permission) bool {
	return p != "" && !strings.Contains(string(p), "\n") && strings.Contains(s.lines, "\n"+string(p)+"\n")
}

// Covers reports whether every permission of other is in the set.
func (s Set) Covers(other Set) bool {
	return !slices.ContainsFunc(other.List(), func(p Permission) bool { return !s.Has(p) })
}

// And returns what is in both sets.
func (s Set) And(other Set) Set {
	return NewSet(slices.DeleteFunc(s.List(), func(p Permission) bool { return !other.Has(p) })...)
}

// List returns the permissions in order.
func (s Set) List() []Permission {
	var list []Permission
	for line := range strings.FieldsSeq(s.lines) {
		list = append(list, Permission(line))
	}
	return list
}
