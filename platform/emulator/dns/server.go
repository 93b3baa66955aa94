// Package dns is a name server for development and tests: it answers the TXT records that somebody put in, and nothing else.
package dns

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"

	"golang.org/x/net/dns/dnsmessage"
)

// Record is one TXT record. The name has no dot at its end.
type Record struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Options say how a server runs.
type Options struct {
	Addr      string // such as "127.0.0.1:0"
	StatePath string // file that keeps the records over a restart; "" for none
}

// Server is a running name server. It speaks UDP only, which every resolver tries first.
type Server struct {
	conn  net.PacketConn
	path  string
	ended chan struct{}

	mu      sync.Mutex
	records []Record // sorted by name, then in order of arrival
	missed  []string // names that were asked for and are not there, newest first
	broken  bool
	silent  map[string]bool
}

// keepMissed is how many names without a record are remembered.
const keepMissed = 10

// Start listens and answers until Close.
func Start(o Options) (*Server, error) {
	s := &Server{path: o.StatePath, ended: make(chan struct{})}
	if err := s.load(); err != nil {
		return nil, err
	}
	var err error
	if s.conn, err = (&net.ListenConfig{}).ListenPacket(context.Background(), "udp", o.Addr); err != nil {
		return nil, fmt.Errorf("listen for names: %w", err)
	}
	go s.serve()
	return s, nil
}

// Addr is where the server listens, in the form of the product's DNS_SERVER.
func (s *Server) Addr() string { return s.conn.LocalAddr().String() }

// Close ends the server.
func (s *Server) Close() {
	_ = s.conn.Close()
	<-s.ended
}

// Set makes the values the TXT records of the name; without values the name has none.
func (s *Server) Set(name string, values ...string) error {
	name = canonical(name)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.records = slices.DeleteFunc(s.records, func(r Record) bool { return r.Name == name })
	for _, value := range values {
		s.records = append(s.records, Record{Name: name, Value: value})
	}
	slices.SortStableFunc(s.records, func(a, b Record) int { return strings.Compare(a.Name, b.Name) })
	if len(values) > 0 {
		s.missed = slices.DeleteFunc(s.missed, func(n string) bool { return n == name })
	}
	return s.store()
}

// Records are the records, sorted by name.
func (s *Server) Records() []Record {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.records)
}

// Break makes the server answer every question with a failure of its own, as one does whose zone cannot be read; false mends it.
func (s *Server) Break(broken bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken = broken
}

// Silence has no question about the name answered any more, as when its own server is gone.
func (s *Server) Silence(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.silent == nil {
		s.silent = map[string]bool{}
	}
	s.silent[canonical(name)] = true
}

func (s *Server) isSilent(q dnsmessage.Question) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.silent[canonical(q.Name.String())]
}

func canonical(name string) string {
	return strings.TrimSuffix(strings.ToLower(strings.TrimSpace(name)), ".")
}

func (s *Server) serve() {
	defer close(s.ended)
	buffer := make([]byte, 4096)
	for {
		n, from, err := s.conn.ReadFrom(buffer)
		if err != nil {
			return // closed
		}
		if reply := s.answer(buffer[:n]); reply != nil {
			_, _ = s.conn.WriteTo(reply, from) // a client that left asks again
		}
	}
}

// answer makes the reply to a question, or nil for what is none.
func (s *Server) answer(raw []byte) []byte {
	var p dnsmessage.Parser
	header, err := p.Start(raw)
	if err != nil || header.Response {
		return nil
	}
	question, err := p.Question()
	if err != nil || s.isSilent(question) {
		return nil
	}
	values, code := s.look(question)
	b := dnsmessage.NewBuilder(nil, dnsmessage.Header{
		ID: header.ID, Response: true, OpCode: header.OpCode, RecursionDesired: header.RecursionDesired, RecursionAvailable: true, RCode: code,
	})
	b.EnableCompression()
	if b.StartQuestions() != nil || b.Question(question) != nil || b.StartAnswers() != nil {
		return nil
	}
	for _, value := range values {
		resource := dnsmessage.ResourceHeader{Name: question.Name, Class: dnsmessage.ClassINET, TTL: 1}
		if b.TXTResource(resource, dnsmessage.TXTResource{TXT: pieces(value)}) != nil {
			return nil
		}
	}
	reply, err := b.Finish()
	if err != nil {
		return nil
	}
	return reply
}

// look finds what is answered to a question: a name without any record does not exist.
func (s *Server) look(q dnsmessage.Question) (values []string, code dnsmessage.RCode) {
	name := canonical(q.Name.String())
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken {
		return nil, dnsmessage.RCodeServerFailure
	}
	for _, r := range s.records {
		if r.Name == name {
			values = append(values, r.Value)
		}
	}
	if len(values) == 0 {
		s.missed = slices.DeleteFunc(s.missed, func(n string) bool { return n == name })
		s.missed = slices.Insert(s.missed, 0, name)
		s.missed = s.missed[:min(len(s.missed), keepMissed)]
		return nil, dnsmessage.RCodeNameError
	}
	if q.Type != dnsmessage.TypeTXT {
		return nil, dnsmessage.RCodeSuccess
	}
	return values, dnsmessage.RCodeSuccess
}

// pieces cuts a value into the strings of a TXT record, each at most 255 bytes.
func pieces(value string) []string {
	cut := []string{}
	for len(value) > 255 {
		cut, value = append(cut, value[:255]), value[255:]
	}
	return append(cut, value)
}
