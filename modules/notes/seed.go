package notes

import (
	"context"
	"fmt"
)

// samples are what a new demo tenant finds.
var samples = [][2]string{
	{"Welcome", "Notes are kept for your whole workspace. Write one, throw it away, take it back from the trash."},
	{"Shopping", "Milk, bread, coffee for the office."},
	{"Ideas for the launch", "A short film, a page with prices, an evening with the first ten customers."},
}

func (s *service) seed(ctx context.Context) error {
	for _, sample := range samples {
		var in createInput
		in.Body.Title, in.Body.Body = sample[0], sample[1]
		if _, err := s.create(ctx, &in); err != nil {
			return fmt.Errorf("seed the note %q: %w", sample[0], err)
		}
	}
	return nil
}
