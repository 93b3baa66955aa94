package modules_test

import (
	"testing"

	"saaskit/modules"
	"saaskit/platform/db"
	"saaskit/platform/db/dbtest"
)

// allow is what the modules' tables hold besides plain tenant tables, and what the application may do with each table.
// Whatever a migration adds must be written here, so that it is seen in a review.
var allow = db.Allow{
	Global:   map[string]string{},
	Keys:     map[string]string{},
	Definers: map[string]string{},
	Grants: map[string]string{
		"notes": "SELECT, INSERT, UPDATE, DELETE",
	},
}

// T4, T5, T7, T8: all tables, keys, policies, views, functions and grants of the product, as its migrations leave them.
func TestT5_CatalogueOfAllModules(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t, modules.Migrations()...)
	found, err := db.Catalogue(t.Context(), d.Admin(t), db.PlatformAllow(), allow)
	if err != nil {
		t.Fatal(err)
	}
	for _, violation := range found {
		t.Error(violation)
	}
}
