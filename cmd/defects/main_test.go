package main

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var testName = regexp.MustCompile(`(?m)^func (Test\w+)\(`)

// Each mistake can still be planted: what it replaces is there, once, and so is a test to notice it.
func TestDefectsStillApply(t *testing.T) {
	t.Chdir("../..")
	all, err := parse(list)
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 100 {
		t.Errorf("%d defects", len(all))
	}
	names := map[string]bool{}
	for _, d := range all {
		if _, err := d.apply(); err != nil {
			t.Errorf("%s: %v", d.name, err)
		}
		if names[d.name] {
			t.Errorf("%s is there twice", d.name)
		}
		names[d.name] = true
		packages, pattern := d.tests()
		there := testsOf(t, packages)
		for one := range strings.SplitSeq(pattern, "|") {
			one, _, _ = strings.Cut(one, "/")
			if !slices.ContainsFunc(there, regexp.MustCompile(one).MatchString) {
				t.Errorf("%s: no test is named %s", d.name, one)
			}
		}
	}
	for _, g := range groups(all) {
		files, _, err := g.weave()
		if err != nil {
			t.Error(err)
		}
		for name, text := range files {
			if _, err := parser.ParseFile(token.NewFileSet(), name, text, 0); err != nil {
				t.Error(err)
			}
		}
	}
}

// testsOf lists the tests of the packages.
func testsOf(t *testing.T, packages []string) (names []string) {
	t.Helper()
	for _, p := range packages {
		files, err := filepath.Glob(filepath.Join(p, "*_test.go"))
		if err != nil || len(files) == 0 {
			t.Errorf("%s has no tests: %v", p, err)
		}
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, found := range testName.FindAllStringSubmatch(string(text), -1) {
				names = append(names, found[1])
			}
		}
	}
	return names
}

func TestWeave(t *testing.T) {
	t.Parallel()
	const text = "package p\n\nconst n = 1\n\nfunc f() int {\n\treturn 1 + n\n}\n\nfunc g() {\n\tf()\n}\n"
	const want = "package p\nimport planted \"os\"\n\n\nconst n = 1\n\nfunc f() int {" +
		"\nif planted.Getenv(\"PLANTED_DEFECT\") == \"a\" {\n\treturn 2 + n\n\n}" +
		"\nif planted.Getenv(\"PLANTED_DEFECT\") == \"b\" {\n\treturn 1\n\n}" +
		"\n\treturn 1 + n\n}\n\nfunc g() {\nif planted.Getenv(\"PLANTED_DEFECT\") == \"c\" {\n\tg()\n\nreturn\n}\n\tf()\n}\n"
	got, left, err := weave([]byte(text), []defect{
		{name: "a", old: "return 1", planted: "return 2"}, {name: "b", old: " + n", planted: ""},
		{name: "c", old: "\tf()", planted: "\tg()"}, {name: "d", old: "n = 1", planted: "n = 2"},
	})
	if err != nil || string(got) != want {
		t.Errorf("%v:\n%s\nnot\n%s", err, got, want)
	}
	if len(left) != 1 || left[0].name != "d" {
		t.Errorf("left: %v", left)
	}
}
