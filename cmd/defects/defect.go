package main

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
)

// defect is one mistake: old, which stands once in file, becomes the text planted. test are the arguments of go test that shall fail.
type defect struct {
	name, file   string
	old, planted string
	test         []string
}

// tests are the packages to test and the pattern of -run; "." for all tests.
func (d defect) tests() (packages []string, pattern string) {
	at := slices.Index(d.test, "-run")
	if at < 0 {
		return d.test, "."
	}
	return d.test[:at], d.test[at+1]
}

// parse reads the list: for each defect "== name", "file: ...", "test: ...", the old text between "<<<" and "===", the planted up to ">>>".
func parse(text string) ([]defect, error) {
	var all []defect
	for part := range strings.SplitSeq(text, "\n== ") {
		name, rest, _ := strings.Cut(part, "\n")
		if len(all) == 0 && !strings.HasPrefix(part, "== ") && strings.HasPrefix(part, "#") {
			continue // the list's own description
		}
		head, change, ok := strings.Cut(rest, "<<<\n")
		old, planted, ok2 := strings.Cut(change, "===\n")
		planted, _, ok3 := strings.Cut(planted, ">>>")
		d := defect{name: strings.TrimPrefix(name, "== "), old: strings.TrimSuffix(old, "\n"), planted: strings.TrimSuffix(planted, "\n")}
		for line := range strings.Lines(head) {
			key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
			switch key {
			case "file":
				d.file = value
			case "test":
				d.test = strings.Fields(value)
			}
		}
		if !ok || !ok2 || !ok3 || d.file == "" || len(d.test) == 0 {
			return nil, fmt.Errorf("defect %q is not written as the others are", d.name)
		}
		all = append(all, d)
	}
	return all, nil
}

// apply returns the file with the mistake in it.
func (d defect) apply() ([]byte, error) {
	text, err := os.ReadFile(d.file)
	if err != nil {
		return nil, fmt.Errorf("read the file: %w", err)
	}
	if n := bytes.Count(text, []byte(d.old)); n != 1 {
		return nil, fmt.Errorf("the text to replace stands %d times in %s", n, d.file)
	}
	return bytes.Replace(text, []byte(d.old), []byte(d.planted), 1), nil
}
