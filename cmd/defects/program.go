package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strconv"
	"strings"
)

// program is the tests of some packages, built with other texts of some files.
type program struct {
	folder   string
	packages []string
}

// build builds the tests with the given texts in place of the files of those names.
func build(ctx context.Context, under string, files map[string][]byte, packages []string) (*program, error) {
	folder, err := os.MkdirTemp(under, "program")
	if err != nil {
		return nil, fmt.Errorf("make a folder: %w", err)
	}
	replace := map[string]string{}
	for name, text := range files {
		source, err := filepath.Abs(name)
		if err != nil {
			return nil, err
		}
		replace[source] = filepath.Join(folder, strconv.Itoa(len(replace))+path.Ext(name))
		if err := os.WriteFile(replace[source], text, 0o600); err != nil {
			return nil, err
		}
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return nil, err
	}
	config := filepath.Join(folder, "overlay.json")
	if err := os.WriteFile(config, overlay, 0o600); err != nil {
		return nil, err
	}
	args := append([]string{"test", "-c", "-vet=off", "-overlay", config, "-ldflags=-s -w", "-o", folder + string(filepath.Separator)}, packages...)
	if out, err := exec.CommandContext(ctx, "go", args...).CombinedOutput(); err != nil { //nolint:gosec // the list is part of this program
		return nil, fmt.Errorf("it does not compile:\n%s", out)
	}
	return &program{folder: folder, packages: packages}, nil
}

// passes runs the tests of the mistakes without any: one that fails anyway catches nothing.
func (p *program) passes(ctx context.Context, all []defect) error {
	patterns := make([]string, len(all))
	for i, d := range all {
		_, patterns[i] = d.tests()
	}
	for _, name := range p.packages {
		if out, err := p.run(ctx, name, "", strings.Join(patterns, "|")); err != nil {
			return fmt.Errorf("without any mistake the tests of %s fail:\n%s", name, out)
		}
	}
	return nil
}

// catches runs the tests of the mistake with it, and reports whether one fails.
func (p *program) catches(ctx context.Context, d defect) (bool, error) {
	_, pattern := d.tests()
	ran := false
	for _, name := range p.packages {
		out, err := p.run(ctx, name, d.name, pattern)
		switch {
		case err == nil:
			ran = ran || !bytes.Contains(out, []byte("no tests to run"))
		case bytes.Contains(out, []byte("--- FAIL")) || bytes.Contains(out, []byte("panic: ")):
			return true, nil
		default:
			return false, fmt.Errorf("the tests did not run:\n%s", out)
		}
	}
	if !ran {
		return false, errors.New("no test is named " + pattern)
	}
	return false, nil
}

// run runs the tests of a package where go test does.
func (p *program) run(ctx context.Context, name, mistake, pattern string) ([]byte, error) {
	binary := filepath.Join(p.folder, path.Base(name)+".test")
	command := exec.CommandContext(ctx, binary, "-test.run="+pattern, "-test.failfast", "-test.timeout=5m") //nolint:gosec // the list is part of this program
	command.Dir = name
	command.Env = append(os.Environ(), switchName+"="+mistake)
	return command.CombinedOutput()
}
