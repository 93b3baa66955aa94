// Package app joins modules and platform into the running product: it checks the manifests, boots in order and stops gracefully.
package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"

	"saaskit/platform/access"
	"saaskit/platform/api"
	"saaskit/platform/jobs"
	"saaskit/platform/plan"
)

// Module is the manifest of a feature: all that it adds to the product. A module's New returns one; nothing registers itself.
type Module struct {
	Name         string                           // the folder's name; prefix of operation ids
	Permissions  access.Permissions               // permission -> the lowest role that has it
	Summaries    access.Summaries                 // permission -> what it lets people do, for those who make roles
	Entitlements plan.Entitlements                // what a plan can grant
	Counters     plan.Counters                    // how much of each limit a tenant really uses, for the recount
	Migrations   fs.FS                            // holds *.sql of goose, named by time
	Actors       map[string]api.ActorFunc         // audience of an access token -> who its bearer is
	APIKey       api.KeyFunc                      // who bears an API key; one module has it
	KeyUsed      func(context.Context) error      // notes a request of an API key that was let in, or refuses it; the same module has it
	Routes       func(*api.Router)                // the module's operations
	Jobs         func(*jobs.Registry)             // the module's background work
	Seed         func(ctx context.Context) error  // adds sample rows to the tenant of ctx, through the module's use cases
	Report       func(ctx context.Context) []Line // what the start-up report says of the module
}

// Line is one row of the start-up report: what is on, what is off, and why.
type Line struct {
	Name   string
	On     bool
	Wrong  bool // it should work and does not
	Detail string
}

// Permissions merges the permissions of all modules. Two modules with one key are an error at boot (see New).
func Permissions(modules []Module) access.Permissions {
	all := access.Permissions{}
	for _, m := range modules {
		for key, role := range m.Permissions {
			all[key] = role
		}
	}
	return all
}

// Summaries merges the summaries of the permissions of all modules.
func Summaries(modules []Module) access.Summaries {
	all := access.Summaries{}
	for _, m := range modules {
		maps.Copy(all, m.Summaries)
	}
	return all
}

// Migrations lists the migrations of all modules.
func Migrations(modules []Module) []fs.FS {
	var sources []fs.FS
	for _, m := range modules {
		if m.Migrations != nil {
			sources = append(sources, m.Migrations)
		}
	}
	return sources
}

// validate refuses manifests that contradict each other. Unknown entitlements and routes without a rule are refused where they are declared.
func validate(modules []Module) error {
	names, permissions, entitlements, audiences, keys := owners{}, owners{}, owners{}, owners{}, owners{}
	for _, m := range modules {
		if m.Name == "" {
			return errors.New("a module has no name")
		}
		if err := names.claim("module name", m.Name, m.Name); err != nil {
			return err
		}
		for key, role := range m.Permissions {
			if !role.Valid() {
				return fmt.Errorf("module %s: permission %s names the unknown role %q", m.Name, key, role)
			}
			if err := permissions.claim("permission", string(key), m.Name); err != nil {
				return err
			}
		}
		for key := range m.Summaries {
			if _, own := m.Permissions[key]; !own {
				return fmt.Errorf("module %s: says what %s is for, which is no permission of it", m.Name, key)
			}
		}
		for key := range m.Entitlements {
			if err := entitlements.claim("entitlement", string(key), m.Name); err != nil {
				return err
			}
		}
		if m.APIKey != nil {
			if err := keys.claim("who bears", "an API key", m.Name); err != nil {
				return err
			}
		}
		for audience := range m.Actors {
			if err := audiences.claim("token audience", audience, m.Name); err != nil {
				return err
			}
		}
	}
	return nil
}

// owners remembers which module declared a key.
type owners map[string]string

func (o owners) claim(what, key, module string) error {
	if other, taken := o[key]; taken {
		return fmt.Errorf("%s %q is declared by %s and by %s", what, key, other, module)
	}
	o[key] = module
	return nil
}
