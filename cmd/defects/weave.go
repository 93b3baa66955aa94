package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
)

// switchName is the environment variable that chooses the mistake of a woven program; without it there is none.
const switchName = "PLANTED_DEFECT"

// enclosing returns the function whose body holds the text from start to end, or nil.
func enclosing(file *ast.File, start, end int) *ast.FuncDecl {
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		// Positions begin at 1, and the body's first character is after its brace.
		if ok && f.Body != nil && start >= int(f.Body.Lbrace) && end < int(f.Body.Rbrace) {
			return f
		}
	}
	return nil
}

// weave returns a Go file in which every mistake waits for its switch: each function begins with a copy of its body for each mistake. The mistakes
// that are outside of functions come back as left.
func weave(text []byte, defects []defect) (woven []byte, left []defect, err error) {
	file, err := parser.ParseFile(token.NewFileSet(), "", text, parser.SkipObjectResolution)
	if err != nil {
		return nil, nil, fmt.Errorf("read a file: %w", err)
	}
	insert := map[int][]byte{} // what comes at which offset
	for _, d := range defects {
		start := bytes.Index(text, []byte(d.old))
		f := enclosing(file, start, start+len(d.old))
		if f == nil {
			left = append(left, d)
			continue
		}
		from, to := int(f.Body.Lbrace), int(f.Body.Rbrace)-1
		body := bytes.Replace(text[from:to], []byte(d.old), []byte(d.planted), 1)
		block := fmt.Appendf(nil, "\nif planted.Getenv(%q) == %s {%s\n", switchName, strconv.Quote(d.name), body)
		if f.Type.Results == nil {
			block = append(block, "return\n"...)
		}
		insert[from] = append(insert[from], append(block, '}')...)
	}
	if len(insert) == 0 {
		return text, left, nil
	}
	insert[int(file.Name.End())-1] = []byte("\nimport planted \"os\"\n")
	offsets := make([]int, 0, len(insert))
	for at := range insert {
		offsets = append(offsets, at)
	}
	slices.Sort(offsets)
	done := 0
	for _, at := range offsets {
		woven = append(append(woven, text[done:at]...), insert[at]...)
		done = at
	}
	return append(woven, text[done:]...), left, nil
}
