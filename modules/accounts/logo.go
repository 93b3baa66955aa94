package accounts

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"image/png"

	"saaskit/platform/access"
	"saaskit/platform/audit"
	"saaskit/platform/db"
	"saaskit/platform/fault"
)

// What a logo may be. The pixels bound the memory that decoding takes, about 50 MB for one at a time, and less of them fit for a JPEG, which may
// keep several numbers for each. The scans bound the time: each is a pass over all pixels that a file asks for with 17 bytes, and a decoder that
// has begun does not stop. Nobody's camera or editor makes half as many. In base64 the bytes fit into a request.
const (
	maxLogoBytes  = 700_000
	maxLogoSide   = 4096
	maxLogoPixels = 4 << 20
	maxJPEGPixels = 2 << 20
	maxLogoScans  = 32
	logoSide      = 128
)

var (
	errImage    = fault.New(fault.Invalid, "image_invalid", "This is no PNG or JPEG picture.")
	errTooLarge = fault.New(fault.Invalid, "image_too_large", "A picture may have 700 KB, 4096 pixels a side and 4 million pixels, or 2 million as a JPEG.")
	errScans    = fault.New(fault.Invalid, "image_invalid", "This JPEG is made of too many layers. Save it anew, or as a PNG.")
)

type setLogoInput struct {
	Body struct {
		Image string `json:"image" minLength:"1" maxLength:"1000000" encoding:"base64" example:"iVBORw0KGgo=" doc:"A PNG or JPEG, in base64"`
	}
}

// setLogo keeps a small picture made of the one that was sent: nothing of the file itself, which may hold more than a picture.
func (s *service) setLogo(ctx context.Context, in *setLogoInput) (*CurrentTenant, error) {
	tenant := access.From(ctx).Tenant
	if err := s.Limits.Take(ctx, logoRate, tenant.String()); err != nil {
		return nil, err
	}
	sent, err := base64.StdEncoding.DecodeString(in.Body.Image)
	if err != nil {
		return nil, atImage(errImage)
	}
	picture, err := s.redraw(ctx, sent)
	if err != nil {
		return nil, err
	}
	err = s.DB.Tenant(ctx, func(tx *db.Tx) error {
		err = tx.Exec(`INSERT INTO tenant_logos (updated_at, image) VALUES (now(), ?)
			ON CONFLICT (tenant_id) DO UPDATE SET image = excluded.image, updated_at = now()`, picture).Error
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, "tenant.set_logo", tenantTarget(tenant), map[string]any{"bytes": len(picture)})
	})
	if err != nil {
		return nil, err
	}
	return s.currentTenant(ctx, nil)
}

// removeLogo is done when there is none.
func (s *service) removeLogo(ctx context.Context, _ *struct{}) error {
	return s.DB.Tenant(ctx, func(tx *db.Tx) error {
		removed := tx.Exec("DELETE FROM tenant_logos")
		if removed.Error != nil || removed.RowsAffected == 0 {
			return removed.Error
		}
		return audit.Record(ctx, tx, "tenant.remove_logo", tenantTarget(access.From(ctx).Tenant), nil)
	})
}

// format is a kind of picture, known by how its files begin.
type format struct {
	magic  string
	pixels int
	scan   string // the marker before each scan; "" where there is but one
	config func(*bytes.Reader) (image.Config, error)
	decode func(*bytes.Reader) (image.Image, error)
}

var formats = []format{
	{"\x89PNG\r\n\x1a\n", maxLogoPixels, "",
		func(r *bytes.Reader) (image.Config, error) { return png.DecodeConfig(r) },
		func(r *bytes.Reader) (image.Image, error) { return png.Decode(r) }},
	{"\xff\xd8\xff", maxJPEGPixels, "\xff\xda",
		func(r *bytes.Reader) (image.Config, error) { return jpeg.DecodeConfig(r) },
		func(r *bytes.Reader) (image.Image, error) { return jpeg.Decode(r) }},
}

// redraw makes the PNG that is kept of a picture. It believes nothing but the content, and decodes only what says of itself that it is small enough,
// in no more scans than somebody needs.
func (s *service) redraw(ctx context.Context, sent []byte) ([]byte, error) {
	if len(sent) > maxLogoBytes {
		return nil, atImage(errTooLarge)
	}
	for _, f := range formats {
		if !bytes.HasPrefix(sent, []byte(f.magic)) {
			continue
		}
		size, err := f.config(bytes.NewReader(sent))
		switch {
		case err != nil || size.Width < 1 || size.Height < 1:
			return nil, atImage(errImage)
		case size.Width > maxLogoSide || size.Height > maxLogoSide || size.Width*size.Height > f.pixels:
			return nil, atImage(errTooLarge)
		case f.scan != "" && bytes.Count(sent, []byte(f.scan)) > maxLogoScans:
			return nil, atImage(errScans)
		}
		select {
		case s.drawing <- struct{}{}:
			defer func() { <-s.drawing }()
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		picture, err := f.decode(bytes.NewReader(sent))
		if err != nil {
			return nil, atImage(errImage)
		}
		var out bytes.Buffer
		if err := png.Encode(&out, fit(picture, logoSide)); err != nil {
			return nil, fmt.Errorf("encode a logo: %w", err)
		}
		return out.Bytes(), nil
	}
	return nil, atImage(errImage)
}

func atImage(err *fault.Error) error {
	return err.With(fault.Field{Location: "body.image", Message: err.Message})
}

// fit draws the picture into the middle of a transparent square. A larger one is made smaller, each pixel the mean of those that it stands for;
// a smaller one stays as it is.
func fit(picture image.Image, side int) *image.RGBA {
	full := image.NewRGBA(image.Rect(0, 0, picture.Bounds().Dx(), picture.Bounds().Dy()))
	draw.Draw(full, full.Bounds(), picture, picture.Bounds().Min, draw.Src)
	w, h := full.Rect.Dx(), full.Rect.Dy()
	longest := max(w, h, side)
	width, height := max(w*side/longest, 1), max(h*side/longest, 1)
	out := image.NewRGBA(image.Rect(0, 0, side, side))
	left, top := (side-width)/2, (side-height)/2
	for y := range height {
		for x := range width {
			area := image.Rect(x*w/width, y*h/height, (x+1)*w/width, (y+1)*h/height)
			copy(out.Pix[out.PixOffset(left+x, top+y):], mean(full, area))
		}
	}
	return out
}

// mean is the colour of an area, premultiplied with its alpha.
func mean(picture *image.RGBA, area image.Rectangle) []byte {
	var sum [4]int
	for y := area.Min.Y; y < area.Max.Y; y++ {
		row := picture.Pix[picture.PixOffset(area.Min.X, y):picture.PixOffset(area.Max.X, y)]
		for i, v := range row {
			sum[i%4] += int(v)
		}
	}
	n := area.Dx() * area.Dy()
	return []byte{byte(sum[0] / n), byte(sum[1] / n), byte(sum[2] / n), byte(sum[3] / n)} //nolint:gosec // the mean of bytes is one
}

// dataURI is a logo as a page can show it; "" for none.
func dataURI(picture []byte) string {
	if len(picture) == 0 {
		return ""
	}
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(picture)
}
