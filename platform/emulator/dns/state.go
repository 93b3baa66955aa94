package dns

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

func (s *Server) load() error {
	if s.path == "" {
		return nil
	}
	text, err := os.ReadFile(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = json.Unmarshal(text, &s.records)
	}
	if err != nil {
		return fmt.Errorf("read the records of names: %w", err)
	}
	return nil
}

// store is called with the lock held.
func (s *Server) store() error {
	if s.path == "" {
		return nil
	}
	text, err := json.MarshalIndent(s.records, "", "  ")
	if err == nil {
		err = os.WriteFile(s.path, text, 0o600)
	}
	if err != nil {
		return fmt.Errorf("keep the records of names: %w", err)
	}
	return nil
}
