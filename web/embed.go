// Package web holds the built web app inside the binary.
package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Files is the built web app (web/dist/app). It is empty on a clone where the web build never ran.
func Files() fs.FS {
	files, err := fs.Sub(dist, "dist/app")
	if err != nil {
		panic(err) // only a malformed path can fail, and the path is a constant
	}
	return files
}
