package dns_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"saaskit/platform/emulator/dns"
)

func start(t *testing.T, path string) *dns.Server {
	t.Helper()
	s, err := dns.Start(dns.Options{Addr: "127.0.0.1:0", StatePath: path})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// resolver asks the server as the product does.
func resolver(s *dns.Server) *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, s.Addr())
	}}
}

func TestAnswersWhatWasPutIn(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	long := strings.Repeat("x", 300)
	if err := s.Set("_Proof.Example.test.", "one", long); err != nil {
		t.Fatal(err)
	}
	got, err := resolver(s).LookupTXT(t.Context(), "_proof.example.TEST.")
	if err != nil || !slices.Equal(got, []string{"one", long}) {
		t.Fatalf("%q, %v", got, err)
	}
	if err := s.Set("_proof.example.test"); err != nil {
		t.Fatal(err)
	}
	_, err = resolver(s).LookupTXT(t.Context(), "_proof.example.test.")
	if failed, ok := errors.AsType[*net.DNSError](err); !ok || !failed.IsNotFound {
		t.Fatalf("a name that was taken away: %v", err)
	}
	s.Break(true)
	_, err = resolver(s).LookupTXT(t.Context(), "_proof.example.test.")
	if failed, ok := errors.AsType[*net.DNSError](err); !ok || failed.IsNotFound {
		t.Fatalf("a broken server: %v", err)
	}
}

func TestIgnoresWhatIsNoQuestion(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	c, err := net.Dial("udp", s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, junk := range []string{"", "x", strings.Repeat("\xff", 64)} {
		if _, err := c.Write([]byte(junk)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Set("a.test", "1"); err != nil {
		t.Fatal(err)
	}
	if got, err := resolver(s).LookupTXT(t.Context(), "a.test."); err != nil || len(got) != 1 {
		t.Fatalf("%q, %v", got, err)
	}
}

func TestKeepsRecordsOverARestart(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "dns.json")
	if err := start(t, path).Set("a.test", "1"); err != nil {
		t.Fatal(err)
	}
	if got := start(t, path).Records(); len(got) != 1 || got[0] != (dns.Record{Name: "a.test", Value: "1"}) {
		t.Fatalf("%+v", got)
	}
}

func TestPageAddsAndRemovesRecords(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	web := httptest.NewServer(s.Handler())
	t.Cleanup(web.Close)
	send := func(path, origin string, form url.Values) (int, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, web.URL+path, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if origin != "" {
			r.Header.Set("Origin", origin)
		}
		response, err := web.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return response.StatusCode, string(body)
	}
	if status, _ := send("/", "https://evil.example", url.Values{"name": {"a.test"}, "value": {"1"}}); status != 403 || len(s.Records()) != 0 {
		t.Fatalf("another site wrote a record: %d", status)
	}
	for _, value := range []string{"1", "<b>2</b>", "1"} {
		if status, body := send("/", web.URL, url.Values{"name": {"A.test."}, "value": {value}}); status != 200 || strings.Contains(body, "<b>") {
			t.Fatalf("%d %s", status, body)
		}
	}
	if got := s.Records(); len(got) != 2 {
		t.Fatalf("%+v", got)
	}
	if status, _ := send("/", "", url.Values{"name": {""}, "value": {"1"}}); status != 400 {
		t.Fatalf("a record without a name: %d", status)
	}
	if status, _ := send("/remove", web.URL, url.Values{"name": {"a.test"}}); status != 200 || len(s.Records()) != 0 {
		t.Fatalf("%d, %+v", status, s.Records())
	}
}
