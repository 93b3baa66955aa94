package pgserver

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// place is the folder of one server and the user that it runs as.
//
//	data/       what PostgreSQL calls PGDATA
//	password    the superuser's password
//	owner       the id of the process that started the server
//	server.log  what the server wrote in this run
type place struct {
	dir        string
	uid, gid   uint32
	switchUser bool // we are root, and PostgreSQL refuses to be
	password   string
}

func (p place) data() string            { return filepath.Join(p.dir, "data") }
func (p place) file(name string) string { return filepath.Join(p.dir, name) }

// prepare makes the folder, or the one that stands in for it.
func prepare(dir string, log *slog.Logger) (place, error) {
	if dir == "" {
		return place{}, errors.New("pgserver: Options.Dir is empty")
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return place{}, fmt.Errorf("find the data folder: %w", err)
	}
	p := place{dir: abs}
	if err := p.chooseUser(); err != nil {
		return place{}, err
	}
	if p.switchUser && !p.reachable(abs) {
		sum := sha256.Sum256([]byte(abs))
		p.dir = filepath.Join("/var/tmp", "saaskit-postgres-"+hex.EncodeToString(sum[:8]))
		log.Info("PostgreSQL's user cannot reach the data folder, another is used", "wanted", abs, "used", p.dir)
	}
	if err := os.MkdirAll(filepath.Dir(p.dir), 0o755); err != nil {
		return place{}, fmt.Errorf("make the data folder: %w", err)
	}
	if err := p.own(p.dir); err != nil {
		return place{}, err
	}
	return p, nil
}

// chooseUser picks an account that is not root and has a passwd entry, which PostgreSQL insists on.
func (p *place) chooseUser() error {
	if os.Geteuid() != 0 {
		return nil
	}
	for _, name := range []string{"postgres", "_postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err1 == nil && err2 == nil && uid != 0 {
			p.uid, p.gid, p.switchUser = uint32(uid), uint32(gid), true
			return nil
		}
	}
	return errors.New("PostgreSQL does not run as root, and neither the user postgres nor nobody exists")
}

// reachable reports whether the server's user may walk to dir. Folders that do not exist yet will be made by us.
func (p place) reachable(dir string) bool {
	for parent := filepath.Dir(dir); ; parent = filepath.Dir(parent) {
		if info, err := os.Stat(parent); err == nil && !p.allowed(info, 0o1) {
			return false
		}
		if parent == filepath.Dir(parent) {
			return true
		}
	}
}

// mayRun reports whether the server's user can reach and execute the file.
func (p place) mayRun(file string) bool {
	if !p.switchUser {
		return true
	}
	info, err := os.Stat(file)
	return err == nil && p.allowed(info, 0o1) && p.reachable(file)
}

// allowed reports whether the server's user has the permission bit (of rwx) on a file.
func (p place) allowed(info os.FileInfo, bit os.FileMode) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	switch {
	case !ok:
		return false
	case st.Uid == p.uid:
		return info.Mode().Perm()&(bit<<6) != 0
	case st.Gid == p.gid:
		return info.Mode().Perm()&(bit<<3) != 0
	}
	return info.Mode().Perm()&bit != 0
}

// own makes the folder, for the server's user only.
func (p place) own(dir string) error {
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return fmt.Errorf("make the data folder: %w", err)
	}
	info, err := os.Lstat(dir)
	if err != nil || !info.IsDir() {
		return fmt.Errorf("%s is not a folder", dir)
	}
	// The parent may be open to everybody (/var/tmp): a folder that somebody else put there is not ours to use.
	if st, ok := info.Sys().(*syscall.Stat_t); ok && int(st.Uid) != os.Geteuid() && (!p.switchUser || st.Uid != p.uid) {
		return fmt.Errorf("%s belongs to another user", dir)
	}
	if p.switchUser {
		if err := os.Lchown(dir, int(p.uid), int(p.gid)); err != nil {
			return fmt.Errorf("give %s to PostgreSQL's user: %w", dir, err)
		}
	}
	return nil
}

// socketDir is a short folder: a socket's path may have 107 bytes, and clones lie deep.
func (p place) socketDir() (string, error) {
	dir := p.usualSocketDir()
	if err := p.own(dir); err == nil {
		return dir, nil
	}
	dir, err := os.MkdirTemp("/tmp", "pg-")
	if err != nil {
		return "", fmt.Errorf("make the socket folder: %w", err)
	}
	return dir, p.own(dir)
}

// usualSocketDir is the same each time, so that what a killed process leaves behind does not pile up.
func (p place) usualSocketDir() string {
	sum := sha256.Sum256([]byte(p.dir))
	return filepath.Join("/tmp", "pg-"+hex.EncodeToString(sum[:6]))
}

// initialise runs initdb once and reads the superuser's password.
func (p *place) initialise(ctx context.Context, bin string, sync bool) error {
	if _, err := os.Stat(filepath.Join(p.data(), "PG_VERSION")); err == nil {
		text, err := os.ReadFile(p.file("password"))
		if err != nil {
			return fmt.Errorf("read the database password: %w", err)
		}
		p.password = strings.TrimSpace(string(text))
		return nil
	}
	p.password = rand.Text()
	if err := os.WriteFile(p.file("password"), []byte(p.password+"\n"), 0o600); err != nil {
		return fmt.Errorf("write the database password: %w", err)
	}
	if p.switchUser {
		if err := os.Chown(p.file("password"), int(p.uid), int(p.gid)); err != nil {
			return fmt.Errorf("write the database password: %w", err)
		}
	}
	// A folder half made by an initdb that was killed would stop every later one: make it aside, then rename.
	draft := p.file("data.new")
	if err := os.RemoveAll(draft); err != nil {
		return fmt.Errorf("clear the draft of the data folder: %w", err)
	}
	args := []string{"-D", draft, "-U", superuser, "-A", "scram-sha-256", "--pwfile", p.file("password"), "-E", "UTF8", "--no-locale", "--no-instructions"}
	if !sync {
		args = append(args, "--no-sync")
	}
	if out, err := p.command(ctx, filepath.Join(bin, "initdb"), args...).CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, lastLine(string(out)))
	}
	if err := os.Rename(draft, p.data()); err != nil {
		return fmt.Errorf("put the data folder in place: %w", err)
	}
	return nil
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}
