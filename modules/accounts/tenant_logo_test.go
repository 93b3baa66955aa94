package accounts_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
	"time"

	"saaskit/platform/access"
)

func encoded(t *testing.T, encode func(*bytes.Buffer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := encode(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func inBase64(raw []byte) fields { return fields{"image": base64.StdEncoding.EncodeToString(raw)} }

// plain is a picture of one colour.
func plain(w, h int, c color.Color) image.Image {
	picture := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range w * h {
		picture.Set(i%w, i/w, c)
	}
	return picture
}

// shown decodes a logo as a page gets it.
func shown(t *testing.T, uri string) image.Image {
	t.Helper()
	raw, ok := strings.CutPrefix(uri, "data:image/png;base64,")
	if !ok {
		t.Fatalf("the logo is %.40q", uri)
	}
	file, err := base64.StdEncoding.DecodeString(raw)
	if err != nil {
		t.Fatal(err)
	}
	picture, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return picture
}

// A logo is drawn anew in one size: nothing else of the file is kept.
func TestLogo(t *testing.T) {
	t.Parallel()
	w := start(t)
	s := w.workspace("acme")
	_, member := s.join("member@example.com", access.Member)
	red := color.RGBA{R: 255, A: 255}
	withText := encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, plain(1000, 500, red)) })
	withText = append(withText, "<script>alert(1)</script>"...)
	var got settingsView
	s.owner.want(200, "POST", "/tenant/logo", inBase64(withText), &got)
	picture := shown(t, got.Logo)
	if picture.Bounds() != image.Rect(0, 0, 128, 128) {
		t.Errorf("size %v", picture.Bounds())
	}
	for at, want := range map[image.Point]color.RGBA{{X: 64, Y: 64}: red, {X: 0, Y: 32}: red, {X: 127, Y: 95}: red, {X: 64, Y: 31}: {}, {X: 64, Y: 96}: {}} {
		if c := color.RGBAModel.Convert(picture.At(at.X, at.Y)); c != want {
			t.Errorf("at %v: %v", at, c)
		}
	}
	if strings.Contains(got.Logo, base64.StdEncoding.EncodeToString([]byte("<script>"))[:8]) {
		t.Error("what follows the picture was kept")
	}
	if session := member.in("acme"); session.Tenant == nil {
		t.Fatal("no session")
	}
	var seen settingsView
	if member.want(200, "GET", "/tenant", nil, &seen); seen.Logo != got.Logo {
		t.Error("a member sees another logo")
	}

	small := encoded(t, func(b *bytes.Buffer) error { return jpeg.Encode(b, plain(16, 16, color.White), nil) })
	s.owner.want(200, "POST", "/tenant/logo", inBase64(small), &got)
	if c := color.RGBAModel.Convert(shown(t, got.Logo).At(56, 56)).(color.RGBA); c.A != 255 || c.R < 250 {
		t.Errorf("the small picture is not in the middle: %v", c)
	}
	s.owner.want(200, "POST", "/tenant/logo", inBase64(layered(2048, 1024, 32)), nil)
	for _, body := range []fields{inBase64(small), nil} {
		method := map[bool]string{true: "DELETE", false: "POST"}[body == nil]
		var sent any
		if body != nil {
			sent = body
		}
		member.refused(403, "forbidden", method, "/tenant/logo", sent)
	}
	s.owner.want(204, "DELETE", "/tenant/logo", nil, nil)
	s.owner.want(204, "DELETE", "/tenant/logo", nil, nil)
	var after settingsView
	if s.owner.want(200, "GET", "/tenant", nil, &after); after.Logo != "" {
		t.Error("the logo is still there")
	}
	if s.recorded("tenant.set_logo") != 3 || s.recorded("tenant.remove_logo") != 1 {
		t.Error("the log is not complete")
	}
}

