package db

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"github.com/pressly/goose/v3"
)

// migrationFiles is one flat folder made of several: each file's name leads to where it is.
// It serves goose, which globs and opens.
type migrationFiles map[string]migrationFile

type migrationFile struct {
	fsys    fs.FS
	path    string
	version int64
}

// mergeMigrations gathers every .sql file of the platform and of the sources, in whatever folder it lies.
func mergeMigrations(sources []fs.FS) (migrationFiles, error) {
	files := migrationFiles{}
	byVersion := map[int64]string{}
	for _, source := range append([]fs.FS{platformMigrations}, sources...) {
		if source == nil {
			continue
		}
		err := fs.WalkDir(source, ".", func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || path.Ext(name) != ".sql" {
				return err
			}
			base := path.Base(name)
			version, err := goose.NumericComponent(base)
			if err != nil || version < 20200101000000 {
				return fmt.Errorf("the migration %s must be named by its time: 20060102150405_what.sql", base)
			}
			if other, taken := byVersion[version]; taken {
				return fmt.Errorf("the migrations %s and %s have the same time", other, base)
			}
			byVersion[version] = base
			files[base] = migrationFile{fsys: source, path: name, version: version}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return files, nil
}

// Open opens a file by its name.
func (m migrationFiles) Open(name string) (fs.File, error) {
	f, ok := m[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return f.fsys.Open(f.path)
}

// Glob lists the names that match, in order.
func (m migrationFiles) Glob(pattern string) ([]string, error) {
	var found []string
	for name := range m {
		ok, err := path.Match(pattern, name)
		if err != nil {
			return nil, errors.Join(path.ErrBadPattern, err)
		}
		if ok {
			found = append(found, name)
		}
	}
	slices.Sort(found)
	return found, nil
}

// missing lists the files whose version is not among the applied, in order.
func (m migrationFiles) missing(applied []int64) []string {
	var names []string
	for name, f := range m {
		if !slices.Contains(applied, f.version) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Migrations are the platform's own.
func Migrations() fs.FS { return platformMigrations }
