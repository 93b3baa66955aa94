// Command app is the product: it serves the web app and the API, works jobs, migrates the database and holds the operators' tools.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"saaskit/platform/config"
	"saaskit/platform/fault"
	"saaskit/platform/observe"
)

const usage = `Usage: app COMMAND [ARGUMENTS]

  serve [--no-jobs]            serve the web app and the API, and work jobs unless --no-jobs
  worker                       work jobs only
  migrate [--print-bootstrap]  create roles and tables, or print the SQL that creates the roles
  billing sync [--dry-run]     make products, prices, meters, portal and webhook endpoint at Stripe what the price list says
  billing reconcile            find and repair what is not as at Stripe, as after events that were lost
  billing plans                print the price list as JSON
  operator add EMAIL           add an operator, and print the link that sets the password
  operator disable EMAIL       shut an operator out within a second
  keys rotate                  make a new signing key; the old one stays valid until its tokens end
  openapi                      print the API document
  config                       describe every environment variable
  health                       exit 0 when the server on ADDR is ready (for containers)
`

// errUsage says that the words of the call are wrong: the usage is printed, and the exit code is 2.
var errUsage = errors.New("usage")

// command is one call of the program: its arguments, its environment and where it writes.
type command struct {
	args           []string
	environ        []string
	stdout, stderr io.Writer
}

var commands = map[string]func(context.Context, command) error{
	"serve":    serve,
	"worker":   work,
	"migrate":  migrate,
	"billing":  billingCommand,
	"operator": operatorCommand,
	"keys":     keysCommand,
	"openapi":  openapi,
	"config":   describeConfig,
	"health":   health,
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, command{args: os.Args[1:], environ: os.Environ(), stdout: os.Stdout, stderr: os.Stderr})
	stop()
	os.Exit(code)
}

// run carries the call out and returns the exit code: 0 done, 1 failed with one clear line, 2 called wrongly.
func run(ctx context.Context, c command) int {
	if len(c.args) == 0 {
		fmt.Fprint(c.stderr, usage)
		return 2
	}
	do, known := commands[c.args[0]]
	if !known {
		fmt.Fprintf(c.stderr, "app: unknown command %q\n\n%s", c.args[0], usage)
		return 2
	}
	c.args = c.args[1:]
	err := do(ctx, c)
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errUsage) || errors.Is(err, flag.ErrHelp):
		fmt.Fprint(c.stderr, usage)
		return 2
	default:
		fmt.Fprintln(c.stderr, "app: "+message(err))
		return 1
	}
}

// message is the text of an error for the person at the terminal: a fault says what to do, anything else is shown whole.
func message(err error) string {
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Kind != fault.Internal && errors.Unwrap(f) == nil {
		return f.Message
	}
	return err.Error()
}

// flags parses the command's flags; what is left over is returned.
func (c command) flags(define func(*flag.FlagSet)) ([]string, error) {
	set := flag.NewFlagSet("app", flag.ContinueOnError)
	set.SetOutput(c.stderr)
	set.Usage = func() {}
	define(set)
	if err := set.Parse(c.args); err != nil {
		return nil, errUsage
	}
	return set.Args(), nil
}

// load reads the configuration and makes the logger it asks for.
func (c command) load(required ...string) (config.Config, *slog.Logger, error) {
	cfg, err := config.Load(c.environ, required...)
	if err != nil {
		return config.Config{}, nil, err
	}
	level, err := observe.ParseLevel(cfg.LogLevel)
	if err != nil {
		return config.Config{}, nil, err
	}
	asJSON := cfg.LogFormat == "json" || (cfg.LogFormat == "" && !cfg.Local())
	return cfg, observe.NewLogger(c.stderr, asJSON, level), nil
}
