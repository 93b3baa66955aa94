// Command defects plants small mistakes in the code, one at a time, and reports which of them the tests catch. The work tree stays as it is:
// the compiler reads each planted file through an overlay.
//
// To build a test takes longer than to run it. So all mistakes of one package's tests are built into one program, where an environment variable
// chooses one of them; only those outside of functions, in SQL and in constants, get a program of their own.
package main

import (
	"context"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"slices"
	"time"
)

//go:embed defects.txt
var list string

func main() {
	only := flag.String("only", "", "plant only the defects whose name matches this regular expression")
	trust := flag.Bool("trust", false, "do not first see that the tests pass as the code is")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, *only, *trust)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "defects: "+err.Error())
		os.Exit(1)
	}
}

func run(ctx context.Context, only string, trust bool) error {
	chosen, err := choose(only)
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "defects")
	if err != nil {
		return fmt.Errorf("make a folder: %w", err)
	}
	defer os.RemoveAll(folder)
	caught := 0
	for _, g := range groups(chosen) {
		n, err := g.plant(ctx, folder, trust)
		if err != nil {
			return err
		}
		caught += n
	}
	fmt.Fprintf(os.Stdout, "caught %d of %d planted\n", caught, len(chosen))
	if caught < len(chosen) {
		return errors.New("some mistakes go unnoticed")
	}
	return nil
}

// choose returns the defects whose name matches.
func choose(only string) ([]defect, error) {
	name, err := regexp.Compile(only)
	if err != nil {
		return nil, fmt.Errorf("read --only: %w", err)
	}
	all, err := parse(list)
	if err != nil {
		return nil, err
	}
	chosen := slices.DeleteFunc(all, func(d defect) bool { return !name.MatchString(d.name) })
	if len(chosen) == 0 {
		return nil, errors.New("no defect is named so")
	}
	return chosen, nil
}

// report prints what became of a mistake, and returns 1 if it was caught.
func report(d defect, began time.Time, caught bool, err error) int {
	verdict, n := "MISSED", 0
	switch {
	case err != nil:
		verdict = "ERROR " // neither caught nor missed: the list needs mending
	case caught:
		verdict, n = "caught", 1
	}
	fmt.Fprintf(os.Stdout, "%s  %5.1fs  %s\n", verdict, time.Since(began).Seconds(), d.name)
	if err != nil {
		fmt.Fprintln(os.Stdout, err)
	}
	return n
}
