package stripe

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

const (
	keptEvents  = 2000
	keptReplies = 2000
	replyLife   = 24 * time.Hour // Stripe forgets idempotency keys after a day
)

// state is everything that the account holds. Tables are in order of creation.
type state struct {
	SecretKey string              `json:"secret_key"`
	Tables    map[string][]object `json:"tables"`
	Secrets   map[string]string   `json:"secrets"` // of webhook endpoints, by id
	Portals   map[string]string   `json:"portals"` // portal session id by the token in its URL
	Replies   map[string]*reply   `json:"replies"` // by idempotency key
	Queue     []*delivery         `json:"queue"`
	Orders    map[string]*order   `json:"orders"` // by checkout session id
	Marks     map[string]int64    `json:"marks"`  // what the customer was told of: the time that it was about, by object id and subject

	Ticked int64 `json:"ticked"` // until when, in unix seconds, time has done its work

	// AfterRetries is what becomes of a subscription whose payment failed for the last time; "" is canceled.
	AfterRetries string `json:"after_retries"`

	path  string
	index map[string]object
}

// reply is a remembered answer to a request with an idempotency key.
type reply struct {
	Digest string          `json:"digest"` // of method, path and body
	Status int             `json:"status"`
	Body   json.RawMessage `json:"body"`
	ID     string          `json:"id"`
	At     time.Time       `json:"at"`
}

func loadState(path string) (*state, error) {
	s := &state{path: path}
	if path != "" {
		raw, err := os.ReadFile(path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("read the Stripe emulator's state: %w", err)
		}
		if err == nil {
			if err := json.Unmarshal(raw, s); err != nil {
				return nil, fmt.Errorf("the Stripe emulator's state %s is damaged; remove it to start afresh: %w", path, err)
			}
		}
	}
	if s.SecretKey == "" {
		s.SecretKey = "sk_test_" + randomText(48)
	}
	if s.Tables == nil {
		s.Tables, s.Secrets, s.Portals = map[string][]object{}, map[string]string{}, map[string]string{}
		s.Replies, s.Orders = map[string]*reply{}, map[string]*order{}
	}
	if s.Marks == nil {
		s.Marks = map[string]int64{}
	}
	s.index = map[string]object{}
	for _, table := range s.Tables {
		for _, o := range table {
			s.index[text(o, "id")] = o
		}
	}
	return s, nil
}

// save writes the snapshot; a reader of the file sees the old or the new one, never a part.
func (s *state) save(now time.Time) error {
	for key, r := range s.Replies {
		if now.Sub(r.At) > replyLife || len(s.Replies) > keptReplies {
			delete(s.Replies, key)
		}
	}
	if s.path == "" {
		return nil
	}
	raw, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("encode the Stripe emulator's state: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(s.path), 0o700); err != nil {
		return fmt.Errorf("make the folder of the Stripe emulator's state: %w", err)
	}
	if err := os.WriteFile(s.path+".new", raw, 0o600); err != nil {
		return fmt.Errorf("write the Stripe emulator's state: %w", err)
	}
	if err := os.Rename(s.path+".new", s.path); err != nil {
		return fmt.Errorf("replace the Stripe emulator's state: %w", err)
	}
	return nil
}

// add stores a new object and returns it.
func (s *state) add(o object) object {
	kind, id := text(o, "object"), text(o, "id")
	s.Tables[kind] = append(s.Tables[kind], o)
	s.index[id] = o
	if kind == "event" && len(s.Tables[kind]) > keptEvents {
		delete(s.index, text(s.Tables[kind][0], "id"))
		s.Tables[kind] = s.Tables[kind][1:]
	}
	return o
}

// find returns the object of the kind, or nil.
func (s *state) find(kind, id string) object {
	if o := s.index[id]; o != nil && text(o, "object") == kind {
		return o
	}
	return nil
}

func (s *state) remove(o object) {
	kind, id := text(o, "object"), text(o, "id")
	delete(s.index, id)
	kept := s.Tables[kind][:0]
	for _, other := range s.Tables[kind] {
		if text(other, "id") != id {
			kept = append(kept, other)
		}
	}
	s.Tables[kind] = kept
}

// each calls fn for the objects of the kind, oldest first.
func (s *state) each(kind string, fn func(object)) {
	for _, o := range s.Tables[kind] {
		fn(o)
	}
}