// U1, R2: what is no PNG or JPEG, or asks for too many pixels or for too many passes over them, is refused before it is decoded, whatever it is called.
func TestU1_HostilePicturesAreRefused(t *testing.T) {
	t.Parallel()
	w := start(t)
	s := w.workspace("acme")
	one := plain(1, 1, color.White)
	good := encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, one) })
	photo := encoded(t, func(b *bytes.Buffer) error { return jpeg.Encode(b, plain(64, 64, color.White), nil) })
	bomb := layered(2048, 1024, 40_000)
	if len(bomb) > 700_000 {
		t.Fatalf("the bomb has %d bytes", len(bomb))
	}
	for name, c := range map[string]struct {
		file []byte
		code string
	}{
		"bomb":            {claiming(good, 60_000, 60_000), "image_too_large"},
		"wide":            {claiming(good, 4097, 1), "image_too_large"},
		"high":            {claiming(good, 1, 4097), "image_too_large"},
		"many pixels":     {claiming(good, 4096, 4096), "image_too_large"},
		"negative":        {claiming(good, 0xffffffff, 1), "image_invalid"},
		"none":            {claiming(good, 0, 0), "image_invalid"},
		"more than it is": {claiming(good, 100, 100), "image_invalid"},
		"heavy":           {append(append([]byte{}, good...), make([]byte, 700_000)...), "image_too_large"},
		"gif":             {encoded(t, func(b *bytes.Buffer) error { return gif.Encode(b, one, nil) }), "image_invalid"},
		"svg":             {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), "image_invalid"},
		"html":            {[]byte("<!doctype html><script>alert(1)</script>"), "image_invalid"},
		"cut png":         {good[:40], "image_invalid"},
		"cut jpeg":        {photo[:len(photo)/2], "image_invalid"},
		"only magic":      {[]byte("\x89PNG\r\n\x1a\n"), "image_invalid"},
		"magic and noise": {append([]byte("\xff\xd8\xff"), bytes.Repeat([]byte{0xd8, 0xff}, 500)...), "image_invalid"},
		"jpeg bomb":       {bomb, "image_invalid"},
		"33 scans":        {layered(8, 8, 33), "image_invalid"},
		"large jpeg":      {layered(2048, 1025, 1), "image_too_large"},
		"webp":            {[]byte("RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00"), "image_invalid"},
	} {
		w.exec("DELETE FROM rate_limits")
		began := time.Now()
		a := s.owner.do("POST", "/tenant/logo", inBase64(c.file))
		if took := time.Since(began); took > 10*time.Second { // to decode the jpeg bomb takes longer
			t.Errorf("%s: it took %s", name, took)
		}
		if p := a.problem(); a.Status != 422 || p.Code != c.code || len(p.Errors) != 1 || p.Errors[0].Location != "body.image" {
			t.Errorf("%s: %d %s", name, a.Status, a.Body)
		}
	}
	for _, text := range []string{"%%%", "data:image/png;base64," + base64.StdEncoding.EncodeToString(good), base64.URLEncoding.EncodeToString([]byte{0xff, 0xff})} {
		if a := s.owner.do("POST", "/tenant/logo", fields{"image": text}); a.Status != 422 {
			t.Errorf("%.20s: %d %s", text, a.Status, a.Body)
		}
	}
	s.owner.refused(422, "invalid_input", "POST", "/tenant/logo", fields{"image": ""})
	s.owner.refused(422, "invalid_input", "POST", "/tenant/logo", fields{"image": strings.Repeat("A", 1_000_001)})
	if n := w.count("SELECT count(*) FROM tenant_logos"); n != 0 {
		t.Errorf("%d logos", n)
	}
}

// layered is a grey progressive JPEG of so many scans. After the first, each has 17 bytes and changes nothing, but sends a decoder over all pixels.
func layered(w, h uint16, scans int) []byte {
	b := append([]byte{0xff, 0xd8, 0xff, 0xdb, 0, 67, 0}, bytes.Repeat([]byte{1}, 64)...)
	b = append(b, 0xff, 0xc2, 0, 11, 8, byte(h>>8), byte(h), byte(w>>8), byte(w), 1, 1, 0x11, 0)
	b = append(b, 0xff, 0xc4, 0, 21, 0x10, 1, 1) // two codes: the end of a block, 2^14 and more times; and of one
	b = append(b, make([]byte, 14)...)
	b = append(b, 0xe0, 0x00)
	b = append(b, 0xff, 0xc4, 0, 20, 0x00, 1) // one code: as before
	b = append(b, make([]byte, 16)...)
	b = append(b, 0xff, 0xda, 0, 8, 1, 1, 0x00, 0, 0, 0)
	b = append(b, make([]byte, int(w)*int(h)/64/8+1)...)
	for range scans - 1 {
		b = append(b, 0xff, 0xda, 0, 8, 1, 1, 0x00, 1, 63, 0)
		b = append(b, 0x7f, 0xfc, 0xff, 0x00, 0xf8, 0x01, 0x00)
	}
	return append(b, 0xff, 0xd9)
}

// claiming is a PNG whose header says another size, with the right checksum.
func claiming(file []byte, w, h uint32) []byte {
	out := append([]byte{}, file...)
	binary.BigEndian.PutUint32(out[16:], w)
	binary.BigEndian.PutUint32(out[20:], h)
	binary.BigEndian.PutUint32(out[29:], crc32.ChecksumIEEE(out[12:29]))
	return out
}
