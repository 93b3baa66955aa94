package server

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"path"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"saaskit/platform/api"
)

// The pages of the web build that have an address of their own; every other address without an extension is the app.
var pages = map[string]string{
	"/":         "index.html",
	"/terms":    "terms.html",
	"/privacy":  "privacy.html",
	"/api/docs": "docs.html",
}

const (
	appPage   = "app.html"
	immutable = "public, max-age=31536000, immutable"
	revalid   = "no-cache"
)

const unbuilt = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Web app not built</title>
<p>This server has no web app in it. Build it with <code>./scripts/web-build</code> and start again.</p>
</html>
`

// file is one file of the web app with its compressed twins, all in memory.
type file struct {
	body   []byte
	br, gz []byte
	media  string
	cache  string
	etag   string
}

type web struct{ files map[string]*file }

// loadWeb reads the whole build; a missing one is no error.
func loadWeb(root fs.FS) (*web, error) {
	w := &web{files: map[string]*file{}}
	if root == nil {
		return w, nil
	}
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		w.add(name, body)
		return nil
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read the web app: %w", err)
	}
	for name, f := range w.files {
		if f.body == nil {
			delete(w.files, name) // a twin without its file
		}
	}
	return w, nil
}

func (w *web) add(name string, body []byte) {
	ext := path.Ext(name)
	plain := strings.TrimSuffix(name, ext)
	switch ext {
	case ".br":
		w.file(plain).br = body
		return
	case ".gz":
		w.file(plain).gz = body
		return
	}
	f := w.file(name)
	sum := sha256.Sum256(body)
	f.body, f.etag = body, base64.RawURLEncoding.EncodeToString(sum[:12])
	f.media, f.cache = mediaType(ext), revalid
	if strings.HasPrefix(name, "assets/") {
		f.cache = immutable
	}
}

func (w *web) file(name string) *file {
	if w.files[name] == nil {
		w.files[name] = &file{}
	}
	return w.files[name]
}

func mediaType(ext string) string {
	switch ext {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".webmanifest":
		return "application/manifest+json"
	case ".map":
		return "application/json"
	}
	if media := mime.TypeByExtension(ext); media != "" {
		return media
	}
	return "application/octet-stream"
}

// find returns the file for an address, or nil. Addresses are compared as they came: an encoded one is another one.
func (w *web) find(address string) *file {
	if page, ok := pages[address]; ok {
		return w.files[page]
	}
	if f := w.files[strings.TrimPrefix(address, "/")]; f != nil {
		return f
	}
	if !strings.HasPrefix(address, "/") || !isPage(address) {
		return nil
	}
	return w.files[appPage]
}

// isPage reports whether the app may have a page at the address: a plain path without an extension, and no other spelling of an address of the API.
func isPage(address string) bool {
	first := true
	for part := range strings.SplitSeq(strings.TrimSuffix(address[1:], "/"), "/") {
		if first && slices.Contains(reserved, strings.ToLower(part)) {
			return false
		}
		if part == "" || strings.Trim(part, pageLetters) != "" {
			return false
		}
		first = false
	}
	return true
}

const pageLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_~"

// reserved are the first parts of addresses that are never pages.
var reserved = []string{"api", strings.TrimPrefix(api.HookPrefix, "/"), "assets"}

// serveWeb answers what no route took.
func (s *Server) serveWeb(c *fiber.Ctx) error {
	if c.Method() != fiber.MethodGet && c.Method() != fiber.MethodHead {
		return c.Next()
	}
	f := s.web.find(c.Path())
	if f == nil && len(s.web.files) == 0 && pages[c.Path()] != "" {
		c.Set(fiber.HeaderContentType, mediaType(".html"))
		return c.SendString(unbuilt)
	}
	if f == nil {
		return c.Next()
	}
	api.RecordFrom(c.UserContext()).Operation = webApp
	return f.send(c)
}

func (f *file) send(c *fiber.Ctx) error {
	body, tag := f.body, f.etag
	c.Set(fiber.HeaderContentType, f.media)
	c.Set(fiber.HeaderCacheControl, f.cache)
	if f.br != nil || f.gz != nil {
		c.Vary(fiber.HeaderAcceptEncoding)
	}
	switch {
	case f.br != nil && accepts(c, "br"):
		body, tag = f.br, f.etag+"-br"
		c.Set(fiber.HeaderContentEncoding, "br")
	case f.gz != nil && accepts(c, "gzip"):
		body, tag = f.gz, f.etag+"-gz"
		c.Set(fiber.HeaderContentEncoding, "gzip")
	}
	tag = `"` + tag + `"`
	c.Set(fiber.HeaderETag, tag)
	if c.Get(fiber.HeaderIfNoneMatch) == tag {
		c.Status(fiber.StatusNotModified)
		return nil
	}
	c.Response().SetBodyRaw(body)
	return nil
}

// accepts reports whether the client takes the encoding.
func accepts(c *fiber.Ctx, encoding string) bool {
	for part := range strings.SplitSeq(c.Get(fiber.HeaderAcceptEncoding), ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.TrimSpace(name) == encoding {
			q = strings.ReplaceAll(q, " ", "")
			return q != "q=0" && q != "q=0.0" && q != "q=0.00" && q != "q=0.000"
		}
	}
	return false
}
