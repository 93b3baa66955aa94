package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"
)

// group is the mistakes that the tests of one package, or of the same few, shall notice.
type group struct {
	packages []string
	defects  []defect
}

// groups keeps the order of the list.
func groups(all []defect) []*group {
	var list []*group
	known := map[string]*group{}
	for _, d := range all {
		packages, _ := d.tests()
		key := strings.Join(packages, " ")
		if known[key] == nil {
			known[key] = &group{packages: packages}
			list = append(list, known[key])
		}
		known[key].defects = append(known[key].defects, d)
	}
	return list
}

// plant reports each mistake of the group, and returns how many were caught.
func (g *group) plant(ctx context.Context, folder string, trust bool) (caught int, err error) {
	woven, left, err := g.weave()
	if err != nil {
		return 0, err
	}
	together, err := build(ctx, folder, woven, g.packages)
	if err != nil {
		// One of them does not compile. Each on its own tells which.
		together, left = nil, g.defects
		if ctx.Err() != nil {
			return 0, ctx.Err()
		}
	}
	if together != nil && !trust {
		if err := together.passes(ctx, g.defects); err != nil {
			return 0, err
		}
	}
	for _, d := range g.defects {
		began := time.Now()
		p := together
		if slices.ContainsFunc(left, func(l defect) bool { return l.name == d.name }) {
			p, err = d.build(ctx, folder)
		}
		found := false
		if err == nil {
			found, err = p.catches(ctx, d)
		}
		if ctx.Err() != nil {
			return caught, ctx.Err()
		}
		caught += report(d, began, found, err)
		err = nil
	}
	return caught, nil
}

// weave returns the files of the group with all mistakes in them, by name, and the mistakes that cannot wait for a switch.
func (g *group) weave() (files map[string][]byte, left []defect, err error) {
	files = map[string][]byte{}
	byFile := map[string][]defect{}
	for _, d := range g.defects {
		if _, err := d.apply(); err != nil {
			left = append(left, d) // to be reported when its turn comes
			continue
		}
		byFile[d.file] = append(byFile[d.file], d)
	}
	for _, name := range slices.Sorted(maps.Keys(byFile)) {
		if !strings.HasSuffix(name, ".go") {
			left = append(left, byFile[name]...)
			continue
		}
		text, err := os.ReadFile(name) //nolint:gosec // the list names files of this repository
		if err != nil {
			return nil, nil, fmt.Errorf("read a file: %w", err)
		}
		woven, outside, err := weave(text, byFile[name])
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", name, err)
		}
		files[name] = woven
		left = append(left, outside...)
	}
	return files, left, nil
}

// build builds the tests of one mistake alone.
func (d defect) build(ctx context.Context, folder string) (*program, error) {
	text, err := d.apply()
	if err != nil {
		return nil, err
	}
	packages, _ := d.tests()
	return build(ctx, folder, map[string][]byte{d.file: text}, packages)
}
