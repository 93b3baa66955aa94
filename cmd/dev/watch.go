package main

import (
	"context"
	"io/fs"
	"path/filepath"
	"slices"
	"time"
)

// watch calls changed after any Go or SQL file of the product changes, until ctx ends. It polls: a few hundred files cost a millisecond.
func watch(ctx context.Context, changed func()) {
	last := newest()
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if now := newest(); now != last {
				last = now
				changed()
			}
		}
	}
}

// fingerprint tells two states of the sources apart: a deleted file changes the count.
type fingerprint struct {
	modified time.Time
	files    int
}

func newest() fingerprint {
	var state fingerprint
	for _, root := range []string{"cmd", "modules", "platform"} {
		_ = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || !slices.Contains([]string{".go", ".sql", ".html"}, filepath.Ext(path)) {
				return nil //nolint:nilerr // a file that vanished while we looked shows in the count
			}
			if info, err := entry.Info(); err == nil {
				state.files++
				if info.ModTime().After(state.modified) {
					state.modified = info.ModTime()
				}
			}
			return nil
		})
	}
	return state
}
