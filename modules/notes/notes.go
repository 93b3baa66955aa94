// Package notes keeps the notes of a tenant: texts that its members write, change, throw away and get back.
package notes

import (
	"embed"
	"time"

	"saaskit/platform/access"
	"saaskit/platform/api"
	"saaskit/platform/app"
	"saaskit/platform/db"
	"saaskit/platform/jobs"
	"saaskit/platform/plan"
)

// The permissions.
const (
	Read  access.Permission = "notes:read"
	Write access.Permission = "notes:write"
)

// MaxNotes limits how many notes a tenant has, those in the trash not counted.
const MaxNotes plan.Key = "notes.max"

// Entitlements is what a plan can grant of this module.
var Entitlements = plan.Entitlements{MaxNotes: plan.Limit("Notes")}

//go:embed migrations/*.sql
var migrations embed.FS

// Deps is what the module uses.
type Deps struct {
	DB    *db.DB
	Plans *plan.Service
	Queue *jobs.Queue
	Now   func() time.Time
}

type service struct{ Deps }

// New returns the module.
func New(d Deps) app.Module {
	s := &service{Deps: d}
	return app.Module{
		Name:         "notes",
		Permissions:  access.Permissions{Read: access.Viewer, Write: access.Member},
		Summaries:    access.Summaries{Read: "Read notes", Write: "Write, delete and restore notes"},
		Entitlements: Entitlements,
		Counters:     plan.Counters{MaxNotes: count},
		Migrations:   migrations,
		Routes: func(r *api.Router) {
			api.Get(r, "list", "List notes", "/notes", api.Needs(Read), s.list, api.Errors("invalid_cursor"))
			api.Get(r, "get", "Read a note", "/notes/{id}", api.Needs(Read), s.get)
			api.Post(r, "create", "Create a note", "/notes", api.Needs(Write), s.create, api.Errors("limit_reached"))
			api.Patch(r, "update", "Change a note", "/notes/{id}", api.Needs(Write), s.update, api.Errors("version_conflict", "note_in_trash"))
			api.Delete(r, "delete", "Move a note to the trash", "/notes/{id}", api.Needs(Write), s.delete)
			api.Action(r, "restore", "Take a note out of the trash", "/notes/{id}/restore", api.Needs(Write), s.restore, api.Errors("limit_reached"))
		},
		Jobs: func(r *jobs.Registry) {
			jobs.HandleSystem(r, s.findOldTrash)
			jobs.Handle(r, s.purge)
			jobs.Every(r, 24*time.Hour, findOldTrash{})
		},
		Seed: s.seed,
	}
}
